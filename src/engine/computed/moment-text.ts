import { formatMoment, formatTime, microsPerSecond, parseDate, parseTime } from '../../core/civil-time.ts'
import type { TimeZone } from '../../core/time-zone.ts'
import { parseTimestamp } from '../../core/timestamp-text.ts'

/** What has no day of four digits: Postgres' own text is taken as it is, and no zone moves it. */
const unbounded =
  /^(-?infinity|\d{5,6}-\d\d-\d\d([T ][\d:.]+)?([-+][\d:]+)?|\d{4,6}-\d\d-\d\d([T ][\d:.]+)?([-+][\d:]+)? BC)$/

/** `2026-03-10` as Postgres writes it; undefined when the text is no date. */
export function dateText(text: string): string | undefined {
  return parseDate(text) !== undefined || (unbounded.test(text) && !/[T:]/.test(text)) ? text : undefined
}

/** `09:30:00.5`; undefined when the text is no time of day. */
export function timeText(text: string): string | undefined {
  if (text === '24:00:00') return text
  const time = parseTime(text)
  return time === undefined ? undefined : formatTime(time)
}

/** `2026-03-10 12:00:00.5`, without a zone; undefined when the text is no moment, or says an offset. */
export function timestampText(text: string): string | undefined {
  const written = parseTimestamp(text)
  if (written?.offset === undefined && written) return formatMoment(written.wall).replace('T', ' ')
  return unbounded.test(text) && !/[-+]\d\d(:|$| )/.test(text.slice(10)) ? text.replace('T', ' ') : undefined
}

/** `2026-03-10 13:00:00.5+01`, in the zone; undefined when the text is no moment with an offset. */
export function instantText(text: string, zone: TimeZone): string | undefined {
  const match = /^(.*[T ][\d:.]+)([-+]\d\d:\d\d):(\d\d)$/.exec(text)
  // Offsets of before 1900 have seconds, of which parseTimestamp knows nothing.
  const written = match ? parseTimestamp(`${match[1]}${match[2]}`) : parseTimestamp(text)
  if (written?.offset !== undefined) {
    const seconds = BigInt(match?.[3] ?? 0) * microsPerSecond
    const instant = written.wall - written.offset - (match?.[2]?.startsWith('-') ? -seconds : seconds)
    const wall = zone.wallOf(instant)
    return `${formatMoment(wall).replace('T', ' ')}${offsetText(Number((wall - instant) / microsPerSecond))}`
  }
  return unbounded.test(text) ? text.replace('T', ' ').replace(/([-+]\d\d):00(?=$| )/, '$1') : undefined
}

/** `+01`, `+05:30`, `-00:25:21`: minutes and seconds where there are any. */
function offsetText(seconds: number): string {
  const parts = [
    Math.floor(Math.abs(seconds) / 3600),
    Math.floor(Math.abs(seconds) / 60) % 60,
    Math.abs(seconds) % 60,
  ]
  while (parts.length > 1 && parts.at(-1) === 0) parts.pop()
  return (seconds < 0 ? '-' : '+') + parts.map((part) => String(part).padStart(2, '0')).join(':')
}

import {
  clampMoment,
  formatMoment,
  type Micros,
  microsPerDay,
  microsPerSecond,
  parseDate,
  parseTime,
} from './civil-time.ts'
import type { TimeZone } from './time-zone.ts'

/** A moment as a caller wrote it: with its offset from UTC it is an instant, without it a wall clock's. */
export interface WrittenMoment {
  readonly wall: Micros
  readonly offset: Micros | undefined
}

/**
 * `2026-01-31T09:30`, also with seconds, up to six digits of fraction, a blank for the `T`, and `Z` or an
 * offset such as `+01:00`; undefined when it is no moment. @see RFC 3339
 */
export function parseTimestamp(text: string): WrittenMoment | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[Tt ]([\d:.]+?)(?:([Zz])|([+-])([01]\d|2[0-3]):?([0-5]\d)?)?$/.exec(text)
  if (!match) return undefined
  const [, date = '', time = '', zulu, sign, hours, minutes = '0'] = match
  const days = parseDate(date)
  const timeOfDay = parseTime(time)
  if (days === undefined || timeOfDay === undefined) return undefined
  const wall = BigInt(days) * microsPerDay + timeOfDay
  if (zulu) return { wall, offset: 0n }
  if (hours === undefined) return { wall, offset: undefined }
  const seconds = BigInt(Number(hours) * 3600 + Number(minutes) * 60)
  return { wall, offset: (sign === '-' ? -seconds : seconds) * microsPerSecond }
}

/** A moment that says its offset from UTC; undefined when the text is none. */
export function parseInstant(text: string): Micros | undefined {
  const written = parseTimestamp(text)
  return written?.offset === undefined ? undefined : written.wall - written.offset
}

/** Text for a timestamptz: UTC, with a Z. A wall clock's time is read in the zone. */
export function instantText({ wall, offset }: WrittenMoment, zone: TimeZone): string {
  const instant = offset === undefined ? zone.instantOf(wall) : wall - offset
  return `${formatMoment(clampMoment(instant))}Z`
}

/** Text for a timestamp without a zone: an instant becomes what the zone's wall clock shows. */
export function localText({ wall, offset }: WrittenMoment, zone: TimeZone): string {
  return formatMoment(clampMoment(offset === undefined ? wall : zone.wallOf(wall - offset)))
}

/** The first and the last moment of a day: for an instant those of the zone, which can be 23 or 25 hours apart. */
export function dayBounds(
  days: number,
  type: 'timestamp' | 'timestamptz',
  zone: TimeZone,
): { readonly first: string; readonly last: string } {
  const start = BigInt(days) * microsPerDay
  const next = start + microsPerDay
  if (type === 'timestamp') return { first: formatMoment(start), last: formatMoment(next - 1n) }
  return {
    first: `${formatMoment(clampMoment(zone.instantOf(start)))}Z`,
    last: `${formatMoment(clampMoment(zone.instantOf(next) - 1n))}Z`,
  }
}

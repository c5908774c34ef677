import { daysOf, firstMoment, lastMoment, type Micros, microsPerDay, microsPerSecond } from './civil-time.ts'

/** The clock that hangs on the wall somewhere. */
export interface TimeZone {
  /** What the wall clock shows at an instant. */
  wallOf(instant: Micros): Micros
  /**
   * The instant at which the wall clock shows this. A time that comes twice (clocks going back) is the
   * first of the two; one that never comes (clocks going forward) is as long after the gap's beginning
   * as it lies in it. @see Temporal's disambiguation "compatible"
   */
  instantOf(wall: Micros): Micros
}

/** Whether this is an IANA time zone such as `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    // Intl also takes `+01:00`, which Postgres reads with the opposite sign.
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

// Node 24 has no Temporal without a flag; when it has, this file is `Temporal.ZonedDateTime`.
/** @throws RangeError when there is no such zone: ask isTimeZone where a caller's word comes in */
export function openTimeZone(name: string): TimeZone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  /** East of Greenwich is positive. Before 1900 zones have offsets with seconds. */
  const offsetAt = (instant: Micros): Micros => {
    const inside = clamp(instant, firstMoment + 2n * microsPerDay, lastMoment - 2n * microsPerDay)
    const seconds = floorDivide(inside, microsPerSecond)
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(Number(seconds) * 1000)) part[type] = Number(value)
    const days = daysOf({ year: part.year!, month: part.month!, day: part.day! })
    const wall = days * 86_400 + part.hour! * 3600 + part.minute! * 60 + part.second!
    return (BigInt(wall) - seconds) * microsPerSecond
  }
  return {
    wallOf: (instant) => instant + offsetAt(instant),
    instantOf(wall) {
      // No zone is further than a day from UTC, and none changes its clocks twice within two days.
      const before = offsetAt(wall - microsPerDay)
      const after = offsetAt(wall + microsPerDay)
      const earlier = wall - (before > after ? before : after)
      const later = wall - (before > after ? after : before)
      if (earlier + offsetAt(earlier) === wall) return earlier
      return later + offsetAt(later) === wall ? later : wall - before
    },
  }
}

function clamp(value: bigint, low: bigint, high: bigint): bigint {
  if (value < low) return low
  return value > high ? high : value
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const rest = ((value % divisor) + divisor) % divisor
  return (value - rest) / divisor
}

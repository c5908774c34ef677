import {
  clampMoment,
  dateOf,
  daysInMonth,
  daysOf,
  formatDate,
  formatMoment,
  type Micros,
  microsPerDay,
  microsPerSecond,
  parseDate,
  splitDay,
} from './civil-time.ts'
import { openTimeZone, type TimeZone } from './time-zone.ts'
import { parseInstant } from './timestamp-text.ts'

/**
 * A moment that depends on when and where it is asked. `{ now: {} }` is the time of the request,
 * `{ date: { on: '2026-01-31' } }` that day's beginning, `{ instant: { at: '2026-01-31T09:30:00Z' } }`
 * the same everywhere; each can be moved:
 * - `{ now: { minus: { days: 30 } } }`: 30 days ago, at this time of day
 * - `{ now: { minus: { months: 1 }, startOf: 'month' } }`: the beginning of last month
 * - `{ date: { on: '2026-01-31', endOf: 'day' } }`: its last microsecond
 * - `{ now: { startOf: 'week', next: { plus: { hours: 9 } } } }`: Monday, 9 o'clock
 */
export type Moment =
  | { readonly now: Shift }
  | { readonly date: Shift & { readonly on: string } }
  | { readonly instant: Shift & { readonly at: string } }

/** First `plus` or `minus`, then `startOf` or `endOf`, then the same again in `next` (at most four deep). */
export interface Shift {
  readonly plus?: Duration
  readonly minus?: Duration
  readonly startOf?: CalendarUnit
  readonly endOf?: CalendarUnit
  readonly next?: Shift
}

/** Weeks begin on Monday (ISO 8601). */
export const calendarUnits = ['day', 'week', 'month', 'quarter', 'year'] as const
export type CalendarUnit = (typeof calendarUnits)[number]

/**
 * Whole numbers from 0. Years to days are counted on the calendar and keep the time of day, also over a
 * change of clocks; 31 January plus a month is the last of February. Hours to seconds are exact time.
 */
export const durationUnits = [
  'years',
  'quarters',
  'months',
  'weeks',
  'days',
  'hours',
  'minutes',
  'seconds',
] as const
export type Duration = { readonly [unit in (typeof durationUnits)[number]]?: number }

export interface MomentContext {
  readonly now: Date
  /** IANA name; "day", "month" … are those of this zone. */
  readonly timeZone: string
}

/** One moment in the three ways a column can hold it. */
export interface ResolvedMoment {
  /** `2026-01-31T22:59:59.999999Z`, for timestamptz */
  readonly instant: string
  /** `2026-01-31T23:59:59.999999`, the wall clock in the zone, for timestamp */
  readonly local: string
  /** `2026-01-31`, the day in the zone, for date */
  readonly date: string
}

/**
 * A moment as text. What leads out of the years 1 to 9999 is the nearest moment within them.
 * @throws RangeError on an unknown time zone or a date that is none: parseMoment asks first
 */
export function resolveMoment(moment: Moment, { now, timeZone }: MomentContext): ResolvedMoment {
  return resolveMomentIn(moment, now, openTimeZone(timeZone))
}

/** The same in a zone that is open already: opening one costs 30 times as much as asking it. */
export function resolveMomentIn(moment: Moment, now: Date, zone: TimeZone): ResolvedMoment {
  const instant = shiftedInstant(moment, now, zone)
  const wall = clampMoment(zone.wallOf(instant))
  return {
    instant: `${formatMoment(instant)}Z`,
    local: formatMoment(wall),
    date: formatDate(splitDay(wall).days),
  }
}

function shiftedInstant(moment: Moment, now: Date, zone: TimeZone): Micros {
  if ('now' in moment) return applyShift(BigInt(now.getTime()) * 1000n, moment.now, zone)
  if ('date' in moment) {
    const days = parseDate(moment.date.on)
    if (days === undefined) throw new RangeError(`'${moment.date.on}' is not a date`)
    return applyShift(zone.instantOf(BigInt(days) * microsPerDay), moment.date, zone)
  }
  const instant = parseInstant(moment.instant.at)
  if (instant === undefined) throw new RangeError(`'${moment.instant.at}' is not an instant`)
  return applyShift(instant, moment.instant, zone)
}

function applyShift(instant: Micros, shift: Shift, zone: TimeZone): Micros {
  let result = instant
  if (shift.plus) result = add(result, shift.plus, 1, zone)
  if (shift.minus) result = add(result, shift.minus, -1, zone)
  if (shift.startOf) result = zone.instantOf(startOf(zone.wallOf(result), shift.startOf, 0))
  if (shift.endOf) result = zone.instantOf(startOf(zone.wallOf(result), shift.endOf, 1)) - 1n
  return shift.next ? applyShift(clampMoment(result), shift.next, zone) : clampMoment(result)
}

function add(instant: Micros, duration: Duration, sign: 1 | -1, zone: TimeZone): Micros {
  const { years = 0, quarters = 0, months = 0, weeks = 0, days = 0 } = duration
  const { hours = 0, minutes = 0, seconds = 0 } = duration
  const calendarMonths = sign * (years * 12 + quarters * 3 + months)
  const calendarDays = sign * (weeks * 7 + days)
  const exact = BigInt(sign * (hours * 3600 + minutes * 60 + seconds)) * microsPerSecond
  // Without a calendar part the wall clock must not be asked: in a repeated hour it would lose an hour.
  if (calendarMonths === 0 && calendarDays === 0) return clampMoment(instant + exact)
  const { days: wallDays, timeOfDay } = splitDay(zone.wallOf(instant))
  const moved = addMonths(wallDays, calendarMonths) + calendarDays
  return clampMoment(zone.instantOf(clampMoment(BigInt(moved) * microsPerDay + timeOfDay)) + exact)
}

/** The same day of another month, or that month's last day. */
function addMonths(days: number, months: number): number {
  const { year, month, day } = dateOf(days)
  const index = year * 12 + (month - 1) + months
  const target = { year: Math.floor(index / 12), month: index - Math.floor(index / 12) * 12 + 1 }
  return daysOf({ ...target, day: Math.min(day, daysInMonth(target.year, target.month)) })
}

/** The wall clock at the beginning of the period that `wall` lies in, or of one `periods` later. */
function startOf(wall: Micros, unit: CalendarUnit, periods: 0 | 1): Micros {
  const { days } = splitDay(wall)
  return BigInt(firstDay(days, unit, periods)) * microsPerDay
}

function firstDay(days: number, unit: CalendarUnit, periods: 0 | 1): number {
  const { year, month } = dateOf(days)
  switch (unit) {
    case 'day':
      return days + periods
    case 'week': {
      // 1970-01-01 was a Thursday.
      const monday = days - ((((days + 3) % 7) + 7) % 7)
      return monday + 7 * periods
    }
    case 'month':
      return addMonths(daysOf({ year, month, day: 1 }), periods)
    case 'quarter':
      return addMonths(daysOf({ year, month: month - ((month - 1) % 3), day: 1 }), 3 * periods)
    case 'year':
      return daysOf({ year: year + periods, month: 1, day: 1 })
    default:
      return unit satisfies never
  }
}

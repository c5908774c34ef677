/**
 * Microseconds since 1970-01-01T00:00:00: of an instant (in UTC), or of a wall clock (wherever it
 * hangs). Postgres keeps microseconds, which a `Date` cannot.
 */
export type Micros = bigint

export const microsPerSecond = 1_000_000n
export const microsPerDay = 86_400n * microsPerSecond

/** A day of the proleptic Gregorian calendar; `month` and `day` count from 1. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Days since 1970-01-01. @see Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" */
export function daysOf({ year, month, day }: CivilDate): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export function dateOf(days: number): CivilDate {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

export function daysInMonth(year: number, month: number): number {
  return month === 12 ? 31 : daysOf({ year, month: month + 1, day: 1 }) - daysOf({ year, month, day: 1 })
}

/** The first and the last moment that are written with a year of four digits. */
export const firstMoment: Micros = BigInt(daysOf({ year: 1, month: 1, day: 1 })) * microsPerDay
export const lastMoment: Micros = BigInt(daysOf({ year: 10_000, month: 1, day: 1 })) * microsPerDay - 1n

/** The moment, or the nearest of the years 1 to 9999. */
export function clampMoment(moment: Micros): Micros {
  if (moment < firstMoment) return firstMoment
  return moment > lastMoment ? lastMoment : moment
}

/** The whole days of a moment and the microseconds into the last one. */
export function splitDay(moment: Micros): { readonly days: number; readonly timeOfDay: Micros } {
  const timeOfDay = ((moment % microsPerDay) + microsPerDay) % microsPerDay
  return { days: Number((moment - timeOfDay) / microsPerDay), timeOfDay }
}

/** `2026-01-31`; undefined when the text is not a day of the calendar in the years 1 to 9999. */
export function parseDate(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return undefined
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return daysOf({ year, month, day })
}

/** `09:30`, `09:30:15`, `09:30:15.123456`; undefined when it is not a time of day. */
export function parseTime(text: string): Micros | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?$/.exec(text)
  if (!match) return undefined
  const [, hours, minutes, seconds = '0', fraction = ''] = match
  const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return BigInt(whole) * microsPerSecond + BigInt(fraction.padEnd(6, '0'))
}

/** `2026-01-31` */
export function formatDate(days: number): string {
  const { year, month, day } = dateOf(days)
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`
}

/** `09:30:15.12`: seconds always, a fraction only when there is one, without trailing zeros. */
export function formatTime(timeOfDay: Micros): string {
  const seconds = Number(timeOfDay / microsPerSecond)
  const fraction = String(timeOfDay % microsPerSecond)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map(twoDigits)
    .join(':')
  return fraction ? `${clock}.${fraction}` : clock
}

/** `2026-01-31T09:30:15.12` */
export function formatMoment(moment: Micros): string {
  const { days, timeOfDay } = splitDay(moment)
  return `${formatDate(days)}T${formatTime(timeOfDay)}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

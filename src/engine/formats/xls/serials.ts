/**
 * Days since 1899-12-31 in Excel's 1900 system, which counts a 1900-02-29 that never was: serials are
 * right from 61 (1900-03-01) on. Earlier days, years after 9999, BC and infinity have no serial.
 *
 * Excel shows milliseconds at most and rounds to what it shows. Microseconds are cut off here, so that a
 * moment never moves into the next second, let alone the next day.
 * @see [MS-XLS] 2.4.77 Date1904
 */
const firstSerial = 61
const unixEpochSerial = 25_569
const millisecondsPerDay = 86_400_000

/** `2026-03-10`. NaN when the cell must stay text. */
export function dateSerial(bytes: Buffer, start: number, end: number): number {
  return end - start === 10 ? daysAt(bytes, start) : Number.NaN
}

/**
 * `2026-03-10 12:00:00.123456+00`: the wall clock as written; the zone was chosen upstream, and a
 * serial cannot say it.
 */
export function timestampSerial(bytes: Buffer, start: number, end: number): number {
  if (end - start < 19 || bytes[start + 10] !== 0x20) return Number.NaN
  // " BC" ends in a letter, everything else in a digit.
  if (!isDigit(bytes[end - 1])) return Number.NaN
  return daysAt(bytes, start) + dayFraction(bytes, start + 11, end)
}

/** `12:00:00.123456` as a fraction of a day. `24:00:00` stays text: as a serial it would be midnight. */
export function timeSerial(bytes: Buffer, start: number, end: number): number {
  return bytes[start] === 0x32 && bytes[start + 1] === 0x34 ? Number.NaN : dayFraction(bytes, start, end)
}

function daysAt(bytes: Buffer, at: number): number {
  if (bytes[at + 4] !== 0x2d || bytes[at + 7] !== 0x2d) return Number.NaN
  const year = digitsAt(bytes, at, 4)
  // Also keeps Date.UTC from reading the years 0 to 99 as 1900 to 1999.
  if (!(year >= 1900)) return Number.NaN
  const midnight = Date.UTC(year, digitsAt(bytes, at + 5, 2) - 1, digitsAt(bytes, at + 8, 2))
  const serial = midnight / millisecondsPerDay + unixEpochSerial
  return serial >= firstSerial ? serial : Number.NaN
}

function dayFraction(bytes: Buffer, at: number, end: number): number {
  if (end - at < 8 || bytes[at + 2] !== 0x3a || bytes[at + 5] !== 0x3a) return Number.NaN
  const seconds = digitsAt(bytes, at, 2) * 3600 + digitsAt(bytes, at + 3, 2) * 60 + digitsAt(bytes, at + 6, 2)
  return (seconds * 1000 + millisecondsAt(bytes, at + 8, end)) / millisecondsPerDay
}

/** Whether a fraction that begins (with its point) at `at` comes to a millisecond. */
export function hasMilliseconds(bytes: Buffer, at: number, end: number): boolean {
  return millisecondsAt(bytes, at, end) > 0
}

function millisecondsAt(bytes: Buffer, at: number, end: number): number {
  if (at >= end || bytes[at] !== 0x2e) return 0
  let milliseconds = 0
  let unit = 100
  for (let i = at + 1; i < end && i <= at + 3 && isDigit(bytes[i]); i++) {
    milliseconds += (bytes[i]! - 0x30) * unit
    unit /= 10
  }
  return milliseconds
}

function digitsAt(bytes: Buffer, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    if (!isDigit(bytes[i])) return Number.NaN
    value = value * 10 + bytes[i]! - 0x30
  }
  return value
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

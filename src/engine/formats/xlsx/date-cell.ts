import { type CellBuffer, type CellWriter, type Snippet, snippet } from './cell-buffer.ts'
import { endOfCell, NEWLINE, TAB } from './copy-text.ts'
import { type Style, styles } from './styles.ts'

/**
 * Dates and times as Excel's serial numbers: days since 1899-12-30, the time of day as a fraction.
 * Excel believes in a 1900-02-29, so its days are right from 1900-03-01 on; what lies before that or after
 * 9999-12-31, the infinities and years BC become text, as Postgres writes them.
 *
 * Excel keeps milliseconds. Microseconds are cut off, not rounded: a moment never moves into the next
 * second, let alone the next day. A cell shows milliseconds when it has any.
 *
 * A cell has no time zone: an instant arrives in the zone of the session, and its offset is left out.
 * @see ECMA-376 Part 1, 18.17.4 Dates and Times
 */

const firstDay = 61
const dayOf1970 = 25_569
const msPerDay = 86_400_000

const close = snippet('</v></c>')
const DASH = 0x2d
const COLON = 0x3a
const SPACE = 0x20
const POINT = 0x2e
const PLUS = 0x2b
const ZERO = 0x30

/** @param own the style of a column with a format of its own, here and below */
export function dateCell(column: Snippet, asText: CellWriter, own?: Style): CellWriter {
  const rest = restOf(own ?? styles.date)
  return (cells) => {
    const { input, from } = cells
    const day = isEnd(input[from + 10]) ? serialDay(input, from) : 0
    if (day === 0) return asText(cells)
    writeSerial(cells, column, rest, day, 0)
    cells.from = from + 10
  }
}

/** `timestamp`, and `timestamptz` with its offset. */
export function timestampCell(column: Snippet, asText: CellWriter, own?: Style): CellWriter {
  const whole = restOf(own ?? styles.timestamp)
  const withMs = restOf(own ?? styles.timestampMs)
  return (cells) => {
    const { input, from } = cells
    const end = endOfCell(input, from)
    const day = input[from + 10] === SPACE && isTime(input, from + 11, end) ? serialDay(input, from) : 0
    if (day === 0) return asText(cells)
    const ms = msOfDay(input, from + 11)
    writeSerial(cells, column, ms % 1000 === 0 ? whole : withMs, day, ms)
    cells.from = end
  }
}

/** `time`. 24:00:00, which Postgres knows and Excel shows as midnight of the next day, becomes text. */
export function timeCell(column: Snippet, asText: CellWriter, own?: Style): CellWriter {
  const whole = restOf(own ?? styles.time)
  const withMs = restOf(own ?? styles.timeMs)
  return (cells) => {
    const { input, from } = cells
    const end = endOfCell(input, from)
    const ms = isTime(input, from, end) ? msOfDay(input, from) : msPerDay
    if (ms >= msPerDay) return asText(cells)
    writeSerial(cells, column, ms % 1000 === 0 ? whole : withMs, 0, ms)
    cells.from = end
  }
}

function restOf(style: Style): Snippet {
  return snippet(`" s="${style}"><v>`)
}

function isEnd(byte: number | undefined): boolean {
  return byte === TAB || byte === NEWLINE
}

/** The serial day of `YYYY-MM-DD`; 0 for what Excel has no day for. */
function serialDay(input: Buffer, at: number): number {
  if (input[at + 4] !== DASH || input[at + 7] !== DASH) return 0
  const day =
    dayOf1970 +
    daysSince1970(two(input, at) * 100 + two(input, at + 2), two(input, at + 5), two(input, at + 8))
  return day >= firstDay ? day : 0
}

/** In the proleptic Gregorian calendar, with years that begin in March so that leap days come last. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1
  return y * 365 + ((y / 4) | 0) - ((y / 100) | 0) + ((y / 400) | 0) + dayOfYear - 719_468
}

/** Whether `HH:MM:SS`, a fraction and an offset, the last two if at all, are all there is up to `end`. */
function isTime(input: Buffer, from: number, end: number): boolean {
  if (end < from + 8 || input[from + 2] !== COLON || input[from + 5] !== COLON) return false
  let at = from + 8
  if (input[at] === POINT) {
    at++
    while (isDigit(input[at]!)) at++
  }
  if (input[at] === PLUS || input[at] === DASH) {
    at++
    while (isDigit(input[at]!) || input[at] === COLON) at++
  }
  return at === end
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39
}

function msOfDay(input: Buffer, at: number): number {
  const seconds = two(input, at) * 3600 + two(input, at + 3) * 60 + two(input, at + 6)
  let ms = 0
  if (input[at + 8] === POINT) {
    let unit = 100
    for (let digit = at + 9; unit >= 1 && isDigit(input[digit]!); digit++) {
      ms += (input[digit]! - ZERO) * unit
      unit = (unit / 10) | 0
    }
  }
  return seconds * 1000 + ms
}

function two(input: Buffer, at: number): number {
  return (input[at]! - ZERO) * 10 + input[at + 1]! - ZERO
}

/**
 * `46091.524259259259`: 17 significant digits, what a double needs. With fewer, LibreOffice shows
 * 12:34:56 as 12:34:55.
 */
function writeSerial(cells: CellBuffer, column: Snippet, rest: Snippet, day: number, ms: number): void {
  cells.openCell(column, rest)
  const { out } = cells
  let width = 1
  for (let power = 10; power <= day; power *= 10) width++
  writeDigits(out, cells.at, day, width)
  let at = cells.at + width
  if (ms > 0) {
    out[at++] = POINT
    // Six digits at a time, by long division: each step stays an exact integer.
    let remainder = ms
    for (let digits = day > 0 ? 12 : 18; digits > 0; digits -= 6) {
      const dividend = remainder * 1e6
      const quotient = digits === 6 ? Math.round(dividend / msPerDay) : Math.floor(dividend / msPerDay)
      remainder = dividend - quotient * msPerDay
      writeDigits(out, at, Math.min(quotient, 999_999) | 0, 6)
      at += 6
    }
    while (out[at - 1] === ZERO) at--
  }
  cells.at = at
  cells.write(close)
}

function writeDigits(out: Buffer, at: number, value: number, width: number): void {
  let rest = value
  for (let place = at + width - 1; place >= at; place--) {
    const next = (rest / 10) | 0
    out[place] = ZERO + rest - next * 10
    rest = next
  }
}

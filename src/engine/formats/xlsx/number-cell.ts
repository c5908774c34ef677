import { type CellWriter, type Snippet, snippet } from './cell-buffer.ts'
import { NEWLINE, TAB } from './copy-text.ts'

const close = snippet('</v></c>')

/** Bytes that a finite number is made of. */
const numeric = new Uint8Array(256)
for (const byte of '0123456789.-+e') numeric[byte.charCodeAt(0)] = 1

const E = 0x65
const POINT = 0x2e
const ZERO = 0x30

/** Significant digits that every double gives back as they were, and all that Excel shows. */
const maxDigits = 15

/**
 * An exact number. With more than 15 significant digits (an account number, a large sum) it becomes text
 * instead, for a double would change its last digits; so do NaN and the infinities.
 */
export function decimalCell(column: Snippet, style: number, asText: CellWriter): CellWriter {
  return numberCell(
    column,
    style,
    asText,
    (input, from, end) => end - from <= maxDigits || significantDigits(input, from, end) <= maxDigits,
  )
}

/**
 * A double. It is written with all digits Postgres gives it (17 at most), so the cell holds the very same
 * double, though Excel shows 15. NaN, the infinities and what Excel has no double for (from 1e308, and
 * below 1e-307) become text.
 */
export function floatCell(column: Snippet, style: number, asText: CellWriter): CellWriter {
  return numberCell(column, style, asText, (input, _, end) => {
    if (input[end - 5] !== E) return true
    return (input[end - 3]! - ZERO) * 100 + (input[end - 2]! - ZERO) * 10 + input[end - 1]! - ZERO < 308
  })
}

function numberCell(
  column: Snippet,
  style: number,
  asText: CellWriter,
  fits: (input: Buffer, from: number, end: number) => boolean,
): CellWriter {
  const rest = snippet(`"${style ? ` s="${style}"` : ''}><v>`)
  return (cells) => {
    const { input, out, from, at: start } = cells
    cells.openCell(column, rest)
    let at = cells.at
    let end = from
    // The longest numeric of Postgres has 147,456 characters: no longer than the room of a text cell.
    for (let byte = input[end]!; numeric[byte] === 1 && end - from < 200_000; byte = input[++end]!) {
      out[at++] = byte
    }
    const complete = input[end] === TAB || input[end] === NEWLINE
    if (complete && end > from && fits(input, from, end)) {
      cells.from = end
      cells.at = at
      cells.write(close)
    } else {
      cells.at = start
      asText(cells)
    }
  }
}

/** Digits between the first and the last that is not zero; `-0012.500` has three. No exponent. */
function significantDigits(input: Buffer, from: number, end: number): number {
  let count = 0
  let significant = 0
  for (let at = from; at < end; at++) {
    const byte = input[at]!
    if (byte === POINT || byte < ZERO) continue
    if (byte !== ZERO) significant = ++count
    else if (count > 0) count++
  }
  return significant
}

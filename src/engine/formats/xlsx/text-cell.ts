import { type CellBuffer, type CellWriter, type Snippet, snippet } from './cell-buffer.ts'
import { BACKSLASH, endOfCell, escaped, NEWLINE, TAB } from './copy-text.ts'
import { maxCellUnits } from './limits.ts'

const close = snippet('</t></is></c>')
const preserve = Buffer.from(' xml:space="preserve"')
const ellipsis = Buffer.from('…')

/**
 * Text as an inline string: whatever it looks like, Excel never takes it for a number or a formula. (A
 * shared string would have to be kept until the end.) A cell of more than 32,767 UTF-16 units is cut to
 * 32,766 and `…`, and counted; a surrogate pair is kept or dropped whole.
 * @param style Index of the cell format, 0 for none.
 * @see ECMA-376 Part 1, 18.3.1.53 `is`, 22.9.2.19 ST_Xstring
 */
export function textCell(column: Snippet, style = 0): CellWriter {
  const rest = snippet(`"${style ? ` s="${style}"` : ''} t="inlineStr"><is><t>`)
  return (cells) => {
    cells.openCell(column, rest)
    const start = cells.at
    const from = cells.from
    // A text has at most as many UTF-16 units as COPY has bytes for it, so most cells need no counting.
    if (!writeText(cells, Math.min(cells.input.length, from + maxCellUnits + 1))) {
      cells.from = from
      cells.at = start
      writeLongText(cells)
    }
    if (cells.at > start && (isSpace(cells.out[start]!) || isSpace(cells.out[cells.at - 1]!))) {
      preserveSpace(cells, start)
    }
    cells.write(close)
  }
}

// How a byte of text is written. Bytes of multi-byte characters are clean but for U+FFFE and U+FFFF.
const CLEAN = 0
const END = 1
const ESCAPE = 2
const MARKUP = 3
const CONTROL = 4
const UNDERSCORE = 5
const NONCHARACTER = 6

const kinds = new Uint8Array(256)
kinds.fill(CONTROL, 0x00, 0x20)
kinds[TAB] = END
kinds[NEWLINE] = END
kinds[BACKSLASH] = ESCAPE
for (const mark of '&<>') kinds[mark.charCodeAt(0)] = MARKUP
kinds[0x5f] = UNDERSCORE
kinds[0xef] = NONCHARACTER

/** Writes text up to `limit` or the end of the cell; whether it met the end. Moves `from` and `at`. */
function writeText(cells: CellBuffer, limit: number): boolean {
  const { input, inputView, out, view } = cells
  let from = cells.from
  let at = cells.at
  let ended = false
  while (from < limit) {
    // Runs of four clean bytes at once: half the time of one byte after the other.
    while (from + 4 <= limit) {
      const word = inputView.getInt32(from, true)
      if (
        (kinds[word & 255]! |
          kinds[(word >> 8) & 255]! |
          kinds[(word >> 16) & 255]! |
          kinds[word >>> 24]!) !==
        CLEAN
      )
        break
      view.setInt32(at, word, true)
      from += 4
      at += 4
    }
    while (from < limit && kinds[input[from]!]! === CLEAN) out[at++] = input[from++]!
    if (from >= limit) break
    const byte = input[from]!
    const kind = kinds[byte]!
    if (kind === END) {
      ended = true
      break
    }
    if (kind === ESCAPE) {
      const real = escaped[input[from + 1]!]!
      if (real === BACKSLASH || real === TAB || real === NEWLINE || real >= 0x20) {
        out[at++] = real
      } else {
        at = writeHex(out, at, real)
      }
      from += 2
    } else if (kind === MARKUP) {
      at = writeEntity(out, at, byte)
      from++
    } else if (kind === UNDERSCORE) {
      if (looksEscaped(input, from)) at = writeHex(out, at, byte)
      else out[at++] = byte
      from++
    } else if (kind === CONTROL) {
      at = writeHex(out, at, byte)
      from++
    } else if (input[from + 1] === 0xbf && input[from + 2]! >= 0xbe) {
      at = writeHex(out, at, input[from + 2] === 0xbe ? 0xfffe : 0xffff)
      from += 3
    } else {
      out[at++] = byte
      from++
    }
  }
  cells.from = from
  cells.at = at
  return ended
}

function writeLongText(cells: CellBuffer): void {
  const { input, from } = cells
  const end = endOfCell(input, from)
  let units = 0
  let cut = from
  for (let at = from; at < end && units <= maxCellUnits; ) {
    const byte = input[at]!
    const bytes = byte === BACKSLASH ? 2 : byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    units += bytes === 4 ? 2 : 1
    at += bytes
    if (units <= maxCellUnits - 1) cut = at
  }
  if (units <= maxCellUnits) {
    writeText(cells, end)
    return
  }
  writeText(cells, cut)
  cells.at += ellipsis.copy(cells.out, cells.at)
  cells.from = end
  cells.truncatedCells++
}

const ampersand = Buffer.from('&amp;')
const lessThan = Buffer.from('&lt;')
const greaterThan = Buffer.from('&gt;')

function writeEntity(out: Buffer, at: number, byte: number): number {
  const entity = byte === 0x26 ? ampersand : byte === 0x3c ? lessThan : greaterThan
  for (let index = 0; index < entity.length; index++) out[at + index] = entity[index]!
  return at + entity.length
}

const hexDigits = Buffer.from('0123456789ABCDEF')

/** What XML 1.0 has no character for: `_x000B_`. Also a carriage return, which XML would turn into a line feed. */
function writeHex(out: Buffer, at: number, code: number): number {
  out[at] = 0x5f
  out[at + 1] = 0x78
  for (let digit = 0; digit < 4; digit++) out[at + 2 + digit] = hexDigits[(code >> (12 - 4 * digit)) & 0xf]!
  out[at + 6] = 0x5f
  return at + 7
}

/**
 * Whether the underscore at `at` begins what a reader would decode, `_x000B_`. The last underscore is not
 * asked for: one of ours may follow, in the place of a control character.
 */
function looksEscaped(input: Buffer, at: number): boolean {
  return (
    input[at + 1] === 0x78 &&
    isHex(input[at + 2]!) &&
    isHex(input[at + 3]!) &&
    isHex(input[at + 4]!) &&
    isHex(input[at + 5]!)
  )
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === TAB || byte === NEWLINE
}

/** Adds the attribute to the `<t>` before `start`. That white space leads or trails is known only at the end. */
function preserveSpace(cells: CellBuffer, start: number): void {
  const { out, at } = cells
  out.copyWithin(start + preserve.length, start, at)
  preserve.copy(out, start - 1)
  out[start - 1 + preserve.length] = 0x3e
  cells.at = at + preserve.length
}

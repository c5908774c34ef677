/**
 * Cells of Postgres COPY TEXT, one after another, without copying: tabs part cells, a newline ends a
 * row, `\N` alone is null, and a backslash escapes. Raw tabs and newlines never stand inside a cell.
 * @see https://www.postgresql.org/docs/current/sql-copy.html "Text Format"
 */
export class CopyCells {
  readonly bytes: Buffer
  /** Where the cell begins and ends in `bytes`, still escaped. */
  start = 0
  end = 0
  isNull = false
  /** Holds neither a backslash nor a byte above 0x7f: its bytes are its text. */
  isPlain = true
  /** This is the row's last cell. */
  endsRow = true
  #hasEscapes = false
  #next = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Moves to the next cell; false after the last one. */
  next(): boolean {
    const bytes = this.bytes
    const length = bytes.length
    let at = this.#next
    if (at >= length) return false
    this.start = at
    let high = 0
    let hasEscapes = false
    for (; at < length; at++) {
      const byte = bytes[at]!
      if (byte === tab || byte === newline) break
      high |= byte
      if (byte === backslash) {
        hasEscapes = true
        at++
      }
    }
    this.end = at
    this.#next = at + 1
    this.endsRow = bytes[at] !== tab
    this.#hasEscapes = hasEscapes
    this.isPlain = !hasEscapes && high < 0x80
    this.isNull = hasEscapes && at - this.start === 2 && bytes[at - 1] === capitalN
    return true
  }

  /** The cell's text, unescaped. Not for nulls. */
  text(): string {
    if (this.isPlain) return this.bytes.toString('latin1', this.start, this.end)
    if (!this.#hasEscapes) return this.bytes.toString('utf8', this.start, this.end)
    return unescapeCell(this.bytes, this.start, this.end)
  }
}

const tab = 0x09
const newline = 0x0a
const backslash = 0x5c
const capitalN = 0x4e

/** COPY writes these six with a letter; a backslash before any other character stands for that character. */
const escaped: Readonly<Record<number, number>> = {
  98: 0x08, // \b
  102: 0x0c, // \f
  110: 0x0a, // \n
  114: 0x0d, // \r
  116: 0x09, // \t
  118: 0x0b, // \v
}

function unescapeCell(bytes: Buffer, start: number, end: number): string {
  const out = Buffer.allocUnsafe(end - start)
  let length = 0
  for (let at = start; at < end; at++) {
    let byte = bytes[at]!
    if (byte === backslash && at + 1 < end) {
      byte = bytes[++at]!
      byte = escaped[byte] ?? byte
    }
    out[length++] = byte
  }
  return out.toString('utf8', 0, length)
}

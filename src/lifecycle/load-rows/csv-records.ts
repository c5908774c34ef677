import { LoadError } from './load-error.ts'

const quote = 0x22
const lineFeed = 0x0a
const carriageReturn = 0x0d
const byteOrderMark = Buffer.from('\ufeff')
const maxHeaderBytes = 1024 * 1024

/**
 * Puts before every record of a CSV the line of the file that it begins on, as one more cell, so that
 * whatever is wrong with it can be told by that line. The cells themselves are left to PostgreSQL.
 *
 * The first piece is the header record alone, as it stands in the file. Then come records that end in a
 * line feed each. A quotation mark opens or closes wherever it stands, which is how COPY sees it too.
 * @throws LoadError for an empty line between records, and for a quotation mark that is never closed
 * @see RFC 4180
 */
export async function* numberRecords(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  let header: Buffer | null = Buffer.alloc(0)
  let isQuoted = false
  let line = 1
  let recordLine = 1
  let recordBytes = 0
  let emptyLine: number | null = null
  let held = Buffer.alloc(0)
  let isFirst = true

  for await (const piece of source) {
    let bytes = Buffer.concat([held, piece])
    if (isFirst && bytes.length < byteOrderMark.length) {
      held = bytes
      continue
    }
    if (isFirst && bytes.indexOf(byteOrderMark) === 0) bytes = bytes.subarray(byteOrderMark.length)
    isFirst = false
    // Whether a CR belongs to a line's end is seen by what follows.
    const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length
    held = bytes.subarray(end)
    const out: Buffer[] = []
    let start = 0
    for (let at = 0; at < end; at += 1) {
      const byte = bytes[at]
      if (byte === carriageReturn && !isQuoted && bytes[at + 1] === lineFeed) {
        // Only LF is kept, so that COPY counts lines as we do.
        out.push(bytes.subarray(start, at))
        start = at + 1
      } else if (byte === lineFeed && !isQuoted) {
        if (recordBytes === 0) emptyLine ??= line
        else out.push(bytes.subarray(start, at + 1))
        if (header && recordBytes > 0) {
          yield Buffer.concat([header, ...out.splice(0)])
          header = null
        }
        line += 1
        start = at + 1
        recordBytes = 0
      } else {
        if (recordBytes === 0) {
          if (emptyLine !== null) throw problem(emptyLine, 'the line is empty')
          recordLine = line
          if (!header) out.push(Buffer.from(`${line},`))
        }
        if (byte === quote) isQuoted = !isQuoted
        else if (byte === lineFeed) line += 1
        recordBytes += 1
      }
    }
    out.push(bytes.subarray(start, end))
    if (!header) {
      yield Buffer.concat(out)
      continue
    }
    header = Buffer.concat([header, ...out])
    if (header.length > maxHeaderBytes) throw problem(1, 'the header has no end')
  }
  if (isQuoted) throw problem(recordLine, 'a quotation mark is opened and never closed')
  if (isFirst) yield held
  else if (header) yield header
  else if (recordBytes > 0) yield Buffer.from('\n')
}

function problem(line: number, message: string): LoadError {
  return new LoadError([{ line, column: null, value: null, message }])
}

/** The cells of one record. */
export function parseRecord(record: string): string[] {
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < record.length; at += 1) {
    const char = record[at] ?? ''
    if (char === '"') {
      // Two of them within quotes are one that means itself.
      if (isQuoted && record[at + 1] === '"') {
        cell += '"'
        at += 1
      } else {
        isQuoted = !isQuoted
      }
    } else if (char === ',' && !isQuoted) {
      cells.push(cell)
      cell = ''
    } else {
      cell += char
    }
  }
  return [...cells, cell]
}

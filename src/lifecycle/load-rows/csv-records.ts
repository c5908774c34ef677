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
export async function* numberRecords(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let header: Buffer | null = Buffer.alloc(0)
  let isQuoted = false
  let line = 1
  let recordLine = 1
  let recordBytes = 0
  let emptyLine: number | null = null
  let isFirst = true

  for await (const piece of source) {
    let bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    if (isFirst && bytes.subarray(0, 3).equals(byteOrderMark)) bytes = bytes.subarray(3)
    isFirst = false
    const out: Buffer[] = []
    let start = 0
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at]
      if (recordBytes === 0 && byte !== lineFeed && byte !== carriageReturn) {
        if (emptyLine !== null) throw emptyLineError(emptyLine)
        recordLine = line
        if (!header) out.push(Buffer.from(`${line},`))
      }
      if (byte === quote) isQuoted = !isQuoted
      if (byte !== lineFeed) {
        // Of CR LF between records only LF is kept, so that COPY counts lines as we do.
        if (byte === carriageReturn && !isQuoted) {
          out.push(bytes.subarray(start, at))
          start = at + 1
        } else {
          recordBytes += 1
        }
        continue
      }
      line += 1
      if (isQuoted) {
        recordBytes += 1
        continue
      }
      if (recordBytes === 0) {
        emptyLine ??= line - 1
        out.push(bytes.subarray(start, at))
      } else {
        out.push(bytes.subarray(start, at + 1))
      }
      start = at + 1
      recordBytes = 0
      if (header) {
        yield Buffer.concat([header, ...out.splice(0)])
        header = null
      }
    }
    out.push(bytes.subarray(start))
    if (!header) {
      yield Buffer.concat(out)
      continue
    }
    header = Buffer.concat([header, ...out])
    if (header.length > maxHeaderBytes) {
      throw new LoadError([{ line: 1, column: null, value: null, message: 'the header has no end' }])
    }
  }
  if (isQuoted) {
    const message = 'a quotation mark is opened and never closed'
    throw new LoadError([{ line: recordLine, column: null, value: null, message }])
  }
  if (header) yield header
  else if (recordBytes > 0) yield Buffer.from('\n')
}

function emptyLineError(line: number): LoadError {
  return new LoadError([{ line, column: null, value: null, message: 'the line is empty' }])
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

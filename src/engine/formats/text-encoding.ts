import { isAscii } from 'node:buffer'
import { StringDecoder } from 'node:string_decoder'
import type { CsvOptions } from '../../core/options/delimited.ts'
import { windows1252Byte } from '../../core/windows-1252.ts'

export type TextEncoding = CsvOptions['encoding']

/** Bytes made into a string at once: a row can be longer than the longest string. */
const pieceBytes = 1024 * 1024

const questionMark = 0x3f

/**
 * UTF-8 in another encoding; a character may be cut anywhere. A character that Windows-1252 has not becomes
 * one `?`, however many UTF-16 units it has.
 */
export function encodeText(source: AsyncIterable<Buffer>, encoding: TextEncoding): AsyncIterable<Buffer> {
  switch (encoding) {
    case 'utf-8':
      return source
    case 'utf-16le':
      return decoded(source, (text) => Buffer.from(text, 'utf16le'))
    case 'windows-1252':
      return decoded(source, toWindows1252, isAscii)
    default:
      return encoding satisfies never
  }
}

/** @param isSame whether bytes that begin with a whole character mean the same in both encodings */
async function* decoded(
  source: AsyncIterable<Buffer>,
  encode: (text: string) => Buffer,
  isSame?: (bytes: Buffer) => boolean,
): AsyncGenerator<Buffer> {
  const decoder = new StringDecoder('utf8')
  for await (const block of source) {
    for (let at = 0; at < block.length; at += pieceBytes) {
      const piece = block.subarray(at, at + pieceBytes)
      // ASCII never continues a character that was cut.
      const bytes = isSame?.(piece) ? piece : encode(decoder.write(piece))
      if (bytes.length > 0) yield bytes
    }
  }
  const rest = encode(decoder.end())
  if (rest.length > 0) yield rest
}

/** By UTF-16 unit; second halves of surrogate pairs are left out. */
const byteOfUnit = new Uint8Array(0x10000).fill(questionMark)
for (let unit = 0; unit < byteOfUnit.length; unit++) {
  byteOfUnit[unit] = windows1252Byte(String.fromCharCode(unit)) ?? questionMark
}

function toWindows1252(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length)
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const isSecondHalf = unit >= 0xdc00 && unit <= 0xdfff
    if (!isSecondHalf) bytes[length++] = byteOfUnit[unit]!
  }
  return bytes.subarray(0, length)
}

import { create } from 'content-disposition'
import type { Disposition } from '../../core/signed-url.ts'

// Separators and control characters could lead out of the download folder; the bidirectional controls
// can make "fdc.exe" read as "exe.cdf". Other format characters (joiners) belong to real words.
const unsafe = /[\p{Cc}/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * `attachment; filename="Export.csv"; filename*=UTF-8''…`: the second parameter only where ASCII
 * cannot say the name, the first always, with accents and other letters reduced.
 * @see RFC 6266 sections 4.3 and 5, RFC 8187
 */
export function contentDisposition(fileName: string, type: Disposition): string {
  const name = fileName.toWellFormed().replace(unsafe, '_').trim()
  const safe = /^\.{0,2}$/.test(name) ? 'file' : name
  return create(safe, { type, fallback: isAscii(safe) ? true : asciiOf(safe) })
}

function asciiOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]/gu, '_')
    .replace(unsafe, '_')
    .replace(/%/g, '_')
}

function isAscii(name: string): boolean {
  return /^[\x20-\x7e]*$/.test(name)
}

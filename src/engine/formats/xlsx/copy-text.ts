/**
 * COPY's text format, as far as a reader of bytes needs it: cells end in a tab, rows in a line feed,
 * NULL is `\N`, and a backslash takes the place of what could be mistaken for either.
 * @see PostgreSQL, COPY, "Text Format"
 */

export const TAB = 0x09
export const NEWLINE = 0x0a
export const BACKSLASH = 0x5c
const CAPITAL_N = 0x4e

/** The byte that a backslash and the byte at this index stand for: itself, unless COPY gives it a meaning. */
export const escaped: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => byte)
escaped['b'.charCodeAt(0)] = 0x08
escaped['f'.charCodeAt(0)] = 0x0c
escaped['n'.charCodeAt(0)] = 0x0a
escaped['r'.charCodeAt(0)] = 0x0d
escaped['t'.charCodeAt(0)] = 0x09
escaped['v'.charCodeAt(0)] = 0x0b

/** Whether the cell that begins at `from` is NULL. */
export function isNull(bytes: Uint8Array, from: number): boolean {
  return bytes[from] === BACKSLASH && bytes[from + 1] === CAPITAL_N
}

/** Where the cell that begins at `from` ends: the index of its tab or line feed. */
export function endOfCell(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== TAB && bytes[at] !== NEWLINE) at++
  return at
}

/** One row of texts and NULLs, with its line feed. */
export function copyRow(cells: readonly (string | null)[]): string {
  return `${cells.map(copyCell).join('\t')}\n`
}

function copyCell(text: string | null): string {
  if (text === null) return '\\N'
  if (!/[\\\t\n\r]/.test(text)) return text
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
}

/** The text of a cell; null for NULL. Decodes to a string: for headers and samples, not for every row. */
export function cellText(bytes: Buffer, from: number, end: number): string | null {
  if (isNull(bytes, from)) return null
  return bytes
    .toString('utf8', from, end)
    .replace(/\\(.)/gs, (_, letter: string) => String.fromCharCode(escaped[letter.charCodeAt(0)] ?? 0x5c))
}

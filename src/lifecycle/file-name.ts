/** Names longer than this are cut, so that the whole name fits every file system (255 bytes) with room for suffixes. */
const maxStemBytes = 160

/**
 * What a file is called: the export's name, its date, and its number among several from 1, with nothing in
 * it that a file system or a header would stumble over.
 */
export function fileNameOf(
  exportName: string,
  { createdAt, extension, number }: { createdAt: Date; extension: string; number?: number | undefined },
): string {
  const clean = exportName
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[\p{C}/\\:*?"<>|]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '')
  const stem = cutToBytes(clean, maxStemBytes).trim() || 'export'
  // After the cut, so that no two files of an export are called alike.
  const ending = [createdAt.toISOString().slice(0, 10), ...(number === undefined ? [] : [number])].join(' ')
  return `${stem} ${ending}.${extension}`.replaceAll(' ', '_')
}

function cutToBytes(text: string, maxBytes: number): string {
  let cut = text
  while (Buffer.byteLength(cut) > maxBytes) cut = Array.from(cut).slice(0, -1).join('')
  return cut
}

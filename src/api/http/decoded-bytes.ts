import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { ByteRange } from './byte-range.ts'

/** The content of gzip bytes, or a range of it. What stands before the range is decoded all the same: gzip has no index. */
export function decodedBytes(stored: Readable, range: ByteRange | null): Readable {
  // An error of either side, and an early end, destroys both; whoever reads `decoded` hears of it.
  const decoded = pipeline(stored, createGunzip(), () => {})
  return range ? Readable.from(cut(decoded, range), { objectMode: false }) : decoded
}

async function* cut(source: AsyncIterable<Buffer>, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  let position = 0
  for await (const chunk of source) {
    const wanted = chunk.subarray(Math.max(0, start - position), end + 1 - position)
    position += chunk.length
    if (wanted.length > 0) yield wanted
    if (position > end) return
  }
}

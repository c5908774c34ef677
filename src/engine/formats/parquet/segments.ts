import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { RowBlock } from '../format.ts'
import { temporaryStorageErrorFrom } from './errors.ts'

/** The rows of one row group as a file of CSV. */
export interface Segment {
  /** The file's name in its folder. */
  readonly name: string
  readonly rows: number
  /** Bytes that the longest row takes at most. */
  readonly maxRowBytes: number
}

/**
 * Cuts rows into files, each with `rowsPerSegment` rows, or fewer where these take more than `maxBytes`.
 * A file is whole when it is yielded, and the taker's to remove; of no rows there is one file.
 */
export async function* writeSegments(
  blocks: AsyncIterable<RowBlock>,
  limits: { folder: string; rowsPerSegment: number; maxBytes: number },
): AsyncGenerator<Segment, void, void> {
  let index = 0
  let file: SegmentFile | undefined
  try {
    for await (const block of blocks) {
      let { bytes, rows } = block
      while (rows > 0) {
        file ??= await SegmentFile.open(limits.folder, index++)
        const room = limits.rowsPerSegment - file.rows
        const end = rows <= room ? bytes.length : endOfRow(bytes, room)
        const taken = Math.min(rows, room)
        await file.write({ bytes: bytes.subarray(0, end), rows: taken })
        bytes = bytes.subarray(end)
        rows -= taken
        if (file.rows < limits.rowsPerSegment && file.bytes < limits.maxBytes) continue
        yield await file.close()
        file = undefined
      }
    }
    if (!file && index === 0) file = await SegmentFile.open(limits.folder, index)
    if (file) yield await file.close()
    file = undefined
  } finally {
    await file?.close()
  }
}

class SegmentFile {
  readonly #handle: FileHandle
  readonly #name: string
  rows = 0
  bytes = 0
  #maxRowBytes = 0

  private constructor(handle: FileHandle, name: string) {
    this.#handle = handle
    this.#name = name
  }

  static async open(folder: string, index: number): Promise<SegmentFile> {
    const name = `rows-${index}.csv`
    const file = new SegmentFile(await open(join(folder, name), 'wx').catch(fail), name)
    // A line that DuckDB skips: without it, a first cell that begins with a byte order mark loses it.
    await file.#handle.writeFile('-\n').catch(fail)
    return file
  }

  async write({ bytes, rows }: RowBlock): Promise<void> {
    // Unlike write, writeFile goes on after a short write; it writes where the last one ended.
    await this.#handle.writeFile(bytes).catch(fail)
    this.bytes += bytes.length
    this.rows += rows
    this.#maxRowBytes = Math.max(this.#maxRowBytes, bytes.length)
  }

  async close(): Promise<Segment> {
    await this.#handle.close().catch(fail)
    return { name: this.#name, rows: this.rows, maxRowBytes: this.#maxRowBytes }
  }
}

function fail(error: unknown): never {
  throw temporaryStorageErrorFrom(error)
}

const quote = 0x22
const newline = 0x0a

/** Where the `count`th row of CSV ends: line feeds between quotes end no row. */
function endOfRow(bytes: Buffer, count: number): number {
  let quoted = false
  let rows = 0
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === quote) quoted = !quoted
    else if (bytes[at] === newline && !quoted && ++rows === count) return at + 1
  }
  return bytes.length
}

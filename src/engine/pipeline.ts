import type { FileColumn, Format, OnSummary, RowBlock } from './formats/format.ts'
import { hashFile } from './hash-file.ts'
import { hashThrough, type Passed } from './hash-through.ts'
import type { Upload } from './storage/storage.ts'

/** What became of one file. */
export interface FileResult {
  readonly bytes: number
  readonly rows: number
  /** Of the bytes as stored, hex. */
  readonly sha256: string
  /** What the bytes are decoded; set where they are stored in a content encoding. */
  readonly plain?: Passed
  /** What the format had to say of the file, e.g. `{ truncatedCells: 2 }`. */
  readonly notes?: Readonly<Record<string, number>>
}

/** Called after every block with what has been written so far. */
export type OnWritten = (written: { rows: number; bytes: number }) => void

export type Encode = (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>

/**
 * Rows → format → compression → hash → storage, in constant memory: each stage pulls from the one before
 * it, so the slowest sets the pace. The upload is complete, and not yet visible to anyone, on return.
 */
export async function makeFile(stages: {
  rows: AsyncIterable<RowBlock>
  columns: readonly FileColumn[]
  format: Format
  options: unknown
  compress: Encode
  /** Whether `compress` is a content encoding: readers get what stood before it. */
  isContentEncoding?: boolean
  upload: Upload
  onWritten: OnWritten
  signal: AbortSignal
}): Promise<FileResult> {
  const { columns, options, signal, upload } = stages
  let rows = 0
  let notes: FileResult['notes']
  const onSummary: OnSummary = (summary) => {
    notes = summary
  }
  const counted = (async function* () {
    for await (const block of stages.rows) {
      yield block
      rows += block.rows
    }
  })()
  const content = stages.format.encode(counted, { columns, options, signal, onSummary })
  const plain = stages.isContentEncoding ? hashThrough(content) : null
  const encoded = stages.compress(plain?.bytes ?? content)
  const { bytes, sha256 } = await hashFile(encoded, upload, signal, (written) =>
    stages.onWritten({ rows, bytes: written }),
  )
  await upload.complete()
  return { bytes, rows, sha256, ...(plain ? { plain: plain.passed() } : {}), ...(notes ? { notes } : {}) }
}

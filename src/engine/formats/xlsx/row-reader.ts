import type { RowBlock } from '../format.ts'
import { NEWLINE } from './copy-text.ts'

/** Rows of COPY text, block after block, read by one sheet and then by the next. */
export class RowReader {
  /** The current block; rows from `at` on are unread. */
  bytes: Buffer = Buffer.alloc(0)
  at = 0
  private readonly blocks: AsyncIterator<RowBlock>

  constructor(blocks: AsyncIterator<RowBlock>) {
    this.blocks = blocks
  }

  /** Whether there is an unread row; fetches the next block when this one is used up. */
  async hasRows(): Promise<boolean> {
    while (this.at >= this.bytes.length) {
      const next = await this.nextBlock()
      if (!next) return false
      this.bytes = next
      this.at = 0
    }
    return true
  }

  /**
   * The first rows, which stay unread: at most `maxRows`, and only those that end within `maxBytes`. They
   * depend on the rows alone, not on how these were cut into blocks. To be called before anything is read.
   */
  async sample(maxRows: number, maxBytes: number): Promise<Buffer> {
    const held: Buffer[] = []
    let rows = 0
    let length = 0
    while (rows < maxRows && length < maxBytes) {
      const next = await this.nextBlock()
      if (!next) break
      // Copied: the source may use a block's memory again for the next one.
      held.push(Buffer.from(next))
      length += next.length
      rows += countRows(next)
    }
    this.bytes = Buffer.concat(held)
    let end = 0
    for (let row = 0; row < maxRows; row++) {
      const next = this.bytes.indexOf(NEWLINE, end) + 1
      if (next === 0 || next > maxBytes) break
      end = next
    }
    return this.bytes.subarray(0, end)
  }

  private async nextBlock(): Promise<Buffer | undefined> {
    const result = await this.blocks.next()
    if (result.done) return undefined
    const { bytes } = result.value
    // Every cell is scanned for what ends it, so nothing reads past a block that ends in a line feed.
    if (bytes.length > 0 && bytes[bytes.length - 1] !== NEWLINE) {
      throw new TypeError('A block of COPY text must hold whole rows')
    }
    return bytes
  }
}

function countRows(bytes: Buffer): number {
  let rows = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) rows++
  return rows
}

import type { RowBlock } from '../formats/format.ts'

export interface CutLimits {
  /** Rows of one sequence; no block of the source may have more. */
  readonly maxRows?: number
  /** Bytes of one sequence as the source has them; a single block that is larger gets one of its own. */
  readonly maxBytes?: number
}

/**
 * Cuts a sequence of blocks into sequences that keep the limits, between blocks. There is at least one,
 * which may be empty. Each must be read to its end before the next is asked for.
 */
export async function* cutRows(
  source: AsyncGenerator<RowBlock>,
  limits: CutLimits,
): AsyncGenerator<AsyncIterable<RowBlock>> {
  const { maxRows = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = limits
  try {
    let next = await source.next()
    do {
      yield (async function* () {
        let rows = 0
        let bytes = 0
        while (!next.done) {
          const block = next.value
          if (rows > 0 && (rows + block.rows > maxRows || bytes + block.bytes.length > maxBytes)) return
          rows += block.rows
          bytes += block.bytes.length
          yield block
          next = await source.next()
        }
      })()
    } while (!next.done)
  } finally {
    await source.return(undefined)
  }
}

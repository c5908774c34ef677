import type pg from 'pg'
import type { RowBlock } from './formats/format.ts'
import { withCondition } from './plan/plan-query.ts'
import { type ReadRequest, readRows } from './read-rows.ts'
import { BlockMemory } from './source/block-memory.ts'

/** Blocks of 256 KiB that a connection reads before their turn: most ranges, whole. */
const maxWaitingBlocks = 16

interface Reading {
  readonly rows: AsyncGenerator<RowBlock>
  readonly first: Promise<IteratorResult<RowBlock>>
}

/**
 * The rows of a plan as `readRows` gives them, read range by range over several connections, which take
 * turns. While the rows of one range are taken, the others read what comes next; all of it is held in
 * memory, so ranges are best small. An error or an early end ends the reading on all of them.
 * @param clients each in a transaction on the same snapshot
 * @param ranges conditions over `t` in the order of the rows; every row is in exactly one
 */
export async function* readRanges(
  clients: readonly pg.Client[],
  ranges: readonly string[],
  request: ReadRequest,
): AsyncGenerator<RowBlock> {
  const readings: Reading[] = []
  const memory = new BlockMemory()
  let begun = 0
  const begin = () => {
    const range = ranges[begun]
    const client = clients[begun % clients.length]
    if (range === undefined || !client) return
    begun += 1
    const plan = withCondition(request.plan, range)
    const rows = readRows(client, { ...request, plan, maxWaitingBlocks, memory })
    const first = rows.next()
    // Awaited when its turn comes; until then nobody listens to its failure.
    first.catch(() => {})
    readings.push({ rows, first })
  }
  for (const _ of clients) begin()
  try {
    for (let reading = readings[0]; reading; reading = readings[0]) {
      let next = await reading.first
      while (!next.done) {
        yield next.value
        next = await reading.rows.next()
      }
      readings.shift()
      begin()
    }
  } finally {
    await Promise.allSettled(readings.map(({ rows }) => rows.return(undefined)))
  }
}

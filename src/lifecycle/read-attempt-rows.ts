import type { FileLimits } from '../core/spec.ts'
import type { RowBlock } from '../engine/formats/format.ts'
import { formatFor } from '../engine/formats/formats.ts'
import { splitRanges } from '../engine/plan/split-parts.ts'
import { readRanges } from '../engine/read-ranges.ts'
import { readRows } from '../engine/read-rows.ts'
import { Snapshot } from '../engine/source/snapshot.ts'
import type { Services } from './services.ts'
import type { WriteContext } from './write-files.ts'

/** Under this many rows another connection costs more than it saves. */
const rangesFromRows = 50_000

/**
 * The rows of an attempt: over the snapshot's own connection, or side by side over several that join it.
 * The rows and their order are the same.
 */
export async function* readAttemptRows(
  { source }: Pick<Services, 'source'>,
  context: WriteContext,
  { maxRows }: FileLimits,
): AsyncGenerator<RowBlock> {
  const { row, snapshot, prepared, signal } = context
  const { options } = row.spec
  const request = { format: formatFor(row.spec.format), plan: prepared.query, options, signal }
  // A file of so many rows ends where a block does, and the time limit is meant for the reading of all rows.
  const isAlone = source.connectionsPerExport === 1 || source.statementTimeoutMs > 0 || maxRows !== undefined
  const ranges = isAlone ? [] : await rangesOf(context)
  if (ranges.length < 2) {
    yield* readRows(snapshot.holder, { ...request, maxRowsPerBlock: maxRows })
    return
  }
  await using opened = new AsyncDisposableStack()
  const beside: Snapshot[] = []
  while (beside.length < source.connectionsPerExport - 1) {
    const joined = opened.use(await Snapshot.join(prepared.source, snapshot.id))
    joined.endWith(signal)
    beside.push(joined)
  }
  yield* readRanges(
    [snapshot, ...beside].map(({ holder }) => holder),
    ranges,
    request,
  )
  for (const joined of beside) joined.finish()
}

async function rangesOf({
  row,
  snapshot,
  prepared,
  estimatedRows,
}: WriteContext): Promise<readonly string[]> {
  if (estimatedRows < rangesFromRows || !prepared.canBeSplit) return []
  const { dataset, query } = prepared
  return await splitRanges(snapshot, { dataset, plan: query, sort: row.spec.sort, estimatedRows })
}

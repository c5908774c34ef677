import { ExportFailure } from '../core/failure.ts'
import { countSql, type QueryPlan } from '../engine/plan/plan-query.ts'
import { estimateRows } from '../engine/source/estimate-rows.ts'
import { Snapshot } from '../engine/source/snapshot.ts'
import type { Export } from '../platform/db/entities/export.ts'
import { ExportFile } from '../platform/db/entities/export-file.ts'
import type { JobRun } from '../platform/queue/queue.ts'
import { Attempt, AttemptLost } from './attempt.ts'
import { type ClaimedExport, claimExport } from './claim-export.ts'
import { failureOf } from './failure-of.ts'
import { prepareQuery } from './prepare-query.ts'
import { publishExport } from './publish-export.ts'
import { removeLeftovers } from './remove-leftovers.ts'
import type { Services } from './services.ts'
import { requeueExport, settleFailure } from './settle-attempt.ts'
import { writeFiles } from './write-files.ts'

/** Under this many rows the COPY itself is done before a count beside it would be. */
const countFromRows = 20_000

/**
 * Makes the files of one export: claims it, reads one snapshot, writes, publishes. Returns when the
 * export is settled or no longer ours; throws when the queue should try again.
 * @param shutdown when it aborts, the export goes back to the queue as if it had never been begun
 */
export async function runExport(services: Services, run: JobRun, shutdown: AbortSignal): Promise<void> {
  const claimed = await claimExport(services, run)
  if (!claimed) return
  const { row } = claimed
  const attempt = new Attempt(services, row)
  attempt.start()
  try {
    await makeAndPublish(services, claimed, attempt, AbortSignal.any([attempt.signal, shutdown, run.signal]))
  } catch (error) {
    await attempt.stop()
    // A connection that broke while the publication was being committed leaves open whether it was.
    if (await isPublished(services, row, attempt.number)) return
    await removeLeftovers(services, row.organization.id, row.id, attempt.number)
    if (error instanceof AttemptLost || attempt.signal.aborted || run.signal.aborted) return
    if (shutdown.aborted) await requeueExport(services, attempt)
    else await settleFailure(services, attempt, failureOf(error), run.isLastTry)
  } finally {
    await attempt.stop()
  }
}

/** @throws when the database cannot be asked: then nothing is removed, and the queue tries again */
async function isPublished(services: Services, row: Export, attempt: number): Promise<boolean> {
  const storageKey = { $like: `${row.organization.id}/${row.id}/${attempt}/%` }
  return (await services.orm.em.fork().count(ExportFile, { export: row.id, storageKey })) > 0
}

async function makeAndPublish(
  services: Services,
  claimed: ClaimedExport,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<void> {
  const { row } = claimed
  const prepared = await prepareQuery(services, claimed)
  if (attempt.number > 1) await removeLeftovers(services, row.organization.id, row.id, attempt.number - 1)
  await using snapshot = await Snapshot.take(prepared.source)
  snapshot.endWith(signal)
  const estimatedRows = await estimateRows(snapshot, prepared.query)
  attempt.report({ stage: 'exporting', rowsTotal: estimatedRows })
  const count = estimatedRows >= countFromRows ? countBeside(snapshot, prepared.query, attempt) : null
  const files = await writeFiles(services, { row, attempt, snapshot, prepared, estimatedRows, signal })
  const rows = files.reduce((sum, file) => sum + file.rows, 0)
  const counted = count?.() ?? rows
  if (counted !== rows) {
    throw new ExportFailure(
      'INTERNAL',
      `${rows} rows were written where the same snapshot counts ${counted}.`,
    )
  }
  snapshot.finish()
  await attempt.finish('publishing')
  await publishExport(services, { row, attempt, prepared, files, snapshot })
}

/**
 * The exact total, taken from the same snapshot while the rows are already being written. What it
 * returns gives the count, or null while it is not known.
 */
function countBeside(snapshot: Snapshot, query: QueryPlan, attempt: Attempt): () => number | null {
  let total: number | null = null
  snapshot
    .query<{ rows: string }>(countSql(query))
    .then(([row]) => {
      total = Number(row?.rows)
      attempt.report({ rowsTotal: total, rowsTotalExact: true })
    })
    // The count is ended when the rows are written first; any other failure shows in the COPY as well.
    .catch(() => {})
  return () => total
}

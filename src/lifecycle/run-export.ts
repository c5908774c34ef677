import { v7 as uuidv7 } from 'uuid'
import { ExportFailure } from '../core/failure.ts'
import { compressionFor } from '../engine/compression/compression.ts'
import { formatFor } from '../engine/formats/formats.ts'
import { type FileResult, makeFile } from '../engine/pipeline.ts'
import { countSql, planQuery, type QueryPlan } from '../engine/plan/plan-query.ts'
import { copyOut } from '../engine/source/copy-out.ts'
import { estimateRows } from '../engine/source/estimate-rows.ts'
import { Snapshot } from '../engine/source/snapshot.ts'
import { Export } from '../platform/db/entities/export.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import type { Plan } from '../platform/db/entities/plan.ts'
import { announceChange } from '../platform/events/export-changes.ts'
import type { JobRun } from '../platform/queue/queue.ts'
import { Attempt, AttemptLost } from './attempt.ts'
import { checkRights } from './check-rights.ts'
import { failureOf } from './failure-of.ts'
import { fileNameOf } from './file-name.ts'
import { asksForRelations, loadDataset } from './load-dataset.ts'
import { recordEvent } from './record-event.ts'
import { removeLeftovers } from './remove-leftovers.ts'
import type { Services } from './services.ts'

/** Under this many rows the COPY itself is done before a count beside it would be. */
const countFromRows = 20_000

/**
 * Makes the files of one export: claims it, reads one snapshot, writes, publishes. Returns when the
 * export is settled or no longer ours; throws when the queue should try again.
 * @param shutdown when it aborts, the export goes back to the queue as if it had never been begun
 */
export async function runExport(services: Services, run: JobRun, shutdown: AbortSignal): Promise<void> {
  const claimed = await claim(services, run.exportId)
  if (!claimed) return
  const attempt = new Attempt(services, claimed)
  const signal = AbortSignal.any([attempt.signal, shutdown, run.signal])
  attempt.start()
  try {
    await attemptExport(services, claimed, attempt, signal)
  } catch (error) {
    await attempt.stop()
    await removeLeftovers(services, claimed.organization.id, claimed.id, attempt.number)
    if (error instanceof AttemptLost || attempt.signal.aborted || run.signal.aborted) return
    if (shutdown.aborted) return await requeue(services, attempt)
    await settleFailure(services, attempt, failureOf(error), run.isLastTry)
  } finally {
    await attempt.stop()
  }
}

/** Begins an attempt. Null when there is nothing to do: canceled, deleted, or already made. */
async function claim(services: Services, exportId: string): Promise<Export | null> {
  const now = services.now()
  return await services.orm.em.fork().transactional(async (em) => {
    const [row] = await em.execute<{ attempt: number }[]>(
      `update sluice.exports
       set status = 'processing', stage = 'counting', attempt = attempt + 1, progress = 0, rows_exported = 0,
           rows_total = null, rows_total_exact = false, bytes = 0, estimated_completion_at = null,
           started_at = coalesce(started_at, ?), updated_at = ?, version = version + 1
       where id = ? and status in ('pending', 'processing') returning attempt`,
      [now, now, exportId],
    )
    if (!row) return null
    const claimed = await em.findOneOrFail(Export, exportId)
    const message =
      row.attempt === 1 ? 'A worker has begun' : `A worker has begun again (attempt ${row.attempt})`
    await recordEvent(em, { exportId, type: 'started', attempt: row.attempt, message, at: now })
    await announceChange(em, { exportId, organizationId: claimed.organization.id, version: claimed.version })
    return claimed
  })
}

async function attemptExport(
  services: Services,
  row: Export,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<void> {
  const em = services.orm.em.fork()
  const organization = await em.findOneOrFail(Organization, row.organization.id, { populate: ['plan'] })
  const plan = organization.plan.getEntity()
  await checkRights(em, row, services.now())
  const tenant = organization.externalId
  const loaded = await loadDataset({ em, datasets: services.datasets, tenant }, row.spec.dataset, {
    relations: asksForRelations(row.spec.filter),
  })
  if (!loaded)
    throw new ExportFailure('DATASET_REMOVED', `The dataset '${row.spec.dataset}' is no longer declared.`)
  const query = planQuery(row.spec, { dataset: loaded.dataset, findDataset: loaded.find, tenant })
  if (attempt.number > 1) await removeLeftovers(services, organization.id, row.id, attempt.number - 1)

  await using snapshot = await Snapshot.take({
    url: services.sourceUrl,
    timeZone: String(row.spec.options.timeZone ?? 'UTC'),
    applicationName: `sluice-export ${row.id}`,
  })
  const estimate = await estimateRows(snapshot, query)
  attempt.report({ stage: 'exporting', rowsTotal: estimate })
  const counting = estimate >= countFromRows ? countBeside(snapshot, query, attempt) : null
  const { name, result, storageKey } = await writeFile(services, row, attempt, snapshot, query, plan, signal)
  const counted = await counting?.settled()
  if (counted !== undefined && counted !== null && counted !== result.rows) {
    throw new ExportFailure(
      'INTERNAL',
      `${result.rows} rows were written where the same snapshot counts ${counted}.`,
    )
  }
  attempt.report({ stage: 'publishing' })
  await attempt.stop()
  await publish(services, attempt, row, plan, { name, storageKey, ...result })
}

/** The exact total, taken from the same snapshot while the rows are already being written. */
function countBeside(
  snapshot: Snapshot,
  query: QueryPlan,
  attempt: Attempt,
): { settled(): Promise<number | null> } {
  let total: number | null = null
  snapshot
    .query<{ rows: string }>(countSql(query))
    .then(([row]) => {
      total = Number(row?.rows)
      attempt.report({ rowsTotal: total, rowsTotalExact: true })
    })
    // The count is ended when the rows are written first; any other failure shows in the COPY as well.
    .catch(() => {})
  return { settled: async () => total }
}

async function writeFile(
  services: Services,
  row: Export,
  attempt: Attempt,
  snapshot: Snapshot,
  query: QueryPlan,
  plan: Plan,
  signal: AbortSignal,
): Promise<{ name: string; storageKey: string; result: FileResult }> {
  const { spec } = row
  const format = formatFor(spec.format)
  const compression = compressionFor(spec.compression)
  const inner = fileNameOf(row.name, row.createdAt, format.extension)
  const name = inner + compression.extension
  const storageKey = `${row.organization.id}/${row.id}/${attempt.number}/${name}`
  await using upload = await services.storage.openUpload(storageKey)
  const result = await makeFile({
    rows: copyOut(snapshot.holder, format.copySql(query, spec.options), signal),
    columns: query.columns,
    format,
    options: spec.options,
    compress: (source) => compression.encode(source, { fileName: inner, modifiedAt: row.createdAt, signal }),
    upload,
    onWritten({ rows, bytes }) {
      if (plan.maxRowsPerExport != null && rows > plan.maxRowsPerExport) {
        throw new ExportFailure(
          'ROW_LIMIT_EXCEEDED',
          `The plan ${plan.name} allows ${plan.maxRowsPerExport} rows an export, and this one has more. Filter it, or ask for another plan.`,
        )
      }
      attempt.report({ rowsExported: rows, bytes })
    },
    signal,
  })
  return { name, storageKey, result }
}

/** The files and the status become visible in one transaction. */
async function publish(
  services: Services,
  attempt: Attempt,
  row: Export,
  plan: Plan,
  file: FileResult & { name: string; storageKey: string },
): Promise<void> {
  const now = services.now()
  const { contentType } = formatFor(row.spec.format)
  const compression = compressionFor(row.spec.compression)
  await services.orm.em.fork().transactional(async (em) => {
    await attempt.change(em, {
      status: 'completed',
      stage: 'done',
      progress: 100,
      rows_exported: file.rows,
      rows_total: file.rows,
      rows_total_exact: true,
      bytes: file.bytes,
      completed_at: now,
      estimated_completion_at: null,
      expires_at: new Date(now.getTime() + plan.fileLifetimeSeconds * 1000),
      error_code: null,
      error_message: null,
      error_retryable: null,
    })
    await em.execute(
      `insert into sluice.export_files (id, export_id, position, name, storage_key, content_type, bytes, rows, sha256, created_at)
       values (?, ?, 0, ?, ?, ?, ?, ?, ?, ?)`,
      [
        uuidv7(),
        row.id,
        file.name,
        file.storageKey,
        compression.contentType ?? contentType,
        file.bytes,
        file.rows,
        file.sha256,
        now,
      ],
    )
    const message = `${file.rows} rows, ${file.bytes} bytes`
    await recordEvent(em, { exportId: row.id, type: 'completed', attempt: attempt.number, message, at: now })
  })
}

/** Puts the export back as it was before the attempt, with a job of its own. */
async function requeue(services: Services, attempt: Attempt): Promise<void> {
  await ignoreLost(
    services.orm.em.fork().transactional(async (em) => {
      await attempt.change(em, backInQueue)
      const message = 'The worker was shut down; another one takes over'
      await recordEvent(em, { ...eventOf(attempt, services), type: 'requeued', message })
      await services.queue.enqueue(em, { exportId: attempt.exportId })
    }),
  )
}

async function settleFailure(
  services: Services,
  attempt: Attempt,
  failure: ExportFailure,
  isLastTry: boolean,
): Promise<void> {
  const { log } = services
  const again = failure.retryable && !isLastTry
  log.error({ err: failure, exportId: attempt.exportId, attempt: attempt.number, again }, 'an attempt failed')
  await ignoreLost(
    services.orm.em.fork().transactional(async (em) => {
      const error = {
        error_code: failure.code,
        error_message: failure.message,
        error_retryable: failure.retryable,
      }
      if (again) {
        await attempt.change(em, { ...backInQueue, ...error })
        await recordEvent(em, { ...eventOf(attempt, services), type: 'retrying', message: failure.message })
      } else {
        await attempt.change(em, {
          status: 'failed',
          completed_at: services.now(),
          estimated_completion_at: null,
          ...error,
        })
        await recordEvent(em, { ...eventOf(attempt, services), type: 'failed', message: failure.message })
      }
    }),
  )
  if (again) throw failure
}

const backInQueue = {
  status: 'pending',
  stage: 'queued',
  progress: 0,
  rows_exported: 0,
  bytes: 0,
  estimated_completion_at: null,
}

function eventOf(attempt: Attempt, services: Services): { exportId: string; attempt: number; at: Date } {
  return { exportId: attempt.exportId, attempt: attempt.number, at: services.now() }
}

async function ignoreLost(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof AttemptLost)) throw error
  }
}

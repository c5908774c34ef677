import { ExportFailure } from '../core/failure.ts'
import { compressionFor } from '../engine/compression/compression.ts'
import { formatFor } from '../engine/formats/formats.ts'
import { optionsOfPart } from '../engine/joinable.ts'
import { type FileResult, makeFile } from '../engine/pipeline.ts'
import { planDigest, withCondition } from '../engine/plan/plan-query.ts'
import { readRows } from '../engine/read-rows.ts'
import { Snapshot, SnapshotLostError } from '../engine/source/snapshot.ts'
import { Export } from '../platform/db/entities/export.ts'
import type { PartRun } from '../platform/queue/queue.ts'
import { failureOf } from './failure-of.ts'
import { findKey } from './find-key.ts'
import { PartTry } from './part-try.ts'
import { prepareQuery } from './prepare-query.ts'
import { discardObject } from './remove-object.ts'
import type { Services } from './services.ts'

/**
 * Makes one part of an attempt, from the attempt's snapshot. A part whose worker dies is made again by
 * another one, under another name; the other parts are not disturbed.
 * @throws when the queue should try again
 */
export async function runPart(services: Services, run: PartRun, shutdown: AbortSignal): Promise<void> {
  const part = await PartTry.claim(services, run)
  if (!part) return
  const signal = AbortSignal.any([part.signal, shutdown, run.signal])
  part.start()
  try {
    const result = await makePart(services, run, part, signal)
    await part.stop()
    // The attempt ended while the last bytes were being written: nobody will join them.
    if (!(await part.finish(result))) await discardObject(services, part.storageKey)
  } catch (error) {
    await part.stop()
    if (part.signal.aborted || run.signal.aborted) return
    // Back to the queue at once, for a worker that stays.
    if (shutdown.aborted) throw error
    const failure =
      error instanceof SnapshotLostError
        ? new ExportFailure('SOURCE_UNAVAILABLE', 'The snapshot was lost with the worker that held it.', {
            cause: error,
          })
        : failureOf(error)
    services.log.error({ err: failure, exportId: run.exportId, part: run.position }, 'a part failed')
    if (failure.retryable && !run.isLastTry && !(error instanceof SnapshotLostError)) throw failure
    await part.fail(failure)
  }
}

async function makePart(
  services: Services,
  run: PartRun,
  part: PartTry,
  signal: AbortSignal,
): Promise<FileResult> {
  const em = services.orm.em.fork()
  const row = await em.findOneOrFail(Export, run.exportId)
  const { spec, requestedBy } = row
  const key = requestedBy ? await findKey(em, { sql: 'k.id = ?', params: [requestedBy.id] }) : null
  const prepared = await prepareQuery(services, { row, key })
  if (planDigest(prepared.query) !== run.planDigest) {
    throw new ExportFailure(
      'DATASET_CHANGED',
      'The dataset was declared anew while its parts were being made.',
    )
  }
  const query = withCondition(prepared.query, part.condition)
  const format = formatFor(spec.format)
  const options = optionsOfPart(spec.options, run.position)
  await using snapshot = await Snapshot.join(prepared.source, run.snapshotId)
  snapshot.endWith(signal)
  await using upload = await services.storage.openUpload(part.storageKey)
  const result = await makeFile({
    rows: readRows(snapshot.holder, { format, plan: query, options, signal }),
    columns: query.columns,
    format,
    options,
    compress: (encoded) =>
      compressionFor(spec.compression).encode(encoded, {
        fileName: '',
        modifiedAt: row.createdAt,
        level: spec.compressionLevel,
        signal,
      }),
    upload,
    onWritten: (written) => part.report(written),
    signal,
  })
  snapshot.finish()
  return result
}

import { setTimeout as sleep } from 'node:timers/promises'
import { ExportFailure, type FailureCode } from '../core/failure.ts'
import { compressionFor } from '../engine/compression/compression.ts'
import { hashFile } from '../engine/hash-file.ts'
import { hashThrough } from '../engine/hash-through.ts'
import { planDigest } from '../engine/plan/plan-query.ts'
import type { Snapshot } from '../engine/source/snapshot.ts'
import type { Export } from '../platform/db/entities/export.ts'
import { ExportPart } from '../platform/db/entities/export-part.ts'
import type { PartRun } from '../platform/queue/queue.ts'
import type { Attempt } from './attempt.ts'
import { checkRowLimit, type PreparedQuery } from './prepare-query.ts'
import { removeUnder } from './remove-leftovers.ts'
import { discardObject } from './remove-object.ts'
import type { Services } from './services.ts'
import type { FileTarget, WrittenFile } from './write-files.ts'

/** Milliseconds between two looks at the parts. */
const pollMs = 100

/**
 * Has the rows made in parts, by whichever workers are free, and joins them in their order as they become
 * ready. All parts read this attempt's snapshot, which lives as long as this process holds it.
 */
export async function writeParts(
  services: Services,
  context: {
    readonly row: Export
    readonly attempt: Attempt
    readonly snapshot: Snapshot
    readonly prepared: PreparedQuery
    readonly conditions: readonly string[]
    readonly target: FileTarget
    readonly signal: AbortSignal
  },
): Promise<WrittenFile> {
  const { row, attempt, snapshot, prepared, conditions, target, signal } = context
  const { contentEncoding } = row.spec
  await enqueueParts(services, attempt, conditions, {
    snapshotId: snapshot.id,
    planDigest: planDigest(prepared.query),
  })
  await using upload = await services.storage.openUpload(target.storageKey)
  let rows = 0
  const joined = (async function* () {
    for (let position = 0; position < conditions.length; position += 1) {
      const part = await waitForPart(services, context, position)
      yield* (await services.storage.read(part.storageKey)) as AsyncIterable<Buffer>
      rows += part.rows
      checkRowLimit(prepared.plan, rows)
      await discardObject(services, part.storageKey)
    }
  })()
  // A content encoding is put on when the parts are joined: what readers get is hashed before it.
  const plain = contentEncoding ? hashThrough(joined) : null
  const { encode } = compressionFor(contentEncoding ?? 'none')
  const encoded = encode(plain?.bytes ?? joined, { fileName: '', modifiedAt: row.createdAt, signal })
  const { bytes, sha256 } = await hashFile(encoded, upload, signal)
  await upload.complete()
  await removeUnder(services, partsFolder(target.storageKey))
  const { name, storageKey, contentType } = target
  return { name, storageKey, contentType, rows, bytes, sha256, ...(plain ? { plain: plain.passed() } : {}) }
}

/** Where also lies what workers that died left of parts that others have made. */
function partsFolder(storageKey: string): string {
  return `${storageKey.slice(0, storageKey.lastIndexOf('/'))}/parts/`
}

/** The parts and their jobs, in one transaction. */
async function enqueueParts(
  services: Services,
  attempt: Attempt,
  conditions: readonly string[],
  shared: Pick<PartRun, 'snapshotId' | 'planDigest'>,
): Promise<void> {
  const { exportId, number } = attempt
  attempt.report({ partsReady: 0, partsTotal: conditions.length })
  await services.orm.em.fork().transactional(async (em) => {
    for (const [position, condition] of conditions.entries()) {
      em.create(ExportPart, {
        export: exportId,
        attempt: number,
        position,
        condition,
        status: 'waiting',
        tries: 0,
        rowsExported: 0,
        bytes: 0,
      })
    }
    await em.flush()
    const jobs = conditions.map((_, position) => ({ exportId, attempt: number, position, ...shared }))
    await services.queue.enqueueParts(em, jobs)
  })
}

/** @throws ExportFailure when a part could not be made */
async function waitForPart(
  services: Services,
  { attempt, prepared, signal }: { attempt: Attempt; prepared: PreparedQuery; signal: AbortSignal },
  position: number,
): Promise<{ storageKey: string; rows: number }> {
  for (;;) {
    signal.throwIfAborted()
    const parts = await services.orm.em
      .fork()
      .find(
        ExportPart,
        { export: attempt.exportId, attempt: attempt.number },
        { orderBy: { position: 'asc' } },
      )
    const failed = parts.find(({ status }) => status === 'failed')
    if (failed) {
      throw new ExportFailure(
        (failed.errorCode ?? 'INTERNAL') as FailureCode,
        failed.errorMessage ?? 'A part failed.',
      )
    }
    const rowsExported = parts.reduce((sum, part) => sum + part.rowsExported, 0)
    checkRowLimit(prepared.plan, rowsExported)
    attempt.report({
      rowsExported,
      bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
      partsReady: parts.filter(({ status }) => status === 'done').length,
      // All rows are there, and those of the last parts are still being put together.
      ...(parts.every(({ status }) => status === 'done') ? { stage: 'uploading' } : {}),
    })
    const part = parts[position]
    if (part?.status === 'done' && part.storageKey)
      return { storageKey: part.storageKey, rows: part.rowsExported }
    await sleep(pollMs, undefined, { signal }).catch(() => {})
  }
}

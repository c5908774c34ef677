import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'
import type { Snapshot } from '../engine/source/snapshot.ts'
import type { Export } from '../platform/db/entities/export.ts'
import { runTogether, type Statement } from '../platform/db/run-together.ts'
import { type Attempt, AttemptLost } from './attempt.ts'
import { lockStatement } from './lock-organization.ts'
import type { PreparedQuery } from './prepare-query.ts'
import { recordDelivered } from './record-delivered.ts'
import { releaseWaiting } from './release-waiting.ts'
import type { Services } from './services.ts'
import type { WrittenFile } from './write-files.ts'
import { writeManifest } from './write-manifest.ts'

/**
 * The files and the status become visible in one transaction, which fails when the attempt has lost the
 * export: then nobody ever sees them. @throws AttemptLost
 */
export async function publishExport(
  services: Services,
  context: {
    row: Export
    attempt: Attempt
    prepared: PreparedQuery
    files: readonly WrittenFile[]
    snapshot: Snapshot
  },
): Promise<void> {
  const { row, attempt, prepared, files, snapshot } = context
  const { organizationId } = attempt
  const { takenAt: snapshotAt } = snapshot
  const now = services.now()
  const rows = files.reduce((sum, file) => sum + file.rows, 0)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const notes = sumNotes(files)
  const partsTotal = row.spec.fileLimits ? files.length : attempt.partsTotal
  const manifest = await writeManifest(services, { row, attempt: attempt.number, files, snapshotAt, notes })
  await services.orm.em.fork().transactional(async (em) => {
    // Before the lock: a million rows take some seconds, in which the organization's other exports go on.
    if (prepared.dataset.recordsDelivered) await recordDelivered(em, { snapshot, prepared, organizationId })
    const firstNumber = row.spec.fileLimits ? await takeNumbers(em, attempt, files.length) : null
    const lines = [...files, manifest].map((file, position) => ({
      id: uuidv7(),
      organization_id: organizationId,
      export_id: row.id,
      kind: file === manifest ? 'manifest' : 'data',
      position,
      number: file === manifest || firstNumber === null ? null : firstNumber + position,
      name: file.name,
      storage_key: file.storageKey,
      content_type: file.contentType,
      content_encoding: file.plain ? (row.spec.contentEncoding ?? null) : null,
      plain_bytes: file.plain?.bytes ?? null,
      plain_sha256: file.plain?.sha256 ?? null,
      bytes: file.bytes,
      rows: file.rows,
      sha256: file.sha256,
      created_at: now,
    }))
    const changed = attempt.changeStatement({
      status: 'completed',
      stage: 'done',
      progress: 100,
      rows_exported: rows,
      rows_total: rows,
      rows_total_exact: true,
      bytes,
      parts_total: partsTotal,
      parts_ready: partsTotal,
      snapshot_at: snapshotAt,
      notes: notes && JSON.stringify(notes),
      completed_at: now,
      estimated_completion_at: null,
      expires_at: new Date(
        now.getTime() + (row.fileLifetimeSeconds ?? prepared.plan.fileLifetimeSeconds) * 1000,
      ),
      error_code: null,
      error_message: null,
      error_retryable: null,
    })
    const message = `${rows} rows in ${files.length === 1 ? 'one file' : `${files.length} files`}, ${bytes} bytes`
    const [published] = await runTogether<{ others_wait: boolean }>(em, [
      lockStatement(organizationId),
      publication({ organizationId, changed, lines, event: { at: now, attempt: attempt.number, message } }),
    ])
    if (!published) throw new AttemptLost()
    if (row.notifyByMail) await services.queue.enqueueMail(em, { exportId: row.id, attempt: attempt.number })
    if (published.others_wait) await releaseWaiting(services, em, organizationId)
  })
}

/** One statement, for all others of the organization wait for its lock. Gives nothing when the attempt is lost. */
function publication(of: {
  organizationId: string
  changed: Statement
  /** Rows of `sluice.export_files`. */
  lines: readonly object[]
  event: { at: Date; attempt: number; message: string }
}): Statement {
  const { organizationId, changed, lines, event } = of
  const columns = Object.keys(lines[0] ?? {}).join(', ')
  return {
    sql: `with changed as (${changed.sql}), filed as (
        insert into sluice.export_files (${columns})
        select ${columns} from jsonb_populate_recordset(null::sluice.export_files, ?::jsonb)
        where exists (select from changed)
      ), told as (
        insert into sluice.export_events (export_id, at, type, attempt, message)
        select id, ?, 'completed', ?, ? from changed
      )
      select exists (
        select from sluice.exports where organization_id = ? and queue_position is not null
      ) as others_wait from changed`,
    params: [
      ...changed.params,
      JSON.stringify(lines),
      event.at,
      event.attempt,
      event.message,
      organizationId,
    ],
  }
}

/** The first of so many numbers from the organization's counter, whose row is locked by it. */
async function takeNumbers(em: EntityManager, { organizationId }: Attempt, count: number): Promise<number> {
  const [counter] = await em.execute<{ last: string }[]>(
    `update sluice.organizations set last_export_number = last_export_number + ? where id = ?
     returning last_export_number as last`,
    [count, organizationId],
  )
  return Number(counter?.last) - count + 1
}

function sumNotes(files: readonly WrittenFile[]): Record<string, number> | null {
  const sums: Record<string, number> = {}
  for (const { notes } of files) {
    for (const [name, count] of Object.entries(notes ?? {})) sums[name] = (sums[name] ?? 0) + count
  }
  return Object.keys(sums).length > 0 ? sums : null
}

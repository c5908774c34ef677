import { Export } from '../platform/db/entities/export.ts'
import { announceChange } from '../platform/events/export-changes.ts'
import type { ExportJob } from '../platform/queue/queue.ts'
import { recordEvent } from './record-event.ts'
import type { Services } from './services.ts'

/** Begins an attempt. Null when there is nothing to do: canceled, deleted, already made, or another job's by now. */
export async function claimExport(
  services: Pick<Services, 'orm' | 'now'>,
  job: ExportJob,
): Promise<Export | null> {
  const { exportId, jobId } = job
  const now = services.now()
  return await services.orm.em.fork().transactional(async (em) => {
    const [claimed] = await em.execute<{ attempt: number; was_running: boolean }[]>(
      `update sluice.exports e
       set status = 'processing', stage = 'counting', attempt = e.attempt + 1, progress = 0, rows_exported = 0,
           rows_total = null, rows_total_exact = false, bytes = 0, estimated_completion_at = null, parts_total = null,
           parts_ready = null, snapshot_at = null, started_at = coalesce(e.started_at, ?), updated_at = ?, version = e.version + 1
       from (select id, status from sluice.exports where id = ? and job_id = ? for update) as before
       where e.id = before.id and before.status in ('pending', 'processing')
       returning e.attempt, before.status = 'processing' as was_running`,
      [now, now, exportId, jobId],
    )
    if (!claimed) return null
    const row = await em.findOneOrFail(Export, exportId)
    const message = claimed.was_running
      ? `The worker of attempt ${claimed.attempt - 1} was lost with its snapshot; attempt ${claimed.attempt} begins with a new one`
      : `Attempt ${claimed.attempt} has begun`
    await recordEvent(em, { exportId, type: 'started', attempt: claimed.attempt, message, at: now })
    await announceChange(em, { exportId, organizationId: row.organization.id, version: row.version })
    return row
  })
}

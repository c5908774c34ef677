import { Export } from '../platform/db/entities/export.ts'
import type { ExportJob } from '../platform/queue/queue.ts'
import type { Services } from './services.ts'

/**
 * Begins an attempt, in one statement. Null when there is nothing to do: canceled, deleted, already made, or
 * another job's by now.
 */
export async function claimExport(
  services: Pick<Services, 'orm' | 'now'>,
  { exportId, jobId }: ExportJob,
): Promise<Export | null> {
  const now = services.now()
  const em = services.orm.em.fork()
  const [claimed] = await em.execute(
    `with before as (
       select id, status from sluice.exports where id = ? and job_id = ? for update
     ), claimed as (
       update sluice.exports e
       set status = 'processing', stage = 'counting', attempt = e.attempt + 1, progress = 0, rows_exported = 0,
           rows_total = null, rows_total_exact = false, bytes = 0, estimated_completion_at = null, parts_total = null,
           parts_ready = null, snapshot_at = null, started_at = coalesce(e.started_at, ?), updated_at = ?, version = e.version + 1
       from before where e.id = before.id and before.status in ('pending', 'processing')
       returning e.*, before.status = 'processing' as was_running
     ), begun as (
       insert into sluice.export_events (export_id, at, type, attempt, message)
       select id, ?, 'started', attempt, case
         when was_running then format('The worker of attempt %s was lost with its snapshot; attempt %s begins with a new one', attempt - 1, attempt)
         else format('Attempt %s has begun', attempt) end
       from claimed
     )
     select * from claimed`,
    [exportId, jobId, now, now, now],
  )
  return claimed ? em.map(Export, claimed) : null
}

import type { ApiKey } from '../platform/db/entities/api-key.ts'
import { Export } from '../platform/db/entities/export.ts'
import type { ExportJob } from '../platform/queue/queue.ts'
import { type KeyRow, mapKey, selectKeySql } from './find-key.ts'
import type { Services } from './services.ts'

export interface ClaimedExport {
  readonly row: Export
  /** Whose export it is, with organization and plan; null: the key is gone. */
  readonly key: ApiKey | null
}

/**
 * Begins an attempt, in one statement. Null when there is nothing to do: canceled, deleted, already made, or
 * another job's by now.
 */
export async function claimExport(
  services: Pick<Services, 'orm' | 'now'>,
  { exportId, jobId }: ExportJob,
): Promise<ClaimedExport | null> {
  const now = services.now()
  const em = services.orm.em.fork()
  const [claimed] = await em.execute<{ requester: KeyRow | null }[]>(
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
     select claimed.*, (select to_jsonb(r) from (${selectKeySql} where k.id = claimed.requested_by_id) r) as requester
     from claimed`,
    [exportId, jobId, now, now, now],
  )
  if (!claimed) return null
  const { requester, ...row } = claimed
  return { row: em.map(Export, row), key: requester && mapKey(em, requester) }
}

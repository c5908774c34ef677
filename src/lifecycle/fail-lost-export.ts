import type { ExportJob, PartJob } from '../platform/queue/queue.ts'
import { giveBackPlace } from './admissions.ts'
import { lockOrganization } from './lock-organization.ts'
import { recordEvent } from './record-event.ts'
import { releaseWaiting } from './release-waiting.ts'
import { removeLeftovers } from './remove-leftovers.ts'
import type { Services } from './services.ts'

const message = 'The worker was lost at every try.'

/** Ends an export whose job no worker survived: nobody else would. */
export async function failLostExport(
  services: Pick<Services, 'orm' | 'queue' | 'storage' | 'log' | 'now'>,
  job: ExportJob | PartJob,
): Promise<void> {
  const { exportId } = job
  const current =
    'jobId' in job
      ? { sql: `job_id = ? and status in ('pending', 'processing')`, value: job.jobId }
      : // An attempt that has ended in another try has no more parts to lose.
        { sql: `attempt = ? and status = 'processing'`, value: job.attempt }
  const now = services.now()
  const lost = await services.orm.em.fork().transactional(async (em) => {
    const [owner] = await em.execute<{ organization_id: string }[]>(
      'select organization_id from sluice.exports where id = ?',
      [exportId],
    )
    if (!owner) return null
    await lockOrganization(em, owner.organization_id)
    const [row] = await em.execute<{ organization_id: string; attempt: number; notify_by_mail: boolean }[]>(
      `update sluice.exports
       set status = 'failed', error_code = 'WORKER_LOST', error_message = ?, error_retryable = true,
           completed_at = ?, updated_at = ?, estimated_completion_at = null, version = version + 1
       where id = ? and ${current.sql} returning organization_id, attempt, notify_by_mail`,
      [message, now, now, exportId, current.value],
    )
    if (!row) return null
    await recordEvent(em, { exportId, type: 'failed', attempt: row.attempt, message, at: now })
    await giveBackPlace(em, exportId)
    if (row.notify_by_mail) await services.queue.enqueueMail(em, { exportId, attempt: row.attempt })
    await releaseWaiting(services, em, row.organization_id)
    return row
  })
  if (lost) await removeLeftovers(services, lost.organization_id, exportId, lost.attempt)
}

import type { Export } from '../platform/db/entities/export.ts'
import type { Statement } from '../platform/db/run-together.ts'
import { eventStatement } from './record-event.ts'
import type { Services } from './services.ts'

/** What gives an accepted export its job. One that has a place in the queue gets it when its turn has come, and its timeline says so. */
export async function beginOrWaitStatement(
  services: Pick<Services, 'queue' | 'now'>,
  row: Export,
): Promise<Statement> {
  if (row.queuePosition == null) {
    return await services.queue.jobStatement({ exportId: row.id, jobId: row.jobId })
  }
  return eventStatement({
    exportId: row.id,
    type: 'waiting',
    attempt: row.attempt,
    message: `Waits for another export to end, at place ${row.queuePosition}`,
    at: services.now(),
  })
}

import type { EntityManager } from '@mikro-orm/postgresql'
import type { Export } from '../platform/db/entities/export.ts'
import { recordEvent } from './record-event.ts'
import type { Services } from './services.ts'

/** Gives an accepted export its job; one that has a place in the queue gets it when its turn has come. */
export async function beginOrWait(
  services: Pick<Services, 'queue' | 'now'>,
  em: EntityManager,
  row: Export,
): Promise<void> {
  if (row.queuePosition == null) {
    await services.queue.enqueue(em, { exportId: row.id, jobId: row.jobId })
    return
  }
  await recordEvent(em, {
    exportId: row.id,
    type: 'waiting',
    attempt: row.attempt,
    message: `Waits for another export to end, at place ${row.queuePosition}`,
    at: services.now(),
  })
}

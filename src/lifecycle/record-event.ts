import type { EntityManager } from '@mikro-orm/postgresql'

export type ExportEventType =
  | 'created'
  | 'waiting'
  | 'released'
  | 'started'
  | 'counted'
  | 'retrying'
  | 'requeued'
  | 'retried'
  | 'completed'
  | 'failed'
  | 'canceled'
  | 'expired'
  | 'downloaded'
  | 'mailed'
  | 'not_mailed'

/** Adds a line to an export's timeline, in the transaction of `em`. */
export async function recordEvent(
  em: EntityManager,
  event: { exportId: string; type: ExportEventType; attempt: number; message: string; at: Date },
): Promise<void> {
  await em.execute(
    'insert into sluice.export_events (export_id, at, type, attempt, message) values (?, ?, ?, ?, ?)',
    [event.exportId, event.at, event.type, event.attempt, event.message],
  )
}

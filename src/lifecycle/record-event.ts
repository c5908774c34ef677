import type { EntityManager } from '@mikro-orm/postgresql'
import { insertStatement, runTogether, type Statement } from '../platform/db/run-together.ts'

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

interface NewEvent {
  readonly exportId: string
  readonly type: ExportEventType
  readonly attempt: number
  /** A sentence for people. */
  readonly message: string
  readonly at: Date
}

/** Adds a line to an export's timeline, in the transaction of `em`. */
export async function recordEvent(em: EntityManager, event: NewEvent): Promise<void> {
  await runTogether(em, [eventStatement(event)])
}

export function eventStatement({ exportId, at, type, attempt, message }: NewEvent): Statement {
  return insertStatement('sluice.export_events', { export_id: exportId, at, type, attempt, message })
}

import type { EntityManager } from '@mikro-orm/postgresql'
import type { Logger } from 'pino'
import type { DatasetRegistry } from '../datasets/registry.ts'
import type { Mailer } from '../delivery/mailer.ts'
import type { Source } from '../engine/source/source.ts'
import type { Storage } from '../engine/storage/storage.ts'
import type { Queue } from '../platform/queue/queue.ts'

/** What the verbs of this folder work with; each takes the part it needs. */
export interface Services {
  /** Verbs fork `em` for themselves. */
  readonly orm: { readonly em: EntityManager }
  readonly queue: Queue
  readonly storage: Storage
  readonly datasets: DatasetRegistry
  /** Where the datasets' rows are read. */
  readonly source: Source
  /** Rows from which on an export is made in parts, of about so many rows each. */
  readonly partRows: number
  /** Null: nothing is mailed. */
  readonly mailer: Mailer | null
  /** How long audit events are kept. */
  readonly auditDays: number
  readonly log: Logger
  now(): Date
}

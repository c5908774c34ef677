import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { ExportSpec } from '../../../core/spec.ts'
import type { ExportStage, ExportStatus } from '../../../core/status.ts'
import { ownRows } from '../own-rows.ts'
import { ApiKey } from './api-key.ts'
import { Organization } from './organization.ts'

const announce = (row: 'old' | 'new', version: string) =>
  `perform pg_notify('sluice_export_changes', concat_ws(' ', ${row}.id, ${row}.organization_id, ${version})); return null;`

/** One piece of work and its record. The row is the truth; everything pushed is a hint to read it. */
export const Export = defineEntity({
  name: 'Export',
  tableName: 'exports',
  schema: 'sluice',
  // Whoever changes a row, all who watch it are told when the transaction commits. @see exportChangesChannel
  triggers: [
    {
      name: 'export_changed',
      timing: 'after',
      events: ['insert', 'update'],
      body: announce('new', 'new.version'),
    },
    { name: 'export_deleted', timing: 'after', events: ['delete'], body: announce('old', 'old.version + 1') },
  ],
  rowLevelSecurity: 'force',
  policies: [ownRows('organization_id')],
  indexes: [
    // One for each order and filter of the list, so that any page is read from an index alone.
    { name: 'exports_list', properties: ['organization', 'createdAt', 'id'] },
    { name: 'exports_by_status', properties: ['organization', 'status', 'createdAt', 'id'] },
    { name: 'exports_by_dataset', properties: ['organization', 'dataset', 'status', 'createdAt', 'id'] },
    { name: 'exports_by_name', properties: ['organization', 'name', 'id'] },
    { name: 'exports_by_status_name', properties: ['organization', 'status', 'name', 'id'] },
    { name: 'exports_by_dataset_name', properties: ['organization', 'dataset', 'status', 'name', 'id'] },
    { name: 'exports_expiry', properties: ['status', 'expiresAt'] },
    { name: 'exports_purge', properties: ['purgeAt'] },
    // Those that wait are few among all. Each end of an export asks for them: while statistics are old, Postgres
    // takes an index of all exports for as good as any but this one.
    {
      name: 'exports_waiting',
      properties: ['organization', 'queuePosition', 'number'],
      where: '(queue_position IS NOT NULL)',
    },
  ],
  uniques: [
    { name: 'exports_number', properties: ['organization', 'number'] },
    { name: 'exports_idempotency', properties: ['organization', 'idempotencyKey'] },
  ],
  properties: {
    /** UUIDv7, so that ids grow with time. @see RFC 9562, section 5.7 */
    id: p.uuid().primary(),
    /** Counts from 1 within its organization. */
    number: p.bigint('number'),
    organization: () => p.manyToOne(Organization).ref().deleteRule('cascade'),
    requestedBy: () => p.manyToOne(ApiKey).ref().nullable().deleteRule('set null'),
    /** The way it came in: `graphql`, or a dialect's name. */
    door: p.string().columnType('text'),
    /** What the door says of the request again, in its own words. */
    doorDetails: p.json().$type<Readonly<Record<string, unknown>>>().nullable(),
    name: p.string().columnType('text'),
    dataset: p.string().columnType('text'),
    format: p.string().columnType('text').$type<ExportSpec['format']>(),
    spec: p.json().$type<ExportSpec>(),
    fingerprint: p.string().columnType('text').index(),
    idempotencyKey: p.string().columnType('text').nullable(),
    /** Whether the key's owner is told by mail when it has ended. */
    notifyByMail: p.boolean().default(false),
    /** How long after completion the files are kept; null: as the plan says. */
    fileLifetimeSeconds: p.integer().nullable(),
    /** Place among the organization's exports that wait for another one to end, from 1; null: it waits for none. */
    queuePosition: p.integer().nullable(),

    status: p.string().columnType('text').$type<ExportStatus>(),
    stage: p.string().columnType('text').$type<ExportStage>(),
    /** 0 to 100; 100 only when the files can be downloaded. */
    progress: p.integer().default(0),
    rowsExported: p.bigint('number').default(0),
    rowsTotal: p.bigint('number').nullable(),
    /** False while `rowsTotal` is the planner's estimate. */
    rowsTotalExact: p.boolean().default(false),
    /** Bytes written so far; in the end, of all files together. */
    bytes: p.bigint('number').default(0),
    /** Parts of the current attempt; null when it is made in one piece. */
    partsTotal: p.integer().nullable(),
    partsReady: p.integer().nullable(),
    /** When the current attempt's snapshot was taken: what the rows are like in the file. */
    snapshotAt: p.datetime(3).nullable(),
    /** What a format has to say of the file, e.g. `{ truncatedCells: 2 }`. */
    notes: p.json().$type<Readonly<Record<string, number>>>().nullable(),
    /** The job in the queue that may make it; others find nothing to do. */
    jobId: p.uuid(),
    /** Tries begun. A worker may only write to the attempt it began. */
    attempt: p.integer().default(0),
    /** Grows with every change. */
    version: p.bigint('number').default(1),
    errorCode: p.string().columnType('text').nullable(),
    errorMessage: p.string().columnType('text').nullable(),
    /** Whether making the same export again can succeed. */
    errorRetryable: p.boolean().nullable(),

    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
    startedAt: p.datetime(3).nullable(),
    completedAt: p.datetime(3).nullable(),
    estimatedCompletionAt: p.datetime(3).nullable(),
    /** When the files go. Set on completion. */
    expiresAt: p.datetime(3).nullable(),
    /** When the record goes. */
    purgeAt: p.datetime(3),
  },
})
export type Export = InferEntity<typeof Export>

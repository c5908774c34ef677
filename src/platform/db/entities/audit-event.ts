import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { AuditAction } from '../../../core/audit-action.ts'
import { onlyAdded } from '../own-rows.ts'

/** Who did what, from where: only ever added to. No references, since it outlives what it tells of. */
export const AuditEvent = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_events',
  schema: 'sluice',
  rowLevelSecurity: 'force',
  policies: onlyAdded,
  indexes: [{ name: 'audit_events_list', properties: ['organizationId', 'id'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    at: p.datetime(3).index(),
    /** Null: a key that is nobody's. */
    organizationId: p.uuid().nullable(),
    /** Null: the operator, by the command line, or nobody. */
    keyId: p.uuid().nullable(),
    /** Where the request came from; null: not over the network, or not known. */
    address: p.string().columnType('text').nullable(),
    action: p.string().columnType('text').$type<AuditAction>(),
    /** The id of the export, file or key that it was done to. */
    subject: p.string().columnType('text').nullable(),
    /** A sentence for people, without secrets. */
    message: p.string().columnType('text'),
  },
})
export type AuditEvent = InferEntity<typeof AuditEvent>

import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { ownRows } from '../own-rows.ts'
import { Organization } from './organization.ts'

/**
 * A place in a plan's windows that an export has taken. It outlives a deleted export, which was made all
 * the same, and goes when the export fails.
 */
export const Admission = defineEntity({
  name: 'Admission',
  tableName: 'admissions',
  schema: 'sluice',
  rowLevelSecurity: 'force',
  policies: [ownRows('organization_id')],
  indexes: [{ name: 'admissions_window', properties: ['organization', 'acceptedAt'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    organization: () => p.manyToOne(Organization).ref().deleteRule('cascade'),
    /** Not a reference: the export may be deleted. */
    exportId: p.uuid().index(),
    door: p.string().columnType('text'),
    acceptedAt: p.datetime(3),
  },
})
export type Admission = InferEntity<typeof Admission>

import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { ownRows } from '../own-rows.ts'
import { Plan } from './plan.ts'

/** A tenant. Its rows in the datasets carry `externalId`. */
export const Organization = defineEntity({
  name: 'Organization',
  tableName: 'organizations',
  schema: 'sluice',
  rowLevelSecurity: 'force',
  policies: [ownRows('id')],
  properties: {
    id: p.uuid().primary(),
    name: p.string().columnType('text'),
    externalId: p.string().columnType('text').unique(),
    plan: () => p.manyToOne(Plan).fieldName('plan_name').ref(),
    /** The number of its newest export: numbers count per organization, so they tell nothing of others. */
    lastExportNumber: p.bigint('number').default(0),
    createdAt: p.datetime(3),
  },
})
export type Organization = InferEntity<typeof Organization>

import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { ownRows } from '../own-rows.ts'

/** A row that a completed export has delivered, of a dataset that records it. It stays when the export is purged. */
export const DeliveredRow = defineEntity({
  name: 'DeliveredRow',
  tableName: 'delivered_rows',
  schema: 'sluice',
  rowLevelSecurity: 'force',
  policies: [ownRows('organization_id')],
  properties: {
    // No reference: a foreign key is looked up for each row, which doubles the time of a million of them.
    organizationId: p.uuid().primary(),
    dataset: p.string().columnType('text').primary(),
    /** The row's key as text. */
    key: p.string().columnType('text').primary(),
  },
})
export type DeliveredRow = InferEntity<typeof DeliveredRow>

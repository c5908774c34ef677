import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { rowsOfOwnExports } from '../own-rows.ts'
import { Export } from './export.ts'

/** The timeline of an export: what happened, only ever added to. */
export const ExportEvent = defineEntity({
  name: 'ExportEvent',
  tableName: 'export_events',
  schema: 'sluice',
  rowLevelSecurity: 'force',
  policies: [rowsOfOwnExports],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    export: () => p.manyToOne(Export).ref().deleteRule('cascade').index(),
    at: p.datetime(3),
    type: p.string().columnType('text'),
    attempt: p.integer(),
    /** A sentence for people. */
    message: p.string().columnType('text'),
  },
})
export type ExportEvent = InferEntity<typeof ExportEvent>

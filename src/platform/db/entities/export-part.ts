import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { rowsOfOwnExports } from '../own-rows.ts'
import { Export } from './export.ts'

/** A range of an attempt's rows, made on its own, by any worker, from the attempt's snapshot. */
export const ExportPart = defineEntity({
  name: 'ExportPart',
  tableName: 'export_parts',
  schema: 'sluice',
  rowLevelSecurity: 'force',
  policies: [rowsOfOwnExports],
  properties: {
    export: () => p.manyToOne(Export).ref().primary().deleteRule('cascade'),
    attempt: p.integer().primary(),
    /** Counts from 0 in the order of the rows. */
    position: p.integer().primary(),
    /** SQL over the row `t` that holds for this part's rows and for no other part's. */
    condition: p.string().columnType('text'),
    status: p.string().columnType('text').$type<'waiting' | 'running' | 'done' | 'failed'>(),
    /** Tries begun; a worker may only write to the try it began. */
    tries: p.integer().default(0),
    rowsExported: p.bigint('number').default(0),
    bytes: p.bigint('number').default(0),
    /** Where its bytes lie until they are joined. */
    storageKey: p.string().columnType('text').nullable(),
    errorCode: p.string().columnType('text').nullable(),
    errorMessage: p.string().columnType('text').nullable(),
  },
})
export type ExportPart = InferEntity<typeof ExportPart>

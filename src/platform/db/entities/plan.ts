import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** The limits of the organizations that hold it. */
export const Plan = defineEntity({
  name: 'Plan',
  tableName: 'plans',
  schema: 'sluice',
  properties: {
    name: p.string().columnType('text').primary(),
    /** Accepted exports in any 60 minutes; null: no limit. */
    exportsPerHour: p.integer().nullable(),
    /** Accepted exports in any 24 hours; null: no limit. */
    exportsPerDay: p.integer().nullable(),
    /** Exports that are pending or processing at once; null: no limit. */
    maxConcurrentExports: p.integer().nullable(),
    /** Rows of one export; null: no limit. */
    maxRowsPerExport: p.bigint('number').nullable(),
    /** How long a signed link works. */
    linkLifetimeSeconds: p.integer(),
    /** How long after completion the files are kept. */
    fileLifetimeSeconds: p.integer(),
    /** How long after creation the record is kept. */
    recordLifetimeSeconds: p.integer(),
  },
})
export type Plan = InferEntity<typeof Plan>

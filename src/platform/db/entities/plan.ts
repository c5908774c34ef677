import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { BeyondConcurrency, DoorLimits } from '../../../core/limits.ts'

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
    /** What an export meets that would be one too many at once. */
    beyondConcurrency: p.string().columnType('text').$type<BeyondConcurrency>().default('refuse'),
    /** Doors whose exports are counted on their own, by their own limits instead of those above. */
    doorLimits: p.json().$type<DoorLimits>().default('{}'),
    /** Requests with one key, through any door, in a minute; null: no limit. */
    requestsPerMinute: p.integer().nullable(),
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

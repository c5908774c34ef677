import { z } from 'zod'
import { timeZone } from './time-zone.ts'

/** JSON and NDJSON: values have types, so little is left to choose. Moments are always ISO 8601. */
export const jsonOptions = z.strictObject({
  /** What an object's keys are: the columns' headers, or their names in the dataset. */
  keys: z.enum(['header', 'name']).default('header'),
  timeZone,
})

export type JsonOptions = z.infer<typeof jsonOptions>

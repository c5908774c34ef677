import { z } from 'zod'
import { isTimeZone } from '../time-zone.ts'

/** The zone in which instants are written; the text of every other type does not depend on it. */
export const timeZone = z
  .string()
  .refine(isTimeZone, 'is not an IANA time zone such as Europe/Berlin')
  .default('UTC')

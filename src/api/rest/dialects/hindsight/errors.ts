import { z } from '@hono/zod-openapi'
import type { DialectErrors } from '../../dialect.ts'

const schema = z
  .object({ error: z.string(), status: z.int() })
  .openapi('HindsightError', { description: 'What went wrong, and the status again.' })

export const errors: DialectErrors = {
  schema,
  answer: ({ message, status }) => ({ body: { error: message, status } }),
}

import { z } from '@hono/zod-openapi'
import { LimitExceededError } from '../../../../core/errors.ts'
import type { DialectErrors, Failure } from '../../dialect.ts'

const schema = z
  .union([
    z.object({
      errors: z.array(z.string()).openapi({ description: 'What belongs to no single field.' }),
      'field-errors': z.record(z.string(), z.string()),
    }),
    z.object({ error: z.string() }),
  ])
  .openapi('CloseError', { description: 'A 400 says it field by field; anything else is one sentence.' })

export const errors: DialectErrors = {
  schema,
  answer: (failure) => ({
    body: failure.status === 400 ? fieldErrors(failure) : { error: failure.message },
    headers: limitHeaders(failure.error),
  }),
}

function fieldErrors({ message, issues }: Failure) {
  if (issues.length === 0) return { errors: [message], 'field-errors': {} }
  const ofFields = Object.groupBy(issues, ({ path }) => path.split('.')[0] ?? '')
  const general = ofFields[''] ?? []
  return {
    errors: general.map((issue) => issue.message),
    'field-errors': Object.fromEntries(
      Object.entries(ofFields)
        .filter(([field]) => field !== '')
        .map(([field, found = []]) => [field, found.map((issue) => sentence(issue, field)).join('; ')]),
    ),
  }
}

/** Within a field, what lies deeper says where: `queries.1.condition.type: Unknown …`. */
function sentence({ path, message }: Failure['issues'][number], field: string): string {
  const inner = path.slice(field.length + 1)
  return inner === '' ? message : `${inner}: ${message}`
}

/** Of exports; those of requests go out with every answer. @see https://developer.close.com/topics/rate-limits/ */
function limitHeaders(error: unknown): Record<string, string> {
  if (!(error instanceof LimitExceededError)) return {}
  return { RateLimit: `limit=${error.limit}, remaining=0, reset=${error.retryAfterSeconds}` }
}

import { z } from '@hono/zod-openapi'
import { LimitExceededError } from '../../../../core/errors.ts'
import type { DialectErrors, Failure, FailureStatus } from '../../dialect.ts'

const schema = z
  .object({
    status: z.literal('error'),
    message: z.string(),
    correlationId: z.uuid(),
    category: z.string().optional(),
    errors: z.array(z.object({ message: z.string(), in: z.string().optional() })).optional(),
    errorType: z.string().optional().openapi({ description: 'Of 429.' }),
    policyName: z.string().optional().openapi({ description: 'Of 429: which limit.' }),
    requestId: z.string().optional().openapi({ description: 'Of 429.' }),
  })
  .openapi('HubSpotError')

const categoryOf: Record<FailureStatus, string> = {
  400: 'VALIDATION_ERROR',
  401: 'INVALID_AUTHENTICATION',
  403: 'MISSING_SCOPES',
  404: 'OBJECT_NOT_FOUND',
  405: 'VALIDATION_ERROR',
  409: 'CONFLICT',
  413: 'VALIDATION_ERROR',
  415: 'VALIDATION_ERROR',
  429: 'RATE_LIMITS',
  500: 'INTERNAL_ERROR',
}

export const errors: DialectErrors = {
  schema,
  answer: (failure) => ({ body: failure.status === 429 ? limited(failure) : refused(failure) }),
}

function refused({ status, message, issues, requestId }: Failure): z.infer<typeof schema> {
  return {
    status: 'error',
    message: status === 400 && issues.length > 0 ? `Invalid input: ${message}` : message,
    correlationId: requestId,
    category: categoryOf[status],
    errors: issues.map((issue) => ({ message: issue.message, ...(issue.path ? { in: issue.path } : {}) })),
  }
}

/** A daily limit has the vendor's own words, on which clients decide not to try again. */
function limited({ message, requestId, error }: Failure): z.infer<typeof schema> {
  const window = error instanceof LimitExceededError ? error.window : undefined
  const common = { status: 'error', correlationId: requestId, errorType: 'RATE_LIMIT', requestId } as const
  if (window === 'DAY') {
    return { ...common, message: 'You have reached your daily limit.', policyName: 'DAILY' }
  }
  return {
    ...common,
    message,
    category: categoryOf[429],
    policyName: window === 'HOUR' ? 'HOURLY' : window === 'CONCURRENT' ? 'CONCURRENT' : 'SECONDLY',
  }
}

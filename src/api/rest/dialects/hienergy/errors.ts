import { z } from '@hono/zod-openapi'
import { LimitExceededError } from '../../../../core/errors.ts'
import type { DialectErrors, Failure, FailureStatus } from '../../dialect.ts'

const codeOf = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
  500: 'INTERNAL',
} as const satisfies Record<FailureStatus, string>

const schema = z
  .object({
    error: z.object({
      code: z.enum(Object.values(codeOf)),
      message: z.string(),
      request_id: z.string(),
      details: z.record(z.string(), z.unknown()).openapi({
        description: '400: `issues`, each with `path` and `message`; 429: `retry_after` in seconds.',
      }),
    }),
  })
  .openapi('HiEnergyError')

export const errors: DialectErrors = {
  schema,
  answer: (failure) => ({
    body: {
      error: {
        code: codeOf[failure.status],
        message: failure.message,
        request_id: failure.requestId,
        details: detailsOf(failure),
      },
    },
  }),
}

function detailsOf({ issues, retryAfterSeconds, error }: Failure): Record<string, unknown> {
  return {
    ...(issues.length > 0 ? { issues } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds }),
    ...(error instanceof LimitExceededError ? { limit: error.limit, window: error.window } : {}),
  }
}

import { z } from '@hono/zod-openapi'
import { LimitExceededError } from '../../../../core/errors.ts'
import type { DialectErrors, Failure, FailureStatus } from '../../dialect.ts'
import { type KeyProblem, KeyRefusedError } from '../../errors.ts'

const codeOfKey = {
  missing: 'missing_api_key',
  malformed: 'invalid_auth_format',
  invalid: 'invalid_api_key',
  revoked: 'api_key_revoked',
  expired: 'api_key_expired',
} as const satisfies Record<KeyProblem, string>

const codeOf = {
  400: 'invalid_request',
  401: 'invalid_api_key',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limit_exceeded',
  500: 'internal_error',
} as const satisfies Record<FailureStatus, string>

const schema = z
  .object({
    error: z.object({
      code: z.enum([...Object.values(codeOf), ...Object.values(codeOfKey), 'validation_error']),
      message: z.string(),
      request_id: z.string(),
      details: z.record(z.string(), z.unknown()).openapi({
        description:
          'validation_error: `issues`, each with `path` and `message`; rate_limit_exceeded: `limit_type` and `retry_after` in seconds.',
      }),
    }),
  })
  .openapi('DealMachineError')

export const errors: DialectErrors = {
  schema,
  answer: (failure) => ({
    body: {
      error: {
        code: codeFor(failure),
        message: failure.message,
        request_id: `req_${failure.requestId}`,
        details: detailsOf(failure),
      },
    },
  }),
}

/** A body that can be read, and says what cannot be, is a validation_error; one that cannot be read is an invalid_request. */
function codeFor({ status, issues, error }: Failure): string {
  if (error instanceof KeyRefusedError) return codeOfKey[error.problem]
  return status === 400 && issues.length > 0 ? 'validation_error' : codeOf[status]
}

function detailsOf({ issues, retryAfterSeconds, error }: Failure): Record<string, unknown> {
  if (issues.length > 0) return { issues }
  if (retryAfterSeconds === undefined) return {}
  const limitType =
    error instanceof LimitExceededError ? `exports_${windowWords[error.window]}` : 'requests_per_minute'
  return { limit_type: limitType, retry_after: retryAfterSeconds }
}

const windowWords = {
  HOUR: 'per_hour',
  DAY: 'per_day',
  CONCURRENT: 'at_once',
} as const satisfies Record<LimitExceededError['window'], string>

import {
  ConflictError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
  RateLimitedError,
  SluiceError,
  UnauthenticatedError,
  ValidationError,
} from '../../core/errors.ts'
import type { Failure, FailureStatus } from './dialect.ts'
import {
  BodyTooLargeError,
  MalformedBodyError,
  MethodNotAllowedError,
  UnknownPathError,
  UnsupportedMediaTypeError,
} from './errors.ts'

const statusOf: readonly (readonly [abstract new (...args: never[]) => SluiceError, FailureStatus])[] = [
  [ValidationError, 400],
  [MalformedBodyError, 400],
  [UnauthenticatedError, 401],
  [ForbiddenError, 403],
  [NotFoundError, 404],
  [UnknownPathError, 404],
  [MethodNotAllowedError, 405],
  [ConflictError, 409],
  [BodyTooLargeError, 413],
  [UnsupportedMediaTypeError, 415],
  [LimitExceededError, 429],
  [RateLimitedError, 429],
]

/** What was thrown, as every dialect understands it. What is not ours to explain becomes a 500 that says nothing of its cause. */
export function toFailure(error: unknown, requestId: string): Failure {
  const status = statusOf.find(([type]) => error instanceof type)?.[1]
  if (!(error instanceof SluiceError) || status === undefined) {
    const message = 'Something went wrong on our side. Try again; if it stays, tell us the request id.'
    return { status: 500, code: 'INTERNAL', message, issues: [], requestId, error }
  }
  return {
    status,
    code: error.code,
    message: error.message,
    issues: error instanceof ValidationError ? error.issues : [],
    ...(error instanceof LimitExceededError || error instanceof RateLimitedError
      ? { retryAfterSeconds: error.retryAfterSeconds }
      : {}),
    requestId,
    error,
  }
}

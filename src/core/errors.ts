/** One thing wrong with a request. `path` leads to it, as in `columns.2.name`. */
export interface Issue {
  readonly path: string
  readonly message: string
  /** It exists, but this caller may not use it. */
  readonly isForbidden?: true
}

/** An answer the caller can act on; each door translates it once, in its own shape. */
export abstract class SluiceError extends Error {
  abstract readonly code: string
}

export class ValidationError extends SluiceError {
  readonly code = 'VALIDATION_FAILED'
  readonly issues: readonly Issue[]
  constructor(issues: readonly Issue[]) {
    super(issues.map((issue) => (issue.path ? `${issue.path}: ${issue.message}` : issue.message)).join('; '))
    this.issues = issues
  }
}

export class UnauthenticatedError extends SluiceError {
  readonly code = 'UNAUTHENTICATED'
}

export class ForbiddenError extends SluiceError {
  readonly code = 'FORBIDDEN'
}

/** Unknown, or another organization's: the two look exactly alike. */
export class NotFoundError extends SluiceError {
  readonly code = 'NOT_FOUND'
}

export class ConflictError extends SluiceError {
  readonly code = 'CONFLICT'
}

/** What a plan's limit counts: exports in 60 minutes, in 24 hours, or at once. */
export type LimitWindow = 'HOUR' | 'DAY' | 'CONCURRENT'

/** The plan allows no further export now. */
export class LimitExceededError extends SluiceError {
  readonly code = 'LIMIT_EXCEEDED'
  readonly window: LimitWindow
  /** Exports that the window holds. */
  readonly limit: number
  /** Whole seconds until the same request can succeed, at least 1; of CONCURRENT, an estimate. */
  readonly retryAfterSeconds: number
  constructor(
    message: string,
    { window, limit, retryAfterSeconds }: { window: LimitWindow; limit: number; retryAfterSeconds: number },
  ) {
    super(message)
    this.window = window
    this.limit = limit
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterSeconds))
  }
}

/** Where a request stands in a window of requests. */
export interface RateLimit {
  /** Requests that a window allows. */
  readonly limit: number
  /** Requests that are left in this window, from 0. */
  readonly remaining: number
  /** Seconds until the window is over and all are there again, at least 1. */
  readonly resetSeconds: number
}

/** Too many requests in a short time, whatever they asked for. */
export class RateLimitedError extends SluiceError implements RateLimit {
  readonly code = 'RATE_LIMITED'
  readonly limit: number
  readonly remaining: number
  readonly resetSeconds: number
  /** Seconds until the same request can succeed, at least 1. */
  readonly retryAfterSeconds: number
  constructor(message: string, { limit, remaining, resetSeconds }: RateLimit) {
    super(message)
    this.limit = limit
    this.remaining = remaining
    this.resetSeconds = Math.max(1, Math.ceil(resetSeconds))
    this.retryAfterSeconds = this.resetSeconds
  }
}

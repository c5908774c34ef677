import { SluiceError, UnauthenticatedError } from '../../core/errors.ts'

/** The body is not JSON, or no object. */
export class MalformedBodyError extends SluiceError {
  readonly code = 'MALFORMED_BODY'
}

export class BodyTooLargeError extends SluiceError {
  readonly code = 'BODY_TOO_LARGE'
}

export class UnsupportedMediaTypeError extends SluiceError {
  readonly code = 'UNSUPPORTED_MEDIA_TYPE'
}

export class MethodNotAllowedError extends SluiceError {
  readonly code = 'METHOD_NOT_ALLOWED'
  readonly allowed: readonly string[]
  constructor(method: string, allowed: readonly string[]) {
    super(`${method} is not possible here; use ${allowed.join(' or ')}.`)
    this.allowed = allowed
  }
}

/** The path is none of the vendor's. */
export class UnknownPathError extends SluiceError {
  readonly code = 'UNKNOWN_PATH'
}

/** Why nobody is let in. `revoked` and `expired` are told to nobody but who holds the key whole. */
export type KeyProblem = 'missing' | 'malformed' | 'invalid' | 'revoked' | 'expired'

export class KeyRefusedError extends UnauthenticatedError {
  readonly problem: KeyProblem
  constructor(problem: KeyProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

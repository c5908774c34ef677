import { SluiceError } from '../../core/errors.ts'

/** What storage can say no with. Messages name keys, never folders: those stay in the cause, for the log. */
export abstract class StorageError extends SluiceError {
  /** Whether the same call can succeed later with nobody changing the request. */
  abstract readonly retryable: boolean
}

/** No room, or no quota: whatever was being written is not whole and must be aborted. */
export class StorageFullError extends StorageError {
  readonly code = 'STORAGE_FULL'
  readonly retryable = true
}

/** The storage did not do its part: rights, a broken disk, a lost mount. `cause` says what. */
export class StorageUnavailableError extends StorageError {
  readonly code = 'STORAGE_UNAVAILABLE'
  readonly retryable = true
}

/** No whole object has this key; an unfinished upload does not count. */
export class ObjectMissingError extends StorageError {
  readonly code = 'OBJECT_MISSING'
  readonly retryable = false
  constructor(key: string, options?: ErrorOptions) {
    super(`There is no object ${JSON.stringify(key)} in storage`, options)
  }
}

/** The range does not begin inside the object. */
export class ObjectRangeError extends StorageError {
  readonly code = 'OBJECT_RANGE_INVALID'
  readonly retryable = false
  constructor(key: string, range: { readonly start: number; readonly end: number }, bytes: number) {
    super(
      `The range ${range.start}-${range.end} does not begin inside object ${JSON.stringify(key)}; ` +
        `it has ${bytes} bytes, so start must be from 0 to ${bytes - 1}, and end not before it`,
    )
  }
}

export class InvalidStorageKeyError extends StorageError {
  readonly code = 'STORAGE_KEY_INVALID'
  readonly retryable = false
}

/** A write or completion after the upload had ended, or after somebody removed it as a leftover. */
export class UploadClosedError extends StorageError {
  readonly code = 'UPLOAD_CLOSED'
  readonly retryable = false
}

const full: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT'])

/** A system error in storage's own words. `doing` completes "Storage … while …". Typed errors pass. */
export function storageErrorFrom(error: unknown, doing: string): StorageError {
  if (error instanceof StorageError) return error
  const code = errnoOf(error)
  if (full.has(code)) {
    return new StorageFullError(
      `Storage has no room left (${code}) while ${doing}; free space or raise the quota, then try again`,
      {
        cause: error,
      },
    )
  }
  return new StorageUnavailableError(
    `Storage failed (${code ?? 'unknown error'}) while ${doing}; try again later`,
    {
      cause: error,
    },
  )
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

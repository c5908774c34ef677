import type { Readable } from 'node:stream'
import { InvalidStorageKeyError } from './errors.ts'

/**
 * Where finished files lie: a local disk now, a bucket later. An object is visible only when whole;
 * what is still being uploaded shows in `list` alone, so that a janitor can find what a crash left.
 *
 * Every call throws `StorageUnavailableError` when the storage does not do its part, and
 * `InvalidStorageKeyError` for a key that `assertStorageKey` refuses.
 */
export interface Storage {
  /**
   * Begins an object. Any number of uploads may run for one key; each `complete` replaces the object
   * as a whole, so the last one stays.
   */
  openUpload(key: string): Promise<Upload>

  /** The size of a whole object, or null. */
  stat(key: string): Promise<{ readonly bytes: number } | null>

  /**
   * The object's bytes. A range that ends past the object is cut at its end. Destroying the stream
   * before its end frees everything it holds; a failure on the way destroys it with a `StorageError`.
   * @throws ObjectMissingError, or ObjectRangeError when the range does not begin inside the object
   */
  read(key: string, range?: ByteRange): Promise<Readable>

  /** Removes a whole object; one that does not exist is already removed. Unfinished uploads stay. */
  delete(key: string): Promise<void>

  /** Objects and unfinished uploads whose key starts with `prefix`, in no particular order. '' is all. */
  list(prefix: string): AsyncIterable<StoredObject>

  /** Ends another process' unfinished upload, as listed. One that does not exist is already removed. */
  removeUpload(key: string, uploadId: string): Promise<void>
}

export interface Upload extends AsyncDisposable {
  readonly key: string
  readonly uploadId: string

  /**
   * Appends. Resolves when the storage has taken the bytes (await it: that is the backpressure), after
   * which the buffer may be used again. Calls that overlap are carried out in order. After a failed
   * write the upload can only be aborted.
   * @throws StorageFullError, UploadClosedError
   */
  write(bytes: Uint8Array): Promise<void>

  /**
   * Makes the object visible, whole and durable: it survives a power cut once this resolves. When it
   * throws, the key may hold the whole object or what it held before, never a part. Idempotent.
   * @throws StorageFullError, UploadClosedError after `abort` or when a janitor removed the upload
   */
  complete(): Promise<void>

  /** Leaves nothing behind. Does nothing after `complete`. Idempotent; `await using` calls it. */
  abort(): Promise<void>
}

/** Positions from 0; `end` is inclusive, as in HTTP. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export type StoredObject = WholeObject | UnfinishedUpload

export interface WholeObject {
  readonly complete: true
  readonly key: string
  readonly bytes: number
  readonly modifiedAt: Date
}

/** `bytes` is what the storage holds so far, `modifiedAt` its last sign of life. */
export interface UnfinishedUpload {
  readonly complete: false
  readonly key: string
  readonly uploadId: string
  readonly bytes: number
  readonly modifiedAt: Date
}

/** S3's limit for a whole key, in UTF-8. @see S3 User Guide, "Creating object key names" */
export const maxKeyBytes = 1024
/** NAME_MAX of the common Linux file systems. */
export const maxSegmentBytes = 255

/**
 * Keys are `<organizationId>/<exportId>/<attempt>/<fileName>`: segments joined by `/`, none of which
 * can leave the storage's root or mean two things to two systems.
 */
export function assertStorageKey(key: string): void {
  const wrong = problemWith(key)
  if (!wrong) return
  throw new InvalidStorageKeyError(
    `The storage key ${JSON.stringify(key)} ${wrong}; a key is segments of 1 to ${maxSegmentBytes} bytes joined by "/", ${maxKeyBytes} bytes at most`,
  )
}

function problemWith(key: string): string | null {
  // A lone surrogate becomes U+FFFD on disk, where two different keys would meet.
  if (!key.isWellFormed()) return 'is not well-formed Unicode'
  if (key.includes('\0')) return 'holds a NUL character'
  if (key.includes('\\')) return 'holds a backslash'
  if (Buffer.byteLength(key) > maxKeyBytes) return 'is too long'
  for (const segment of key.split('/')) {
    if (segment === '') return 'has an empty segment'
    if (segment === '.' || segment === '..') return `has the segment "${segment}"`
    if (Buffer.byteLength(segment) > maxSegmentBytes) return 'has a segment that is too long'
  }
  return null
}

import { SluiceError } from '../../../core/errors.ts'

/** Why a Parquet file could not be made. `cause` is for the log. */
export abstract class ParquetError extends SluiceError {
  /** Whether the same call can succeed later with nobody changing the request. */
  abstract readonly retryable: boolean
}

/** A value has no place in its column's type. It is never rounded, clipped or left out instead. */
export class UnrepresentableValueError extends ParquetError {
  readonly code = 'VALUE_UNREPRESENTABLE'
  readonly retryable = false
  /** The column's header. */
  readonly column: string
  /** The value as Postgres writes it, its first 100 characters at most. */
  readonly value: string
  constructor(column: string, value: string, type: string, advice: string, options?: ErrorOptions) {
    super(
      `The column ${JSON.stringify(column)} holds ${JSON.stringify(value)}, which ${type} cannot hold; ${advice}`,
      options,
    )
    this.column = column
    this.value = value
  }
}

/** One row group took more memory than the process that writes the file is given. */
export class ParquetMemoryError extends ParquetError {
  readonly code = 'PARQUET_MEMORY_EXCEEDED'
  readonly retryable = false
  constructor(memoryLimitMb: number, options?: ErrorOptions) {
    super(
      `A row group takes more than the ${memoryLimitMb} MB of memory that making a Parquet file may use; set rowGroupRows lower, or leave out the widest columns`,
      options,
    )
  }
}

/** The disk for temporary files is full. */
export class TemporaryStorageFullError extends ParquetError {
  readonly code = 'TEMPORARY_STORAGE_FULL'
  readonly retryable = true
  constructor(options?: ErrorOptions) {
    super('There is no room left for temporary files; try again later', options)
  }
}

/** The process that writes the file ended or failed in a way that says nothing of the rows. */
export class ParquetWriterError extends ParquetError {
  readonly code = 'PARQUET_WRITER_FAILED'
  readonly retryable = true
}

const full: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])

/** A system error of the temporary files, in our words. */
export function temporaryStorageErrorFrom(error: unknown): ParquetError {
  const code = error instanceof Error && 'code' in error ? error.code : 'unknown error'
  if (full.has(code)) return new TemporaryStorageFullError({ cause: error })
  return new ParquetWriterError(`Temporary files cannot be written (${code}); try again later`, {
    cause: error,
  })
}

import { SluiceError, ValidationError } from '../core/errors.ts'
import { ExportFailure } from '../core/failure.ts'
import { ComputeFailedError } from '../engine/computed/errors.ts'
import { ColumnDroppedError } from '../engine/plan/column-dropped-error.ts'
import { RowTooLargeError } from '../engine/source/copy-out.ts'
import { StorageError, StorageFullError } from '../engine/storage/errors.ts'
import { canPass, sqlStateOf } from './sql-state.ts'

const queryCanceled = '57014'
const undefinedColumn = '42703'
const undefinedTable = '42P01'

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
])

/** Postgres' own limit is 1 GiB; where its text passes that, one of two errors says so. */
function isTooLargeToSend(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === '54000' || /invalid memory alloc request size/.test(error.message)
}

/** Puts whatever ended an attempt into the words of an export; the cause is kept for the log. */
export function failureOf(error: unknown): ExportFailure {
  if (error instanceof ExportFailure) return error
  const options = { cause: error }
  if (error instanceof ColumnDroppedError) {
    const message = error.issues.map((issue) => issue.message).join('; ')
    return new ExportFailure('COLUMN_DROPPED', message, options)
  }
  if (error instanceof StorageFullError)
    return new ExportFailure('STORAGE_FULL', 'There was no room left to store the file.', options)
  if (error instanceof StorageError)
    return new ExportFailure('STORAGE_UNAVAILABLE', 'The storage could not take the file.', options)
  if (error instanceof RowTooLargeError || isTooLargeToSend(error)) {
    return new ExportFailure(
      'ROW_TOO_LARGE',
      'A row is larger than 128 MiB as text. Leave out the column that holds such values.',
      options,
    )
  }
  if (error instanceof ComputeFailedError) return new ExportFailure('COMPUTE_FAILED', error.message, options)
  // A format that cannot have these columns; an older Sluice or another door let them pass.
  if (error instanceof ValidationError) {
    return new ExportFailure('FORMAT_LIMIT_EXCEEDED', `${error.message}.`, options)
  }
  // A format says itself what it cannot hold, and what to do instead.
  if (error instanceof SluiceError && 'retryable' in error) {
    return new ExportFailure(error.retryable ? 'INTERNAL' : 'FORMAT_LIMIT_EXCEEDED', error.message, options)
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error ? error.message : ''
  if (networkCodes.has(code) || /^Connection terminated|timeout expired|Connection ended/i.test(message)) {
    return new ExportFailure('SOURCE_UNAVAILABLE', 'The connection to the database broke.', options)
  }
  // One code for every reason to cancel; an operator's pg_cancel_backend is worth another try, a timeout is not.
  if (code === queryCanceled && /statement timeout/.test(message)) {
    return new ExportFailure(
      'SOURCE_TIMED_OUT',
      'Reading the rows took longer than is allowed. Filter the export, or ask for fewer columns.',
      options,
    )
  }
  if (sqlStateOf(error) !== '') {
    if (canPass(code)) {
      return new ExportFailure(
        'SOURCE_UNAVAILABLE',
        `The database could not answer (SQLSTATE ${code}).`,
        options,
      )
    }
    if (code === undefinedColumn || code === undefinedTable) {
      return new ExportFailure(
        'COLUMN_DROPPED',
        `The dataset names something that the database no longer has (SQLSTATE ${code}).`,
        options,
      )
    }
    return new ExportFailure('SOURCE_REJECTED', `The database refused the query (SQLSTATE ${code}).`, options)
  }
  return new ExportFailure('INTERNAL', 'Something went wrong on our side.', options)
}

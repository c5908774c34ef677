/** Why an export has failed, as callers see it, and whether the same export can succeed later. */
export const failureCodes = {
  COLUMN_DROPPED: {
    retryable: false,
    meaning: 'A column was removed from the dataset, or became computed, after the export was asked for.',
  },
  DATASET_REMOVED: { retryable: false, meaning: 'The dataset is no longer declared.' },
  DATASET_CHANGED: {
    retryable: true,
    meaning: 'The dataset was declared anew while parts of the file were being made.',
  },
  SOURCE_REJECTED: { retryable: false, meaning: 'The database refused the query.' },
  SOURCE_UNAVAILABLE: {
    retryable: true,
    meaning: 'The database could not be reached, or the connection broke.',
  },
  SOURCE_TIMED_OUT: {
    retryable: false,
    meaning: 'Reading the rows took longer than the operator allows.',
  },
  STORAGE_FULL: { retryable: true, meaning: 'There was no room left to store the file.' },
  STORAGE_UNAVAILABLE: { retryable: true, meaning: 'The storage did not do its part.' },
  ROW_LIMIT_EXCEEDED: {
    retryable: false,
    meaning: "The export has more rows than the organization's plan allows.",
  },
  TOO_MANY_FILES: {
    retryable: false,
    meaning: 'The limits for one file would make more files than an export can have.',
  },
  TOO_MANY_DELIVERED: {
    retryable: false,
    meaning: 'More rows were delivered before than can be left out of an export from another server.',
  },
  FORMAT_LIMIT_EXCEEDED: {
    retryable: false,
    meaning: 'The rows do not fit the format: too many of them, or a value that it cannot hold.',
  },
  ROW_TOO_LARGE: {
    retryable: false,
    meaning: 'A single row is larger than 128 MiB as text, or than PostgreSQL can send.',
  },
  COMPUTE_FAILED: {
    retryable: false,
    meaning: 'The function of a computed column threw, or gave what its column does not hold.',
  },
  ACCESS_REVOKED: {
    retryable: false,
    meaning: 'The API key that asked for the export lost the right to it.',
  },
  WORKER_LOST: { retryable: true, meaning: 'The worker was lost at every try.' },
  CANCELED_BY_USER: { retryable: true, meaning: 'The export was canceled on request.' },
  INTERNAL: { retryable: true, meaning: 'Something went wrong on our side.' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>

export type FailureCode = keyof typeof failureCodes

/** Ends an attempt. Whether it is tried again follows from the code. */
export class ExportFailure extends Error {
  readonly code: FailureCode
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  get retryable(): boolean {
    return failureCodes[this.code].retryable
  }
}

/** One thing wrong with a request. `path` leads to it, as in `columns.2.name`. */
export interface ClientIssue {
  readonly path: string
  readonly message: string
}

export interface ClientErrorDetails {
  readonly issues?: readonly ClientIssue[] | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly cause?: unknown
}

/**
 * Whatever the client throws, except the reason of an aborted signal. `code` is the server's own
 * (`VALIDATION_FAILED`, `LIMIT_EXCEEDED`, `NOT_FOUND`, `LINK_EXPIRED` …) or one of these:
 *
 * | code | meaning |
 * |---|---|
 * | `UNREACHABLE` | the server did not answer, or answered as no Sluice does |
 * | `BAD_REQUEST` | the operation does not fit the schema, as with a filter of the wrong shape |
 * | `RATE_LIMITED` | too many requests; waited for by itself when it is 10 s or less |
 * | `UNAUTHENTICATED` | the API key is missing, unknown, expired or revoked |
 * | `WATCH_LOST` | the live connection was lost, and did not come back |
 * | `DOWNLOAD_BROKEN` | a download broke off, and could not be resumed |
 * | `DOWNLOAD_REFUSED` | something on the way refused a download, without a code |
 * | `FILE_CHANGED` | the link answers with another file than the export's |
 * | `CHECKSUM_MISMATCH` | every byte came, but not as the server wrote them |
 */
export class SluiceClientError extends Error {
  override readonly name: string = 'SluiceClientError'
  readonly code: string
  /** Everything that is wrong with the input; empty when that is not what failed. */
  readonly issues: readonly ClientIssue[]
  /** Seconds until the same request can succeed; null when waiting does not help, or nobody knows. */
  readonly retryAfterSeconds: number | null

  constructor(code: string, message: string, details: ClientErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.issues = details.issues ?? []
    this.retryAfterSeconds = details.retryAfterSeconds ?? null
  }
}

/** An export ended without a file. `code` is the export's own: `ROW_LIMIT_EXCEEDED`, `CANCELED_BY_USER` … */
export class ExportEndedError<T = unknown> extends SluiceClientError {
  override readonly name = 'ExportEndedError'
  readonly export: T

  constructor(code: string, message: string, ended: T) {
    super(code, message)
    this.export = ended
  }
}

interface GraphqlErrorLike {
  readonly message: string
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/**
 * The first error of an answer; the others of one operation say the same.
 * @param fallback the code of one that has none
 */
export function fromGraphqlErrors(
  errors: readonly GraphqlErrorLike[],
  fallback = 'INTERNAL',
): SluiceClientError {
  const [error] = errors
  const { code, issues, retryAfterSeconds } = error?.extensions ?? {}
  return new SluiceClientError(
    typeof code === 'string' ? code : fallback,
    error?.message ?? 'The server refused the operation without saying why.',
    {
      issues: Array.isArray(issues) ? (issues as ClientIssue[]) : undefined,
      retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined,
    },
  )
}

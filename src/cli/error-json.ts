import { ExportEndedError, SluiceClientError } from '../client/errors.ts'

/** An error as `--json` prints it. */
export function errorJson(error: unknown): object {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof SluiceClientError)) return { code: 'ERROR', message }
  const { code, issues, retryAfterSeconds } = error
  return {
    code,
    message,
    ...(issues.length > 0 ? { issues } : {}),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
    ...(error instanceof ExportEndedError ? { export: error.export } : {}),
  }
}

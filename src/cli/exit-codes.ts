import { ExportEndedError, SluiceClientError } from '../client/errors.ts'
import { ValidationError } from '../core/errors.ts'

/** What a script learns from how `sluice` ends. */
export const exitCodes = {
  ok: 0,
  error: 1,
  /** The command, an option or the request is wrong: the same line will not do better. */
  usage: 2,
  exportFailed: 3,
  /** By somebody else. */
  exportCanceled: 4,
  limitExceeded: 5,
  /** 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const

/** As the help of `export` tells them. */
export const exitCodesHelp = `
Exit codes: 0 done, 1 error, 2 wrong usage or request, 3 the export failed, 4 it was canceled,
5 a limit of the plan is reached, 130 interrupted with Ctrl-C.`

/** A command that was used wrongly in a way that its options alone do not tell. */
export class UsageError extends Error {
  readonly code = 'USAGE'
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof ValidationError) return exitCodes.usage
  if (error instanceof ExportEndedError) {
    return error.code === 'CANCELED_BY_USER' ? exitCodes.exportCanceled : exitCodes.exportFailed
  }
  if (error instanceof SluiceClientError) {
    if (error.code === 'LIMIT_EXCEEDED') return exitCodes.limitExceeded
    if (error.code === 'VALIDATION_FAILED' || error.code === 'BAD_REQUEST') return exitCodes.usage
  }
  return exitCodes.error
}

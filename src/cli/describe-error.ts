import { SluiceClientError } from '../client/errors.ts'
import { LoadError, sentence } from '../lifecycle/load-rows/load-error.ts'
import { appearance } from './terminal.ts'

/** An error as one line that says what to do; issues with more than one thing get a line each. */
export function describeError(error: unknown): string {
  if (error instanceof LoadError) {
    return ['Nothing was loaded:', ...error.issues.map((issue) => `  ${sentence(issue)}`)].join('\n')
  }
  if (!(error instanceof Error)) return String(error)
  const advice = error instanceof SluiceClientError ? adviceFor(error) : ''
  return `${appearance(error.message)}${advice}`
}

function adviceFor({ code, retryAfterSeconds }: SluiceClientError): string {
  switch (code) {
    case 'UNREACHABLE':
      return ' Is it running (npm start), and is --url or SLUICE_URL right?'
    case 'UNAUTHENTICATED':
      return ' Give a key with --key or SLUICE_API_KEY; `sluice key create` makes one.'
    case 'LIMIT_EXCEEDED':
      return retryAfterSeconds === null ? '' : ` Try again in ${retryAfterSeconds} s.`
    default:
      return ''
  }
}

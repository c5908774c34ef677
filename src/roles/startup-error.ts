/** Why a process cannot start: one line that says what is wrong and what to do. */
export class StartupError extends Error {
  readonly code = 'STARTUP_FAILED'
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'the host is unknown',
  EAI_AGAIN: 'the host is unknown',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'it closed the connection',
  '28P01': 'the password is wrong',
  '28000': 'the role may not log in',
  '3D000': 'the database does not exist',
  '42501': 'the role lacks a right',
  '57P03': 'the server is starting up or shutting down',
}

/** Puts a failure to use a database into one line, without its password. */
export function databaseError(error: unknown, url: string, variable: string): StartupError {
  const { host, pathname, username } = new URL(url)
  const code = codeOf(error)
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error))
  return new StartupError(
    `Cannot use the database ${pathname.slice(1) || '(default)'} at ${host} as ${decodeURIComponent(username) || '(nobody)'}: ${reason}. Check ${variable}.`,
    { cause: error },
  )
}

/** Node reports one error for each address of a host; the first says enough. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

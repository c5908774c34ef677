import { readDatabaseUrl } from '../platform/postgres/database-address.ts'

/** Why a process cannot start: one line that says what is wrong and what to do. */
export class StartupError extends Error {
  readonly code = 'STARTUP_FAILED'
}

const unknownAuthority =
  "its certificate is of an authority that is not known here. Name the file of that authority's certificate with sslrootcert"

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'the host is unknown',
  EAI_AGAIN: 'the host is unknown',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'it closed the connection',
  ENOENT: 'there is no such socket',
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  '28P01': 'the password is wrong',
  '3D000': 'the database does not exist',
  '42501': 'the role lacks a right',
  '57P03': 'the server is starting up or shutting down',
}

/** Puts a failure to use a database into one line, without its password; what is one already stays as it is. */
export function databaseError(error: unknown, url: string, variable: string): StartupError {
  if (error instanceof StartupError) return error
  const { host, port, database, user } = readDatabaseUrl(url)
  const place = host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}:${port}`
  const code = codeOf(error)
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error))
  return new StartupError(
    `Cannot use the database ${database} at ${place} as ${user}: ${reason}. Check ${variable}.`,
    { cause: error },
  )
}

/** Node reports one error for each address of a host; the first says enough. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

import pg from 'pg'

/** Where an address of a database leads, and as whom. */
export interface DatabaseAddress {
  /** A name, an IP address, or the folder of a Unix socket. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
}

/**
 * A `postgres://` address as pg reads it, which is more than a URL can say: `?host=/run/postgresql` with no
 * host before it, and PGHOST and the like for what it leaves out.
 * @throws Error when it is none, or names a certificate that cannot be read
 */
export function readDatabaseUrl(url: string): DatabaseAddress {
  const { host, port, database = '', user = '' } = new pg.Client({ connectionString: url })
  return { host, port, database, user }
}

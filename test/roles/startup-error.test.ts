import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { databaseError } from '../../src/roles/startup-error.ts'

/** How a failure to connect to an address is told. */
async function tell(url: string): Promise<string> {
  const error = await new pg.Client({ connectionString: url }).connect().catch((failure: unknown) => failure)
  expect(error).toBeInstanceOf(Error)
  return databaseError(error, url, 'DATABASE_URL').message
}

test('a Unix socket that is not there is named', async () => {
  expect(await tell('postgres://me:secret@/sluice?host=/no/such/folder')).toBe(
    'Cannot use the database sluice at /no/such/folder/.s.PGSQL.5432 as me: there is no such socket. Check DATABASE_URL.',
  )
})

test('a server that speaks no TLS is told from one that does not answer', async () => {
  expect(await tell(`${inject('appUrl')}?sslmode=verify-full`)).toMatch(
    /as sluice_app: The server does not support SSL connections\. Check DATABASE_URL\./,
  )
})

test('user and host are told as they are meant, also from the query', async () => {
  expect(await tell('postgres://%6De:secret@127.0.0.1/sl%20uice?port=1')).toBe(
    'Cannot use the database sl uice at 127.0.0.1:1 as me: nothing answers there. Check DATABASE_URL.',
  )
})

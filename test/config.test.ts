import { expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'

test.each([
  'postgres://user:p%40ss@host/db',
  'postgresql://host:5433/db?sslmode=verify-full&application_name=exports',
  'postgres://user:pass@/db?host=/run/postgresql',
  'postgres:///db?host=/run/postgresql&user=me',
  'postgres://user:pass@%2Frun%2Fpostgresql:5433/db',
])('%s is an address of a database, and is kept as it is', (url) => {
  expect(readConfig({ SOURCE_DATABASE_URL: url }).sourceDatabaseUrl).toBe(url)
})

test.each([
  ['garbage', /must be an address such as postgres:/],
  ['mysql://user@host/db', /must be an address such as postgres:/],
  ['postgres://user:p#ss@host/db', /must be an address such as postgres:.* percent-encoded/],
  ['postgres://host:not-a-port/db', /must be an address such as postgres:/],
  [
    'postgres://secret:words@host/db?sslmode=verify-full&sslrootcert=/no/such.crt',
    /cannot be used: ENOENT.*'\/no\/such\.crt'/,
  ],
  ['postgres://secret:words@host/db?sslmode=verify-ca&uselibpqcompat=true', /cannot be used: .*sslrootcert/],
])('%s is refused in one sentence without its password', (url, says) => {
  const read = () => readConfig({ DATABASE_URL: url })
  expect(read).toThrow(says)
  expect(read).toThrow(/^DATABASE_URL (?!.*words)/)
})

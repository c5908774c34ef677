import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'

/** A migrated database of its own, dropped by `drop`. */
export interface TestDatabase {
  /** Superuser. */
  readonly adminUrl: string
  /** Owner of the tables. */
  readonly ownerUrl: string
  /** What the server works as. */
  readonly appUrl: string
  drop(): Promise<void>
}

/** Clones the template; the caller drops it (usually in afterAll). */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE template_sluice OWNER sluice_owner`)
  const at = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).toString()
  return {
    adminUrl: at(inject('adminUrl')),
    ownerUrl: at(inject('ownerUrl')),
    appUrl: at(inject('appUrl')),
    drop: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

/** A connection that ends with the test. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('adminUrl') })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

import pg from 'pg'
import { quoteIdentifier } from '../../core/sql.ts'
import { readDatabaseUrl } from '../postgres/database-address.ts'
import { installQueue } from '../queue/queue.ts'
import { openOrm } from './orm.ts'

const schemas = ['sluice', 'crm', 'pgboss']

/** Two processes that start at once migrate one after the other. */
const migrationLock = 7_316_201

/**
 * Brings the database up to date, as its owner, and lets the role that the server works as read and
 * write it. Returns the names of the migrations that ran.
 */
export async function migrateDatabase(urls: { owner: string; app: string }): Promise<string[]> {
  const client = new pg.Client({ connectionString: urls.owner })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    const orm = await openOrm(urls.owner, { poolSize: 2 })
    let applied: string[]
    try {
      applied = (await orm.migrator.up()).map((migration) => migration.name)
    } finally {
      await orm.close()
    }
    await installQueue(urls.owner)
    const role = readDatabaseUrl(urls.app).user
    if (role && role !== readDatabaseUrl(urls.owner).user) await grant(client, role)
    return applied
  } finally {
    await client.end()
  }
}

async function grant(client: pg.Client, role: string): Promise<void> {
  const to = quoteIdentifier(role)
  const { rows } = await client.query<{ nspname: string }>(
    'SELECT nspname FROM pg_namespace WHERE nspname = ANY($1)',
    [schemas],
  )
  for (const { nspname: schema } of rows) {
    await client.query(`
      GRANT USAGE ON SCHEMA ${schema} TO ${to};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${to};
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${to};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO ${to};`)
  }
}

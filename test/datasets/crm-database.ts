import pg from 'pg'
import { quoteLiteral } from '../../src/core/sql.ts'
import { demoStatements } from '../../src/datasets/crm/demo.ts'
import { createDatabase } from '../support/database.ts'

/** When the tests take place. */
export const asOf = new Date('2026-11-21T12:00:00Z')

export interface CrmDatabase {
  query(sql: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Fills an organization with demo data. */
  fill(tenant: string, deals: number, seed?: number): Promise<void>
  close(): Promise<void>
}

/** A database of its own with empty CRM tables, in which SQL's now() is `asOf`. */
export async function openCrmDatabase(): Promise<CrmDatabase> {
  const database = await createDatabase()
  const client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  await client.query('CREATE SCHEMA stopped_clock')
  await client.query(
    `CREATE FUNCTION stopped_clock.now() RETURNS timestamptz RETURN ${quoteLiteral(asOf.toISOString())}::timestamptz`,
  )
  await client.query('SET search_path = stopped_clock, pg_catalog')
  return {
    query: async (sql, params = []) => (await client.query(sql, [...params])).rows,
    async fill(tenant, deals, seed = 1) {
      await client.query('BEGIN')
      for (const { sql } of demoStatements({ tenant, deals, seed, asOf })) await client.query(sql)
      await client.query('COMMIT')
    },
    async close() {
      await client.end()
      await database.drop()
    },
  }
}

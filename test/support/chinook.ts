import { readFileSync } from 'node:fs'
import { createDatabase, type TestDatabase } from './database.ts'
import { sql } from './sql.ts'

/** The tables of the sample database, and the rows that its author counts. */
export const chinookTables = {
  album: 347,
  artist: 275,
  customer: 59,
  employee: 8,
  genre: 25,
  invoice: 412,
  invoice_line: 2240,
  media_type: 5,
  playlist: 18,
  playlist_track: 8715,
  track: 3503,
} as const

/** As it is shipped, without what psql itself would do. */
export const chinookScript = readFileSync(new URL('../fixtures/chinook.sql', import.meta.url), 'utf8')
  .replaceAll(/^(DROP|CREATE) DATABASE .*$/gm, '')
  .replaceAll(/^\\c .*$/gm, '')

/** A database that holds Chinook, readable by the server's role. */
export async function createChinook(): Promise<TestDatabase> {
  const database = await createDatabase()
  await sql(database.adminUrl, 'GRANT CREATE ON SCHEMA public TO sluice_owner')
  await sql(database.ownerUrl, chinookScript)
  await sql(database.ownerUrl, 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO sluice_app; ANALYZE')
  return database
}

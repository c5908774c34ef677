import { readdir } from 'node:fs/promises'
import { parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))

/** SQLSTATE of a schema or a table that does not exist: nothing was ever migrated. */
const nothingThere: readonly unknown[] = ['3F000', '42P01']

/**
 * Whether every migration has run. Takes 20 ms, where going through the migrations takes most of a second;
 * of pg-boss' own tables it says nothing.
 * @throws pg's errors when the database cannot be used
 */
export async function isUpToDate(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM sluice.migrations')
    const done = new Set(rows.map(({ name }) => name))
    const files = await readdir(migrationsFolder)
    return files
      .filter((file) => /^Migration.*(?<!\.d)\.[jt]s$/.test(file))
      .every((file) => done.has(parse(file).name))
  } catch (error) {
    if (error instanceof pg.DatabaseError && nothingThere.includes(error.code)) return false
    throw error
  } finally {
    await client.end()
  }
}

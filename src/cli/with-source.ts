import { readConfig } from '../config.ts'
import { Source } from '../engine/source/source.ts'
import { borrowDatabase } from '../roles/database.ts'
import { requireSessions } from '../roles/require-sessions.ts'
import { databaseError } from '../roles/startup-error.ts'

/** Runs a command on the database of the datasets' rows alone: SOURCE_DATABASE_URL, or else Sluice's own. */
export async function withSource<T>(work: (source: Source) => Promise<T>): Promise<T> {
  const config = readConfig(process.env)
  const { sourceDatabaseUrl } = config
  const database = sourceDatabaseUrl === null ? await borrowDatabase(config) : null
  const url = sourceDatabaseUrl ?? database?.urls.app ?? ''
  const source = new Source(url)
  try {
    const variable = sourceDatabaseUrl === null ? 'DATABASE_URL' : 'SOURCE_DATABASE_URL'
    await requireSessions(url, variable).catch((error: unknown) => {
      throw databaseError(error, url, variable)
    })
    return await work(source)
  } finally {
    await source.close()
    await database?.stop()
  }
}

import { type Config, readConfig } from '../config.ts'
import type { Services } from '../lifecycle/services.ts'
import { closeServices, openServices } from '../open-services.ts'
import { isUpToDate } from '../platform/db/is-up-to-date.ts'
import type { DatabaseUrls } from '../platform/postgres/embedded-address.ts'
import { borrowDatabase, migrate } from '../roles/database.ts'
import { databaseError } from '../roles/startup-error.ts'
import { exitCodes } from './exit-codes.ts'

export interface DatabaseSession {
  readonly services: Services
  /** The database of the datasets' rows, as a role that may write them. */
  readonly loadUrl: string
}

/**
 * Runs an operator's command on the database itself, brought up to date first. An embedded database that a
 * running server holds is used beside it; one that nobody runs is started, and stopped afterwards.
 */
export async function withDatabase<T>(work: (session: DatabaseSession) => Promise<T>): Promise<T> {
  const config: Config = readConfig(process.env)
  const database = await borrowDatabase(config)
  // A PostgreSQL of ours must not outlive us; what was not committed is undone by its stop.
  const interrupt = () => void database.stop().finally(() => process.exit(exitCodes.interrupted))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt)
  try {
    if (!(await isCurrent(config, database.urls))) await migrate(config, database.urls)
    const services = await openServices(
      { ...config, logLevel: 'silent', databaseUrl: database.urls.app },
      'api',
    )
    try {
      return await work({ services, loadUrl: config.sourceDatabaseUrl ?? database.urls.owner })
    } finally {
      await closeServices(services)
    }
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeListener(signal, interrupt)
    await database.stop()
  }
}

async function isCurrent(config: Config, urls: DatabaseUrls): Promise<boolean> {
  try {
    return await isUpToDate(urls.owner)
  } catch (error) {
    throw config.databaseUrl
      ? databaseError(error, urls.owner, config.databaseOwnerUrl ? 'DATABASE_OWNER_URL' : 'DATABASE_URL')
      : error
  }
}

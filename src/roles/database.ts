import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { ensurePlans } from '../lifecycle/plans.ts'
import { ensureSigningKey } from '../lifecycle/signing-keys.ts'
import { migrateDatabase } from '../platform/db/migrate.ts'
import { openOrm } from '../platform/db/orm.ts'
import { startEmbeddedPostgres } from '../platform/postgres/embedded.ts'
import { type DatabaseUrls, findEmbeddedPostgres } from '../platform/postgres/embedded-address.ts'
import { lockFolder, lockHolder } from '../platform/postgres/folder-lock.ts'
import { requireSessions } from './require-sessions.ts'
import { databaseError } from './startup-error.ts'

/** The database that a process works on, and what it must end afterwards. */
export interface Database {
  readonly urls: DatabaseUrls
  readonly isEmbedded: boolean
  stop(): Promise<void>
}

/** The one of DATABASE_URL, or an embedded one that belongs to this process. @throws DataFolderLockedError, StartupError */
export async function openDatabase(config: Config, log?: Logger): Promise<Database> {
  const external = externalUrls(config)
  if (external) {
    await checkSessions(config, external)
    return { urls: external, isEmbedded: false, stop: async () => {} }
  }
  const folder = resolve(config.dataDir)
  mkdirSync(folder, { recursive: true })
  const lock = lockFolder(folder)
  try {
    const postgres = await startEmbeddedPostgres({
      folder: join(folder, 'postgres'),
      onCrash: (details) => log?.error(details, 'the embedded PostgreSQL died and is started again'),
    })
    return {
      urls: postgres.urls,
      isEmbedded: true,
      async stop() {
        await postgres.stop()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Like `openDatabase`, but an embedded database that a running server holds is used beside it. */
export async function borrowDatabase(config: Config): Promise<Database> {
  const folder = resolve(config.dataDir)
  const running =
    !config.databaseUrl && lockHolder(folder) !== null ? findEmbeddedPostgres(join(folder, 'postgres')) : null
  if (running) return { urls: running, isEmbedded: true, stop: async () => {} }
  return await openDatabase(config)
}

/**
 * Brings the database up to date, with the plans and the signing key that every installation has.
 * @returns the names of the migrations that ran
 * @throws StartupError
 */
export async function migrate(config: Config, urls: DatabaseUrls): Promise<string[]> {
  try {
    const applied = await migrateDatabase(urls)
    const orm = await openOrm(urls.owner, { poolSize: 1 })
    try {
      await ensurePlans({ orm })
      await ensureSigningKey({ orm, now: () => new Date() })
    } finally {
      await orm.close()
    }
    return applied
  } catch (error) {
    throw config.databaseUrl ? databaseError(error, urls.owner, ownerVariable(config)) : error
  }
}

/** Before migrations lock and change anything. @throws StartupError */
async function checkSessions(config: Config, { owner, app }: DatabaseUrls): Promise<void> {
  const addresses = new Map([
    [app, 'DATABASE_URL'],
    [owner, ownerVariable(config)],
  ])
  for (const [url, variable] of addresses) {
    await requireSessions(url, variable).catch((error: unknown) => {
      throw databaseError(error, url, variable)
    })
  }
}

function ownerVariable({ databaseOwnerUrl }: Config): string {
  return databaseOwnerUrl ? 'DATABASE_OWNER_URL' : 'DATABASE_URL'
}

function externalUrls({ databaseUrl, databaseOwnerUrl }: Config): DatabaseUrls | null {
  return databaseUrl ? { app: databaseUrl, owner: databaseOwnerUrl ?? databaseUrl } : null
}

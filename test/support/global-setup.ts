import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../../src/platform/db/migrate.ts'
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser on the maintenance database. */
    adminUrl: string
    ownerUrl: string
    appUrl: string
  }
}

/** One PostgreSQL for the whole run, with a migrated database that tests clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(roomyMemory() ?? tmpdir(), 'sluice-test-'))
  const postgres = await startEmbeddedPostgres({
    folder,
    // Tests do not survive a power cut, and need not.
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '400',
      max_wal_size: '512MB',
    },
  })
  const stop = async () => {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await migrateDatabase(postgres.urls)
  } catch (error) {
    await stop()
    throw error
  }
  const admin = new pg.Client({ connectionString: postgres.adminUrl })
  await admin.connect()
  await admin.query('ALTER DATABASE sluice RENAME TO template_sluice')
  await admin.end()
  project.provide('adminUrl', postgres.adminUrl)
  project.provide('ownerUrl', postgres.urls.owner)
  project.provide('appUrl', postgres.urls.app)
  return stop
}

/** Bytes that all databases of a run and their log stay well below. */
const neededBytes = 4 * 2 ** 30

/**
 * The folder in memory, if there is one with room. A database is 1,000 files: cloning it takes 60 ms there,
 * and 250 to 750 ms on a disk, where both processors are busy with nothing else.
 */
function roomyMemory(): string | null {
  const folder = '/dev/shm'
  if (!existsSync(folder) || process.availableMemory() < neededBytes) return null
  // In a container it often has 64 MB.
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize < neededBytes ? null : folder
}

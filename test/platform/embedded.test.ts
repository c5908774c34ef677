import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'
import { lockFolder } from '../../src/platform/postgres/folder-lock.ts'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-embedded-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function queryOne(url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows[0]
  } finally {
    await client.end()
  }
}

test('an embedded PostgreSQL keeps its data between starts', async () => {
  const folder = temporaryFolder()
  const first = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
  await queryOne(first.urls.owner, 'CREATE TABLE kept AS SELECT 42 AS answer')
  expect(findEmbeddedPostgres(folder)).toEqual(first.urls)
  await first.stop()
  expect(findEmbeddedPostgres(folder)).toBeNull()

  const second = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
  onTestFinished(() => second.stop())
  expect(await queryOne(second.urls.owner, 'SELECT answer FROM kept')).toEqual({ answer: 42 })
})

test('the server works as a role that is neither superuser nor owner', async () => {
  const postgres = await startEmbeddedPostgres({ folder: temporaryFolder(), settings: { fsync: 'off' } })
  onTestFinished(() => postgres.stop())
  expect(
    await queryOne(
      postgres.urls.app,
      `SELECT rolsuper, rolbypassrls, (SELECT datdba = r.oid FROM pg_database WHERE datname = current_database()) AS owns
       FROM pg_roles r WHERE rolname = current_user`,
    ),
  ).toEqual({ rolsuper: false, rolbypassrls: false, owns: false })
})

test('an orphaned server of a killed process is stopped and its cluster taken over', async () => {
  const folder = temporaryFolder()
  const orphan = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
  await queryOne(orphan.urls.owner, 'CREATE TABLE kept AS SELECT 7 AS answer')
  const heir = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
  onTestFinished(() => heir.stop())
  expect(await queryOne(heir.urls.owner, 'SELECT answer FROM kept')).toEqual({ answer: 7 })
  await expect(queryOne(orphan.urls.owner, 'SELECT 1')).rejects.toThrow()
})

test('a data folder has one process at a time, and the error names it', () => {
  const folder = temporaryFolder()
  const lock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(`is in use by process ${process.pid}`)
  lock.release()
  lockFolder(folder).release()
})

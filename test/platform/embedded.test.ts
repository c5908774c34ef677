import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'
import { findEmbeddedPostgres } from '../../src/platform/postgres/embedded-address.ts'
import { lockFolder } from '../../src/platform/postgres/folder-lock.ts'
import { holdsSockets } from '../../src/platform/postgres/socket-folder.ts'
import { until } from '../support/until.ts'

// One for all tests: making a cluster takes longer than all else that they do.
const folder = mkdtempSync(join(tmpdir(), 'sluice-embedded-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

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
  const first = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
  await queryOne(first.urls.owner, 'CREATE TABLE kept AS SELECT 42 AS answer')
  expect(findEmbeddedPostgres(folder)).toEqual(first.urls)
  await first.stop()
  expect(findEmbeddedPostgres(folder)).toBeNull()

  const second = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
  onTestFinished(() => second.stop())
  expect(await queryOne(second.urls.owner, 'SELECT answer FROM kept')).toEqual({ answer: 42 })
})

test('it is asked over a socket in its folder, and by other programs over TCP on loopback', async () => {
  const postgres = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
  onTestFinished(() => postgres.stop())
  const way = 'SELECT inet_server_addr() AS address'
  expect(await queryOne(postgres.urls.app, way)).toEqual({ address: null })
  expect(statSync(join(folder, 'socket')).mode & 0o777).toBe(0o700)
  const tcp = findEmbeddedPostgres(folder, 'tcp')
  expect(await queryOne(tcp!.app, way)).toEqual({ address: '127.0.0.1' })
  const intruder = Object.assign(new URL(postgres.urls.app), { password: 'guessed' }).toString()
  await expect(queryOne(intruder, way)).rejects.toThrow('password authentication failed')
})

test('a folder whose path is too long for a socket is served over TCP', async () => {
  const deep = join(folder, 'd'.repeat(100))
  symlinkSync(folder, deep)
  const postgres = await startEmbeddedPostgres({ folder: deep, settings: { fsync: 'off' } })
  onTestFinished(() => postgres.stop())
  expect(findEmbeddedPostgres(deep)).toEqual(postgres.urls)
  const { address } = await queryOne(postgres.urls.app, 'SELECT inet_server_addr() AS address')
  expect(address).toBe('127.0.0.1')
})

test('a file system that holds no sockets is found out', async () => {
  expect(await holdsSockets(folder)).toBe(true)
  expect(await holdsSockets('/proc')).toBe(false)
})

test('the server works as a role that is neither superuser nor owner', async () => {
  const postgres = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
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
  const killed = fork(fileURLToPath(new URL('../support/embedded-process.ts', import.meta.url)), [folder])
  const [orphanUrl] = (await once(killed, 'message')) as [string]
  await queryOne(orphanUrl, 'CREATE TABLE inherited AS SELECT 7 AS answer')
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  expect(await queryOne(orphanUrl, 'SELECT answer FROM inherited')).toEqual({ answer: 7 })

  const heir = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
  onTestFinished(() => heir.stop())
  expect(await queryOne(heir.urls.owner, 'SELECT answer FROM inherited')).toEqual({ answer: 7 })
  await expect(queryOne(orphanUrl, 'SELECT 1')).rejects.toThrow()
})

test('a server that dies is started again on the same port, with everything that was committed', async () => {
  const died = Promise.withResolvers<void>()
  const postgres = await startEmbeddedPostgres({ folder, onCrash: () => died.resolve() })
  onTestFinished(() => postgres.stop())
  await queryOne(postgres.urls.owner, 'CREATE TABLE committed AS SELECT 9 AS answer')
  const { pid } = await queryOne(
    postgres.adminUrl,
    `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`,
  )
  process.kill(Number(pid), 'SIGKILL')
  await died.promise
  await until('it answers again', async () => {
    const row = await queryOne(postgres.urls.owner, 'SELECT answer FROM committed').catch(() => null)
    return row?.answer === 9
  })
})

test('a data folder has one process at a time, and the error names it', () => {
  const lock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(`is in use by process ${process.pid}`)
  lock.release()
  lockFolder(folder).release()
})

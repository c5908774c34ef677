import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { IdleConnections } from '../../../src/engine/source/idle-connections.ts'
import { Snapshot, type SourceOptions } from '../../../src/engine/source/snapshot.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let idle: IdleConnections
let admin: pg.Client

beforeAll(async () => {
  database = await createDatabase()
  admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  await admin.query('CREATE TABLE public.counter AS SELECT 0 AS value')
})

afterAll(async () => {
  await admin.end()
  await database.drop()
})

beforeEach(() => {
  idle = new IdleConnections()
  return () => idle.close()
})

const optionsFor = (name: string): SourceOptions => ({
  url: database.adminUrl,
  timeZone: name,
  applicationName: name,
  session: {},
  idle,
})

const backendOf = (snapshot: Snapshot): number =>
  (snapshot.holder as unknown as { processID: number }).processID

async function only<T>(snapshot: Snapshot, expression: string): Promise<T> {
  const { rows } = await snapshot.holder.query<{ value: T }>(`SELECT ${expression} AS value`)
  return rows[0]!.value
}

test('a finished snapshot leaves its connection to the next one, which sees its own moment and its own settings', async () => {
  const first = await Snapshot.take(optionsFor('Europe/Berlin'))
  expect(await only(first, '(SELECT value FROM counter)')).toBe(0)
  first.finish()
  await first[Symbol.asyncDispose]()
  const { rows } = await admin.query(
    'SELECT application_name AS name, state FROM pg_stat_activity WHERE pid = $1',
    [backendOf(first)],
  )
  expect(rows).toEqual([{ name: 'sluice-idle', state: 'idle' }])
  await admin.query('UPDATE counter SET value = 1')

  await using second = await Snapshot.take(optionsFor('Asia/Tokyo'))
  expect(backendOf(second)).toBe(backendOf(first))
  expect(await only(second, '(SELECT value FROM counter)')).toBe(1)
  expect(await only(second, `current_setting('TimeZone')`)).toBe('Asia/Tokyo')
  expect(await only(second, `current_setting('application_name')`)).toBe('Asia/Tokyo')
  expect(await only(second, `current_setting('transaction_read_only')`)).toBe('on')
})

test('a snapshot that was not finished takes its connection with it', async () => {
  const first = await Snapshot.take(optionsFor('UTC'))
  await first[Symbol.asyncDispose]()
  expect(idle.take()).toBeNull()
})

test('what ends one attempt later does not touch the connection that another one has by then', async () => {
  const controller = new AbortController()
  const first = await Snapshot.take(optionsFor('UTC'))
  first.endWith(controller.signal)
  first.finish()
  await first[Symbol.asyncDispose]()
  await using second = await Snapshot.take(optionsFor('UTC'))
  controller.abort()
  expect(backendOf(second)).toBe(backendOf(first))
  expect(await only(second, '42')).toBe(42)
})

test('a connection that broke while nobody used it is replaced by a new one', async () => {
  const first = await Snapshot.take(optionsFor('UTC'))
  first.finish()
  await first[Symbol.asyncDispose]()
  // The client has not heard of it yet when it is taken.
  first.holder.connection.stream.pause()
  await admin.query('SELECT pg_terminate_backend($1, 5000)', [backendOf(first)])
  const taking = Snapshot.take(optionsFor('UTC'))
  first.holder.connection.stream.resume()
  await using second = await taking
  expect(backendOf(second)).not.toBe(backendOf(first))
  expect(await only(second, '42')).toBe(42)
})

test('at most four are kept, and none after the end', async () => {
  const snapshots = await Promise.all(Array.from({ length: 6 }, () => Snapshot.take(optionsFor('UTC'))))
  for (const snapshot of snapshots) {
    snapshot.finish()
    await snapshot[Symbol.asyncDispose]()
  }
  const kept = [idle.take(), idle.take(), idle.take(), idle.take(), idle.take()]
  expect(kept.map((client) => client !== null)).toEqual([true, true, true, true, false])
  await idle.close()
  for (const client of kept) if (client) await idle.give(client)
  expect(idle.take()).toBeNull()
})

test('whose rows a snapshot reads is forgotten with it, and told to every connection on its moment', async () => {
  const whose = "current_setting('app.tenant_id', true)"
  const first = await Snapshot.take({ ...optionsFor('UTC'), session: { 'app.tenant_id': '7' } })
  expect(await only(first, whose)).toBe('7')
  expect(await first.query(`SELECT ${whose} AS value`)).toEqual([{ value: '7' }])
  {
    await using part = await Snapshot.join(
      { ...optionsFor('UTC'), session: { 'app.tenant_id': '7' } },
      first.id,
    )
    expect(await only(part, whose)).toBe('7')
    expect(await only(part, `current_setting('DateStyle')`)).toBe('ISO, YMD')
  }
  first.finish()
  await first[Symbol.asyncDispose]()
  await using second = await Snapshot.take(optionsFor('UTC'))
  expect(backendOf(second)).toBe(backendOf(first))
  expect(await only(second, whose)).toBeOneOf([null, ''])
})

import { once } from 'node:events'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { LazyBeginClient } from '../../src/platform/db/lazy-begin-client.ts'
import { openOrm } from '../../src/platform/db/orm.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const setting = 'sluice.organization'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(() => database.drop())

/** A connection, and the messages of SQL that it sends. */
async function open(): Promise<{ client: pg.Client; sent: string[] }> {
  const client: pg.Client = new LazyBeginClient({ connectionString: database.appUrl })
  await client.connect()
  onTestFinished(() => client.end())
  const query = vi.spyOn(client.connection as unknown as { query(text: string): void }, 'query')
  return { client, sent: query.mock.calls as unknown as string[] }
}

test('BEGIN and what is set for the transaction go with its first statement, in one message', async () => {
  const { client, sent } = await open()
  await client.query('begin')
  await client.query(`select set_config('${setting}', 'a', true)`)
  const { rows } = await client.query(`select current_setting('${setting}') as organization`)
  expect(rows).toEqual([{ organization: 'a' }])
  await client.query('commit')
  expect(sent.flat()).toEqual([
    `begin; select set_config('${setting}', 'a', true); select current_setting('${setting}') as organization`,
    'commit',
  ])
  const after = await client.query(`select current_setting('${setting}') as organization`)
  expect(after.rows).toEqual([{ organization: '' }])
})

test('a first statement with parameters is in the transaction as well', async () => {
  const { client } = await open()
  await client.query('begin')
  await client.query(`select set_config('${setting}', 'b', true)`)
  const { rows } = await client.query('select current_setting($1) as organization', [setting])
  expect(rows).toEqual([{ organization: 'b' }])
  await client.query('rollback')
})

const askForSetting = `select current_setting('${setting}', true) as organization`

/** What else pg can be asked with, besides text and parameters; each gives the first row. */
const otherWays: Record<string, (client: pg.Client) => Promise<unknown>> = {
  'a submittable, as a cursor is one': async (client) => {
    const [row] = await once(client.query(new pg.Query(askForSetting)), 'row')
    return row
  },
  'a named statement': async (client) =>
    (await client.query({ name: 'ask', text: askForSetting, values: [] })).rows[0],
  'a callback': (client) =>
    new Promise((resolve, reject) => {
      client.query(askForSetting, (error, result) => (error ? reject(error) : resolve(result.rows[0])))
    }),
  'parameters and a callback': (client) =>
    new Promise((resolve, reject) => {
      client.query('select current_setting($1, true) as organization', [setting], (error, result) =>
        error ? reject(error) : resolve(result.rows[0]),
      )
    }),
}

test.each(Object.entries(otherWays))(
  'what is no plain text runs in the transaction, too, behind what is set for it: %s',
  async (_, ask) => {
    const { client } = await open()
    await client.query('begin')
    await client.query(`select set_config('${setting}', 'c', true)`)
    expect(await ask(client)).toEqual({ organization: 'c' })
    await client.query('rollback')
    expect((await client.query(askForSetting)).rows).toEqual([{ organization: '' }])
  },
)

test('a setting that fails before a cursor fails the cursor', async () => {
  const { client } = await open()
  await client.query('begin')
  await client.query(`select set_config('no_such_setting', 'x', true)`)
  const [error] = await once(client.query(new pg.Query('select 1')), 'error')
  expect(error).toMatchObject({ message: expect.stringContaining('current transaction is aborted') })
  await client.query('rollback')
})

test.each(['commit', 'rollback'])(
  'a transaction that asks nothing sends nothing, nor its %s',
  async (end) => {
    const { client, sent } = await open()
    await client.query('begin')
    await client.query(end)
    expect(sent).toEqual([])
  },
)

test('a first statement that fails ends the transaction, and the connection serves the next one', async () => {
  const { client } = await open()
  await client.query('begin')
  await expect(client.query('select no_such_column')).rejects.toThrow(/no_such_column/)
  await expect(client.query('select 1')).rejects.toThrow(/current transaction is aborted/)
  await client.query('rollback')
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a statement of the ORM for one organization opens its transaction in this way', async () => {
  const orm = await openOrm(database.appUrl)
  onTestFinished(() => orm.close())
  const query = vi.spyOn(LazyBeginClient.prototype, 'query')
  onTestFinished(() => query.mockRestore())
  const em = orm.em.fork({ session: { variables: { [setting]: '00000000-0000-0000-0000-000000000000' } } })
  expect(await em.execute('select 1 as one')).toEqual([{ one: 1 }])
  // MikroORM asks for the database first.
  expect(query.mock.calls.map(([text]) => text).slice(-4)).toEqual([
    'begin',
    expect.stringContaining('set_config'),
    'select 1 as one',
    'commit',
  ])
})

test('connections that break in their transactions give their places in the pool back', async () => {
  const orm = await openOrm(database.appUrl, { poolSize: 2 })
  onTestFinished(() => orm.close())
  for (let broken = 0; broken < 3; broken += 1) {
    const work = orm.em.fork().transactional(async (em) => {
      await em.execute('select 1')
      await em.execute('select pg_terminate_backend(pg_backend_pid())')
    })
    await expect(work).rejects.toThrow('terminating connection')
  }
  expect(await orm.em.fork().execute('select 2 as two')).toEqual([{ two: 2 }])
})

test('a message of several statements is answered with the rows of the last', async () => {
  const orm = await openOrm(database.appUrl, { poolSize: 1 })
  onTestFinished(() => orm.close())
  expect(await orm.em.fork().execute('select 1 as one; select 2 as two')).toEqual([{ two: 2 }])
  await orm.em.fork().transactional(async (em) => {
    expect(await em.execute('select 3 as three; select 4 as four')).toEqual([{ four: 4 }])
    expect(await em.execute('select 5 as five; select 6 as six')).toEqual([{ six: 6 }])
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { sql } from '../support/sql.ts'
import { until } from '../support/until.ts'

// A server is two processes that start anew: a second where there is room, many where there is none.
vi.setConfig({ testTimeout: 90_000 })

let folder: string
let database: TestDatabase
let config: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-datasets-'))
  config = join(folder, 'sluice.config.ts')
  database = await createDatabase()
  await sql(
    database.ownerUrl,
    `CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY, total numeric);
     INSERT INTO shop.orders VALUES (1, 2.50);
     GRANT USAGE ON SCHEMA shop TO sluice_app; GRANT SELECT ON shop.orders TO sluice_app`,
  )
})

afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

/** Declares the table under a name, with a column that may be wrong. */
function declare(name: string, column = 'total'): void {
  writeFileSync(
    config,
    `import { defineConfig } from 'sluice/config'
     export default defineConfig({ datasets: [{
       name: '${name}', label: 'Orders', source: { table: { schema: 'shop', name: 'orders' } }, key: ['id'],
       tenant: { shared: true },
       columns: { id: { type: 'integer', label: 'ID' }, ${column}: { type: 'decimal', label: 'Total' } },
     }] })`,
  )
}

const environment = () => ({
  DATABASE_URL: database.appUrl,
  DATABASE_OWNER_URL: database.ownerUrl,
  SLUICE_CONFIG: config,
  SLUICE_DATA_DIR: join(folder, 'data'),
  SLUICE_DEMO_KEY: 'datasets-test-key',
  PORT: '0',
})

/** Ends with the test at the latest. */
function start(more: Record<string, string> = {}): ServerProcess {
  const server = startServer({ ...environment(), ...more })
  onTestFinished(async () => {
    await server.end('SIGTERM')
  })
  return server
}

async function post(url: string, query: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer datasets-test-key' },
    body: JSON.stringify({ query }),
  })
  return ((await response.json()) as { data: unknown }).data
}

const namesAt = (url: string) => post(url, '{ datasets { name } }')

test('a declaration that the database contradicts keeps the server from starting, and is told with what to do', async () => {
  declare('orders', 'totl')
  const server = start()
  expect(await server.end()).toEqual({ code: 1, signal: null })
  expect(server.stderr()).toContain('The datasets do not fit the source database (1 error):')
  expect(server.stderr()).toContain(
    "orders.columns.totl: Unknown column of the database 'totl'. Did you mean 'total'?",
  )
})

test('SIGHUP has the server and its workers read the file again; a wrong one changes nothing; SIGTERM ends all', async () => {
  declare('orders')
  const server = start()
  const { url } = await server.ready()
  expect(await namesAt(url)).toEqual({ datasets: [{ name: 'orders' }] })

  declare('orders_again')
  server.child.kill('SIGHUP')
  await until(
    'both processes have read it',
    () => server.stderr().match(/was read again/g)?.length === 2,
    20_000,
  )
  expect(await namesAt(url)).toEqual({ datasets: [{ name: 'orders_again' }] })

  declare('broken', 'totl')
  server.child.kill('SIGHUP')
  await until('both refuse it', () => server.stderr().match(/was not taken over/g)?.length === 2, 20_000)
  expect(server.stderr()).toContain('broken.columns.totl: Unknown column')
  expect(await namesAt(url)).toEqual({ datasets: [{ name: 'orders_again' }] })

  await post(url, 'mutation { createExport(input: { dataset: "orders_again" }) { __typename } }')
  await until('a worker makes a file of the new dataset', async () => {
    const answer = (await post(url, '{ exports(first: 1) { edges { node { status rowsExported } } } }')) as {
      exports: { edges: { node: object }[] }
    }
    return JSON.stringify(answer).includes('"status":"COMPLETED","rowsExported":1')
  })
  expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null })
})

test('a source that does not answer keeps nobody from starting, and /readyz tells', async () => {
  declare('orders')
  const server = start({ SOURCE_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
  const { url } = await server.ready()
  expect(server.stderr()).toContain('the source database cannot be asked')
  const response = await fetch(`${url}/readyz`)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ status: 'degraded' })
  expect(await namesAt(url)).toEqual({ datasets: [{ name: 'orders' }] })
  expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null })
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoStatements } from '../../src/datasets/crm/demo.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { acceptExport, download, settle } from '../support/exports.ts'
import { sql } from '../support/sql.ts'

const deals = 3_000
const reader = `reader_${randomUUID().replaceAll('-', '')}`

/** The rows are here; the app's own database has none. */
let source: TestDatabase
let app: TestApp

beforeAll(async () => {
  source = await createDatabase()
  for (const statement of demoStatements({ tenant: 'demo', deals, asOf: new Date('2026-11-21T00:00:00Z') }))
    await sql(source.ownerUrl, statement.sql)
  await sql(
    source.adminUrl,
    `CREATE ROLE ${reader} LOGIN PASSWORD 'reader';
     GRANT USAGE ON SCHEMA crm TO ${reader};
     GRANT SELECT ON ALL TABLES IN SCHEMA crm TO ${reader};
     ANALYZE`,
  )
  const sourceUrl = Object.assign(new URL(source.ownerUrl), { username: reader, password: 'reader' })
  app = await startApp({ deals: 0, sourceUrl: sourceUrl.toString(), partRows: 1_000 })
})

afterAll(async () => {
  await app.stop()
  await sql(source.adminUrl, `DROP OWNED BY ${reader}; DROP ROLE ${reader}`)
  await source.drop()
})

test('rows of another database are exported in parts by a role that may only SELECT', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'deals',
    columns: [{ name: 'id' }, { name: 'amount' }],
    sort: [{ column: 'id', direction: 'ASC', nulls: 'LAST' }],
    options: { formulaGuard: false },
  })
  const done = await settle(app, id)
  expect(done).toMatchObject({ status: 'COMPLETED', rowsExported: deals })
  expect(done.parts?.total).toBeGreaterThan(1)
  const expected = await copyText(source.ownerUrl, 'SELECT id, amount FROM crm.deals ORDER BY id')
  expect((await download(done.files[0]!.url)).toString()).toBe(`id,amount\n${expected}`)
})

test('columns that only one organization has are looked up where the rows are', async () => {
  const { data } = await app.graphql<{ dataset: { columns: { name: string }[] } }>(
    '{ dataset(name: "deals") { columns { name } } }',
  )
  const dynamic = data?.dataset.columns.filter(({ name }) => name.startsWith('custom_'))
  expect(dynamic?.length).toBeGreaterThan(0)
})

test('preview and estimate read the same rows', async () => {
  const { data } = await app.graphql<{
    previewExport: { rows: string[][] }
    estimateExport: { rows: number; rowsExact: boolean }
  }>(
    `{ previewExport(input: { dataset: "deals", columns: [{ name: "id" }] }, rows: 3) { rows }
       estimateExport(input: { dataset: "deals" }) { rows rowsExact } }`,
  )
  expect(data?.previewExport.rows).toHaveLength(3)
  expect(data?.estimateExport).toEqual({ rows: deals, rowsExact: true })
})

test('a question to the source cannot write, and leaves nothing behind for the next one', async () => {
  const { source: asked } = app.api.services
  await expect(asked.query('CREATE TEMPORARY TABLE left_behind (id int)', [], {})).rejects.toThrow(
    'read-only',
  )
  await expect(asked.query('SELECT 1 / 0', [], {})).rejects.toThrow('division by zero')
  expect(await asked.query('SELECT $1::int AS id', [1], {})).toEqual([{ id: 1 }])
})

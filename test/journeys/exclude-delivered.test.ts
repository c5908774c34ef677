import { afterAll, beforeAll, expect, test } from 'vitest'
import { crmDatasets } from '../../src/datasets/crm/datasets.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { authenticate } from '../../src/lifecycle/authenticate.ts'
import { countRows } from '../../src/lifecycle/count-rows.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, createExport, download, type ExportState, settle } from '../support/exports.ts'
import { sql } from '../support/sql.ts'

const pairs = defineDataset({
  name: 'pairs',
  label: 'Pairs',
  source: { query: `SELECT x / 10 AS a, 'it''s {"' || x % 10 AS b FROM generate_series(1, 5000) AS x` },
  key: ['a', 'b'],
  tenant: { shared: true },
  recordsDelivered: true,
  columns: { a: { type: 'integer', label: 'A' }, b: { type: 'text', label: 'B' } },
})
/** Keys in which a backslash, a quotation mark or a control character could mean something else. */
const oddKeys = defineDataset({
  name: 'odd_keys',
  label: 'Odd keys',
  source: { query: `SELECT 'a' || chr(x) || 'b' AS id FROM generate_series(1, 127) AS x` },
  key: ['id'],
  tenant: { shared: true },
  recordsDelivered: true,
  columns: { id: { type: 'text', label: 'ID' } },
})
const recordedDeals = defineDataset({
  name: 'recorded_deals',
  label: 'Deals',
  source: { table: { schema: 'crm', name: 'deals' } },
  key: ['id'],
  tenant: { column: 'organization_id' },
  recordsDelivered: true,
  columns: { id: { type: 'text', label: 'ID' } },
})
const datasets = createRegistry([...crmDatasets, pairs, oddKeys, recordedDeals])

/** One reads the rows beside Sluice's own tables, the other from what it takes for another server. */
let app: TestApp
let apart: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 6_000, partRows: 1_000, overrides: { datasets } })
  apart = await startApp({
    deals: 0,
    partRows: 1_000,
    sourceUrl: app.database.ownerUrl,
    overrides: { datasets },
  })
})

afterAll(async () => {
  await apart.stop()
  await app.stop()
})

async function rowsOf(of: TestApp, input: object, key?: string): Promise<string[]> {
  const { id } = await acceptExport(of, { options: { header: false, formulaGuard: false }, ...input }, key)
  return await linesOf(await settle(of, id, key))
}

async function linesOf({ error, files }: ExportState): Promise<string[]> {
  expect(error).toBeNull()
  const texts = await Promise.all(files.map(async ({ url }) => (await download(url)).toString()))
  return texts.flatMap((text) => text.split('\n').filter(Boolean))
}

const properties = { dataset: 'properties', columns: [{ name: 'id' }] }

async function allIds(): Promise<string[]> {
  const rows = await sql<{ id: string }>(
    app.database.ownerUrl,
    "SELECT id::text FROM crm.properties WHERE organization_id = 'demo' ORDER BY id",
  )
  return rows.map(({ id }) => id)
}

test('rows that a completed export delivered are left out, with a limit and a filter, until none is left', async () => {
  const ids = await allIds()
  expect(ids.length).toBeGreaterThan(100)
  const first = await rowsOf(app, { ...properties, limit: 40 })
  expect(first).toEqual(ids.slice(0, 40))
  const filter = { field: { column: 'id', is: { number: { lte: ids[89]! } } } }
  const second = await rowsOf(app, { ...properties, filter, excludeDelivered: true })
  expect(second.sort()).toEqual(ids.slice(40, 90).sort())
  const principal = (await authenticate(app.api.services, app.key))!
  const rest = { door: 'test', dataset: 'properties', excludeDelivered: true }
  expect(await countRows(app.api.services, principal, rest)).toBe(ids.length - 90)
  const third = await rowsOf(app, { ...properties, excludeDelivered: true })
  expect(third.sort()).toEqual(ids.slice(90).sort())
  expect(await rowsOf(app, { ...properties, excludeDelivered: true })).toEqual([])
  // Without the wish, all of them come again.
  expect(await rowsOf(app, properties)).toHaveLength(ids.length)
})

test('only a completed export delivers: a canceled or failed one does not', async () => {
  const { organizationId } = app
  const before = await sql(
    app.database.ownerUrl,
    'SELECT count(*) FROM sluice.delivered_rows WHERE organization_id = $1 AND dataset = $2',
    [organizationId, 'people'],
  )
  expect(before).toEqual([{ count: '0' }])
  const plan = (rows: number | null) =>
    sql(app.database.ownerUrl, "UPDATE sluice.plans SET max_rows_per_export = $1 WHERE name = 'unlimited'", [
      rows,
    ])
  await plan(5)
  const { id } = await acceptExport(app, { dataset: 'people' })
  expect(await settle(app, id)).toMatchObject({ status: 'FAILED', error: { code: 'ROW_LIMIT_EXCEEDED' } })
  await plan(null)
  const left = await rowsOf(app, { dataset: 'people', columns: [{ name: 'id' }], excludeDelivered: true })
  const [all] = await sql<{ count: string }>(
    app.database.ownerUrl,
    "SELECT count(*) FROM crm.people WHERE organization_id = 'demo'",
  )
  expect(left).toHaveLength(Number(all!.count))
})

test('what one organization was delivered, another one still gets', async () => {
  const other = await app.addOrganization('others')
  const mine = await rowsOf(app, { dataset: 'pairs', excludeDelivered: true })
  expect(mine).toHaveLength(5000)
  const theirs = await rowsOf(app, { dataset: 'pairs', excludeDelivered: true }, other.key)
  expect(theirs).toHaveLength(5000)
})

test('deleting an export does not undo that its rows were delivered', async () => {
  const other = await app.addOrganization('deleting')
  const { id } = await acceptExport(app, { dataset: 'pairs', limit: 4000 }, other.key)
  await settle(app, id, other.key)
  await app.graphql('mutation ($id: ID!) { deleteExport(id: $id) { __typename } }', { id }, other.key)
  expect(await rowsOf(app, { dataset: 'pairs', excludeDelivered: true }, other.key)).toHaveLength(1000)
})

test('with rows on another server, keys of several columns and several files it is the same', async () => {
  const first = await rowsOf(apart, { dataset: 'pairs', limit: 1500 })
  const second = await rowsOf(apart, { dataset: 'pairs', excludeDelivered: true, maxRowsPerFile: 1000 })
  expect(new Set([...first, ...second]).size).toBe(5000)
  expect(first.length + second.length).toBe(5000)
  expect(await rowsOf(apart, { dataset: 'pairs', excludeDelivered: true })).toEqual([])
})

test('with rows on another server, a key of any characters is known again', async () => {
  const first = await acceptExport(apart, { dataset: 'odd_keys' })
  expect(await settle(apart, first.id)).toMatchObject({ status: 'COMPLETED', rowsExported: 127 })
  const second = await acceptExport(apart, { dataset: 'odd_keys', excludeDelivered: true })
  expect(await settle(apart, second.id)).toMatchObject({ status: 'COMPLETED', rowsExported: 0 })
})

test.each([
  ['beside them', () => app, true],
  ['on another server', () => apart, false],
] as const)('of many rows %s, those that were not delivered come once each', async (_, at, inParts) => {
  const of = at()
  const first = await rowsOf(of, { dataset: 'recorded_deals', limit: 500 })
  const { id } = await acceptExport(of, { dataset: 'recorded_deals', excludeDelivered: true })
  const last = await settle(of, id)
  expect((last.parts?.total ?? 1) > 1).toBe(inParts)
  const [, ...second] = await linesOf(last)
  expect(second).toHaveLength(5_500)
  expect(new Set([...first, ...second]).size).toBe(6_000)
  expect(await rowsOf(of, { dataset: 'recorded_deals', excludeDelivered: true })).toEqual([])
})

test('two exports that record the same rows at once both end', async () => {
  const made = await Promise.all(
    Array.from({ length: 4 }, (_, index) =>
      acceptExport(app, { dataset: 'recorded_deals', limit: 3_000 + index }),
    ),
  )
  for (const { id } of made) expect(await settle(app, id)).toMatchObject({ status: 'COMPLETED', attempt: 1 })
})

test('a dataset that does not record it refuses', async () => {
  const answer = await createExport(app, { dataset: 'deals', excludeDelivered: true })
  expect(answer.issues).toEqual([
    { path: 'excludeDelivered', message: 'it is not recorded which rows of deals were delivered' },
  ])
})

import { parse } from 'csv-parse/sync'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Column } from '../../src/core/dataset.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { readRanges } from '../../src/engine/read-ranges.ts'
import { Snapshot } from '../../src/engine/source/snapshot.ts'
import { Source } from '../../src/engine/source/source.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, download, type ExportState, settle } from '../support/exports.ts'
import { startWorker } from '../support/worker.ts'

const rows = 60_000

// 300 bytes a row are 2,300 blocks of 8 kB: five ranges.
const tableSql = `
  CREATE SCHEMA large; GRANT USAGE ON SCHEMA large TO PUBLIC;
  CREATE TABLE large.numbers AS SELECT n, repeat('x', 250) AS filling FROM generate_series(1, ${rows}) AS n ORDER BY n * 7919 % 60013;
  GRANT SELECT ON large.numbers TO PUBLIC; ANALYZE large.numbers`

const columns: Record<string, Column> = {
  n: { type: 'integer', label: 'n' },
  filling: { type: 'text', label: 'filling' },
  backend: { type: 'integer', label: 'backend', expr: 'pg_backend_pid()' },
  place: { type: 'text', label: 'place', expr: 't.ctid::text' },
  inverse: { type: 'integer', label: 'inverse', expr: '1 / (t.n - 41000)' },
  twice: { type: 'integer', label: 'twice', compute: { from: ['n'], value: ({ n }) => Number(n) * 2 } },
}
const dataset = defineDataset({
  name: 'numbers',
  label: 'Numbers',
  source: { table: { schema: 'large', name: 'numbers' } },
  tenant: { shared: true },
  columns,
})

let app: TestApp
let database: pg.Client

beforeAll(async () => {
  app = await startApp({ deals: 0, workers: 0, overrides: { datasets: createRegistry([dataset]) } })
  database = new pg.Client({ connectionString: app.database.adminUrl })
  await database.connect()
  await database.query(tableSql)
})
afterAll(async () => {
  await database.end()
  await app.stop()
})

async function run(
  input: object,
  limits: { connectionsPerExport?: number; statementTimeoutMs?: number } = {},
): Promise<ExportState> {
  const worker = await startWorker(app, { source: new Source(app.database.appUrl, limits) })
  onTestFinished(() => worker.stop())
  const { id } = await acceptExport(app, { dataset: 'numbers', ...input })
  return await settle(app, id)
}

async function recordsOf(state: ExportState): Promise<Record<string, string>[]> {
  expect(state).toMatchObject({ status: 'COMPLETED', rowsExported: rows })
  const files = await Promise.all(state.files.map(({ url }) => download(url)))
  return files.flatMap((file) => parse(file, { columns: true }) as Record<string, string>[])
}

const backendsOf = (records: readonly Record<string, string>[]) =>
  new Set(records.map(({ backend }) => backend)).size

const withBackend = { columns: ['n', 'place', 'backend'].map((name) => ({ name })) }

test('two connections read a large table, and the file is in its order as with one', async () => {
  const two = await recordsOf(await run(withBackend))
  expect(backendsOf(two)).toBe(2)
  const { rows: stored } = await database.query<{ n: number }>('SELECT n FROM large.numbers ORDER BY ctid')
  expect(two.map(({ n }) => Number(n))).toEqual(stored.map(({ n }) => n))
})

test.for([
  ['CSV', 'n'],
  ['CSV', 'twice'],
  ['JSON', 'n'],
  ['NDJSON', 'n'],
] as const)('%s with %s has the same bytes over three connections as over one', async ([format, column]) => {
  const input = { format, name: 'same', columns: [{ name: column }, { name: 'filling' }] }
  const one = await run(input, { connectionsPerExport: 1 })
  const three = await run(input, { connectionsPerExport: 3 })
  expect(three).toMatchObject({ status: 'COMPLETED', rowsExported: rows })
  expect(three.files[0]!.bytes).toBeGreaterThan(rows * 250)
  expect(three.files[0]!.sha256).toBe(one.files[0]!.sha256)
})

test.for([
  ['a sort', { sort: [{ column: 'n' }] }, {}],
  ['files of so many rows', { maxRowsPerFile: 25_000 }, {}],
  ['a time limit for all rows', {}, { statementTimeoutMs: 60_000 }],
] as const)('one connection is enough for %s', async ([, input, limits]) => {
  const records = await recordsOf(await run({ ...withBackend, ...input }, limits))
  expect(backendsOf(records)).toBe(1)
})

test('a row that fails on one of the connections ends the export and leaves none of them open', async () => {
  const failed = await run({ columns: [{ name: 'n' }, { name: 'inverse' }] })
  expect(failed).toMatchObject({ status: 'FAILED', files: [], error: { code: expect.any(String) } })
  const { rows: open } = await database.query(
    `SELECT query FROM pg_stat_activity WHERE application_name LIKE 'sluice-export %'`,
  )
  expect(open).toEqual([])
})

test('a reader that stops early ends the reading on every connection', async () => {
  const options = { url: app.database.appUrl, timeZone: 'UTC', applicationName: 'early end', session: {} }
  const format = {
    copySql: ({ from }: { from: string }) => `COPY (SELECT t.* ${from}) TO STDOUT`,
  }
  {
    await using holder = await Snapshot.take(options)
    await using joined = await Snapshot.join(options, holder.id)
    const ranges = ["t.ctid < '(500,0)'", "t.ctid >= '(500,0)'"]
    const source = readRanges([holder.holder, joined.holder], ranges, {
      format,
      plan: { source: 'large.numbers t', join: '', conditions: [], columns: [], orderBy: '' },
      options: {},
      signal: new AbortController().signal,
    } as never)
    for await (const block of source) {
      expect(block.rows).toBeGreaterThan(0)
      break
    }
  }
  const { rows: open } = await database.query(
    `SELECT query FROM pg_stat_activity WHERE application_name = 'early end'`,
  )
  expect(open).toEqual([])
})

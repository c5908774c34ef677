import { parse } from 'csv-parse/sync'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Column, Dataset } from '../../src/core/dataset.ts'
import { type ExportFormat, exportFormats } from '../../src/core/spec.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { readParquet } from '../engine/formats/parquet-reader.ts'
import { readXlsx } from '../engine/formats/xlsx-reader.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, createExport, download, type ExportState, settle } from '../support/exports.ts'
import { readXls } from '../support/read-xls.ts'

const rows = 2_000
const wideNames = Array.from({ length: 1_600 }, (_, index) => `c${index}`)

const tablesSql = `
  CREATE SCHEMA odd; GRANT USAGE ON SCHEMA odd TO PUBLIC; SET search_path = odd;
  CREATE TABLE keyless AS SELECT n % 10 AS n, 'text ' || n % 7 AS txt FROM generate_series(1, ${rows}) n;
  CREATE VIEW a_view AS SELECT * FROM keyless;
  CREATE MATERIALIZED VIEW stored_view AS SELECT * FROM keyless;
  CREATE TABLE split (n int, txt text) PARTITION BY LIST (n);
  CREATE TABLE split_low PARTITION OF split FOR VALUES IN (0, 1, 2, 3);
  CREATE TABLE split_rest PARTITION OF split DEFAULT;
  INSERT INTO split SELECT * FROM keyless;
  CREATE TABLE parent (n int, txt text);
  CREATE TABLE child () INHERITS (parent);
  INSERT INTO parent SELECT * FROM keyless LIMIT 500;
  INSERT INTO child SELECT * FROM keyless OFFSET 500;
  CREATE TABLE generated (n int, twice int GENERATED ALWAYS AS (n * 2) STORED, txt text);
  INSERT INTO generated (n, txt) SELECT * FROM keyless;
  CREATE TABLE empty (n int, txt text);
  CREATE TABLE wide (${wideNames.map((name) => `${name} smallint`).join(', ')});
  INSERT INTO wide SELECT ${wideNames.map((_, index) => `n + ${index}`).join(', ')} FROM generate_series(1, 3) n;
  CREATE TABLE huge AS SELECT 1 AS n, 'small' AS txt UNION ALL SELECT 2, repeat('x', 129 * 1024 * 1024);
  CREATE TABLE things (id int PRIMARY KEY);
  CREATE TABLE attributes (org text, id text, type text);
  CREATE TABLE attribute_values (thing int, attribute text, value text);
  INSERT INTO things VALUES (1), (2), (3), (4);
  INSERT INTO attributes VALUES ('demo', 'size', 'integer'), ('demo', 'due', 'date'), ('demo', 'marks', 'integer[]');
  INSERT INTO attribute_values VALUES (1, 'size', '7'), (2, 'size', 'seven'), (3, 'size', ''), (1, 'due', '2026-02-30'),
    (4, 'due', '2026-03-01'), (1, 'marks', '1;x;3'), (2, 'marks', '');
  GRANT SELECT ON ALL TABLES IN SCHEMA odd TO PUBLIC; ANALYZE`

const both: Record<string, Column> = {
  n: { type: 'integer', label: 'n' },
  txt: { type: 'text', label: 'txt' },
}

function dataset(name: string, columns: Record<string, Column> = both, more: Partial<Dataset> = {}): Dataset {
  return defineDataset({
    name,
    label: name,
    source: { table: { schema: 'odd', name } },
    tenant: { shared: true },
    columns,
    ...more,
  } as Dataset)
}

const wideColumns = Object.fromEntries(
  wideNames.map((name): [string, Column] => [name, { type: 'integer', label: name }]),
)

const datasets = createRegistry([
  ...['keyless', 'a_view', 'stored_view', 'split', 'parent', 'empty', 'huge'].map((name) => dataset(name)),
  dataset('generated', { ...both, twice: { type: 'integer', label: 'twice' } }),
  dataset('wide', wideColumns),
  // More than PostgreSQL can hold in one value.
  dataset('beyond', both, { source: { query: `SELECT 1 AS n, repeat('x', 1100000000) AS txt` } }),
  dataset(
    'things',
    { id: { type: 'integer', label: 'id' } },
    {
      key: ['id'],
      dynamicColumns: [
        {
          prefix: 'a_',
          label: 'Attributes',
          catalog: 'SELECT id, id AS label, type, NULL::jsonb AS options FROM odd.attributes WHERE org = $1',
          expr: '(SELECT v.value FROM odd.attribute_values v WHERE v.thing = t.id AND v.attribute = :id)',
        },
      ],
    },
  ),
])

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 0, partRows: 500, overrides: { datasets } })
  const client = new pg.Client({ connectionString: app.database.adminUrl })
  await client.connect()
  await client.query(tablesSql)
  await client.end()
})

afterAll(() => app.stop())

async function run(input: object): Promise<ExportState> {
  const { id } = await acceptExport(app, input)
  return await settle(app, id)
}

async function csvOf(input: object): Promise<Record<string, string>[]> {
  const last = await run(input)
  expect(last).toMatchObject({ status: 'COMPLETED', error: null })
  return parse(await download(last.files[0]!.url), { columns: true })
}

const inOrder = (list: readonly Record<string, string>[]) =>
  list.map(({ n, txt }) => `${n} ${txt}`).toSorted()
const expectedRows = Array.from(
  { length: rows },
  (_, index) => `${(index + 1) % 10} text ${(index + 1) % 7}`,
).toSorted()

describe('without a key', () => {
  test.for([
    ['keyless', 4],
    ['stored_view', 4],
    ['a_view', null],
    ['split', null],
    ['parent', null],
    ['generated', 4],
  ] as const)('%s holds every row once, in %j parts', async ([name, parts]) => {
    const last = await run({ dataset: name, columns: [{ name: 'n' }, { name: 'txt' }] })
    expect(last.error).toBeNull()
    expect(last.parts).toEqual(parts === null ? null : { ready: parts, total: parts })
    expect(inOrder(parse(await download(last.files[0]!.url), { columns: true }))).toEqual(expectedRows)
  })

  test('a sort by what is not unique still has every row once, in that order', async () => {
    const sorted = await csvOf({ dataset: 'keyless', sort: [{ column: 'n' }] })
    expect(sorted.map(({ n }) => Number(n))).toEqual(expectedRows.map((row) => Number(row.split(' ')[0])))
    expect(inOrder(sorted)).toEqual(expectedRows)
  })
})

/** What an empty table leaves in a file, and how it is read. */
const emptyFiles: Readonly<Record<ExportFormat, [(file: Buffer) => unknown, unknown]>> = {
  csv: [String, 'n,txt\n'],
  tsv: [String, 'n\ttxt\n'],
  json: [(file) => JSON.parse(String(file)), []],
  ndjson: [String, ''],
  xlsx: [(file) => Object.values(readXlsx(file).sheets[0]!.cells).map(({ value }) => value), ['n', 'txt']],
  xls: [(file) => readXls(file)[0]!.rows.map((row) => row.map((cell) => cell?.value)), [['n', 'txt']]],
  parquet: [
    async (file) => {
      const { schema, rows: none } = await readParquet(file)
      return [schema.length, none]
    },
    [2, []],
  ],
}

test.for(exportFormats)('an empty table is a whole %s file', async (format) => {
  const last = await run({ dataset: 'empty', format: format.toUpperCase() })
  expect(last).toMatchObject({ status: 'COMPLETED', rowsExported: 0 })
  const [read, expected] = emptyFiles[format]
  expect(await read(await download(last.files[0]!.url))).toEqual(expected)
})

describe('a table of 1,600 columns', () => {
  test('goes into CSV, JSON and XLSX', async () => {
    const [first] = await csvOf({ dataset: 'wide' })
    expect(Object.keys(first!)).toEqual(wideNames)
    expect([first!.c0, first!.c1599]).toEqual(['1', '1600'])
    const json = await run({ dataset: 'wide', format: 'JSON' })
    const objects = JSON.parse((await download(json.files[0]!.url)).toString())
    expect(Object.keys(objects[2])).toEqual(wideNames)
    expect(objects[2].c1599).toBe(1602)
    const xlsx = await run({ dataset: 'wide', format: 'XLSX' })
    const [sheet] = readXlsx(await download(xlsx.files[0]!.url)).sheets
    expect(sheet!.cells.BIN4?.value).toBe('1602')
  })

  test('is refused by XLS, which says how many it takes', async () => {
    const answer = await createExport(app, { dataset: 'wide', format: 'XLS' })
    expect(answer.issues).toEqual([
      { path: 'columns', message: 'an XLS sheet has at most 256 columns, not 1600; XLSX has room for more' },
    ])
  })
})

test('columns that Parquet cannot tell apart are refused when the export is asked for', async () => {
  const columns = [
    { name: 'n', label: 'Value' },
    { name: 'txt', label: 'VALUE' },
  ]
  const answer = await createExport(app, {
    dataset: 'keyless',
    columns,
    format: 'PARQUET',
    options: { textColumns: ['Valeu'] },
  })
  expect(answer.issues).toEqual([
    { path: 'columns.1', message: 'a Parquet file cannot have two columns "VALUE", not even in other case' },
    { path: 'options.textColumns.0', message: 'the file has no column "Valeu"' },
  ])
})

test('a row that is too large fails the export, and says what to do', async () => {
  const last = await run({ dataset: 'huge' })
  expect(last).toMatchObject({
    status: 'FAILED',
    files: [],
    error: { code: 'ROW_TOO_LARGE', retryable: false },
  })
  expect(await csvOf({ dataset: 'huge', columns: [{ name: 'n' }] })).toHaveLength(2)
  expect(await run({ dataset: 'beyond' })).toMatchObject({
    status: 'FAILED',
    error: { code: 'ROW_TOO_LARGE' },
  })
})

test('attributes in a table of their own are columns: offered, typed, filtered and sorted, whatever somebody typed', async () => {
  const { data } = await app.graphql<{ dataset: { columns: object[] } }>(
    `{ dataset(name: "things") { columns { name type isList isSortable } } }`,
  )
  expect(data?.dataset.columns).toContainEqual({
    name: 'a_size',
    type: 'INTEGER',
    isList: false,
    isSortable: true,
  })
  const columns = ['id', 'a_size', 'a_due', 'a_marks'].map((name) => ({ name }))
  expect(await csvOf({ dataset: 'things', columns, sort: [{ column: 'a_size' }, { column: 'id' }] })).toEqual(
    [
      { id: '1', a_size: '7', a_due: '', a_marks: '1; ; 3' },
      { id: '2', a_size: '', a_due: '', a_marks: '' },
      { id: '3', a_size: '', a_due: '', a_marks: '' },
      { id: '4', a_size: '', a_due: '2026-03-01', a_marks: '' },
    ],
  )
  const filter = { field: { column: 'a_size', is: { number: { gt: 5 } } } }
  expect(await csvOf({ dataset: 'things', columns: [{ name: 'id' }], filter })).toEqual([{ id: '1' }])
})

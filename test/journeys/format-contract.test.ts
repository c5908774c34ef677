import { parse } from 'csv-parse/sync'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ExportFormat, exportFormats } from '../../src/core/spec.ts'
import { readXlsx } from '../engine/formats/xlsx-reader.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, download, settle } from '../support/exports.ts'
import { readXls } from '../support/read-xls.ts'
import { sql } from '../support/sql.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 400 })
})

afterAll(() => app.stop())

const names = ['id', 'name', 'summary', 'amount', 'deal_analyzed'] as const
type Row = Readonly<Record<(typeof names)[number], unknown>>
type Reader = (bytes: Buffer) => Row[] | Promise<Row[]>

const delimited =
  (delimiter: string): Reader =>
  (bytes) =>
    parse(bytes, { columns: true, delimiter }) as Row[]

const rowOf = (cells: readonly unknown[]) =>
  Object.fromEntries(names.map((name, at) => [name, cells[at] ?? null])) as Row

/** A reader for every format, none of them ours but for the two workbooks', which are written from the standards. */
const readers: Readonly<Record<ExportFormat, Reader>> = {
  csv: delimited(','),
  tsv: delimited('\t'),
  json: (bytes) => JSON.parse(bytes.toString()),
  ndjson: (bytes) =>
    bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  xlsx: (bytes) => {
    const [sheet] = readXlsx(bytes).sheets
    return Array.from({ length: sheet!.rows - 1 }, (_, index) =>
      rowOf(
        [...'ABCDE'].map((column) => {
          const cell = sheet!.cells[`${column}${index + 2}`]
          return cell?.type === 'b' ? cell.value === '1' : cell?.value
        }),
      ),
    )
  },
  xls: (bytes) => {
    const [sheet] = readXls(bytes)
    return sheet!.rows.slice(1).map((cells) => rowOf(names.map((_, at) => cells[at]?.value)))
  },
  parquet: async (bytes) => (await parquetReadObjects({ file: new Uint8Array(bytes).buffer })) as Row[],
}

/** What all formats can tell: CSV has no NULL beside the empty text, and a workbook's numbers are doubles. */
const comparable = (row: Row) => ({
  id: row.id,
  name: row.name ?? '',
  summary: row.summary ?? '',
  amount: row.amount === null || row.amount === '' ? '' : Number(row.amount).toPrecision(12),
  deal_analyzed: String(row.deal_analyzed),
})

test.for(exportFormats)('%s holds every row, in order, with every text and number', async (format) => {
  const { id } = await acceptExport(app, {
    dataset: 'deals',
    columns: names.map((name) => ({ name })),
    sort: [{ column: 'id' }],
    format: format.toUpperCase(),
    ...(format === 'csv' || format === 'tsv' ? { options: { formulaGuard: false } } : {}),
    // hyparquet reads no zstd.
    ...(format === 'parquet' ? { options: { pageCompression: 'SNAPPY' } } : {}),
  })
  const last = await settle(app, id)
  expect(last).toMatchObject({ status: 'COMPLETED', rowsExported: 400, error: null })
  const rows = await readers[format](await download(last.files[0]!.url))
  const expected = await sql<Row & Record<string, unknown>>(
    app.database.ownerUrl,
    `SELECT ${names.join(', ')} FROM crm.deals WHERE organization_id = 'demo' ORDER BY id`,
  )
  expect(expected.some(({ name }) => /[^\u0020-\u024f]/u.test(String(name)))).toBe(true)
  expect(rows.map(comparable)).toEqual(expected.map(comparable))
})

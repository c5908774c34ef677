import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { readXls } from '../../support/read-xls.ts'
import { everyType, everyTypeSql } from './every-type.ts'
import { exportFile, tableDataset } from './export-text.ts'
import { readXlsx } from './xlsx-reader.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query(everyTypeSql)
  await client.end()
})

afterAll(() => database.drop())

const options = { sheetName: 'Every: type', listSeparator: ' | ', timeZone: 'Asia/Tokyo' }

/** What each cell says, as text; missing cells are null. */
const expectedRows = [
  [
    '1',
    'plain',
    '42',
    '12.50',
    '0.1',
    '1',
    '46091',
    '0.395833333333',
    '46091.5',
    '46091.875001423611',
    'P1DT2H',
  ],
  ['2', null, null, null, null, null, null, null, null, null, null],
  [
    '3',
    '',
    '-9223372036854775808',
    '123456789012345678901234567890.123456789',
    'NaN',
    '0',
    'infinity',
    '24:00:00',
    '-infinity',
    'infinity',
    'P-1M',
  ],
]
const lists = ['a | b', '1 | 2', 'true | false', '2026-03-10 21:00:00+09', 'fine']

test('XLSX has every type in its cells, and tells of its sheets', async () => {
  const summaries: unknown[] = []
  const file = await exportFile({
    url: database.adminUrl,
    dataset: everyType,
    format: 'xlsx',
    options,
    onSummary: (summary) => summaries.push(summary),
  })
  const [sheet] = readXlsx(file).sheets
  const cell = (column: number, row: number) =>
    sheet!.cells[`${String.fromCharCode(65 + column)}${row}`]?.value ?? null
  expect(sheet!.name).toBe('Every  type')
  for (const [index, row] of expectedRows.entries()) {
    expect(row.map((_, column) => short(cell(column, index + 2)))).toEqual(row.map(short))
  }
  expect(lists.map((_, index) => cell(16 + index, 2))).toEqual(lists)
  expect(cell(16, 5)).toBe('x,"y |  |  | \n\\')
  expect(cell(16, 6)).toBe('=1+1')
  expect(summaries).toEqual([{ sheets: 1, truncatedCells: 0 }])
})

test('XLS has every type in its cells, and tells of what it cut', async () => {
  const summaries: unknown[] = []
  const file = await exportFile({
    url: database.adminUrl,
    dataset: everyType,
    format: 'xls',
    options,
    onSummary: (summary) => summaries.push(summary),
  })
  const [sheet] = readXls(file)
  const cell = (column: number, row: number) => {
    const value = sheet!.rows[row - 1]?.[column]?.value ?? null
    return typeof value === 'boolean' ? String(Number(value)) : value === null ? null : String(value)
  }
  expect(sheet!.name).toBe('Every  type')
  for (const [index, row] of expectedRows.entries()) {
    expect(row.map((_, column) => short(cell(column, index + 2)))).toEqual(row.map(short))
  }
  expect(lists.map((_, index) => cell(16 + index, 2))).toEqual(lists)
  expect(summaries).toEqual([{ sheets: 1, truncatedCells: 0 }])

  const long = {
    ...tableDataset('long', { a: { type: 'text', label: 'a' } }),
    source: { query: "SELECT 1 AS n, repeat('x', 40000) AS a" },
  }
  for (const format of ['xls', 'xlsx'] as const) {
    await exportFile({
      url: database.adminUrl,
      dataset: long,
      format,
      onSummary: (summary) => summaries.push(summary),
    })
  }
  expect(summaries.slice(1)).toEqual([
    { sheets: 1, truncatedCells: 1 },
    { sheets: 1, truncatedCells: 1 },
  ])
})

/** Readers give more digits of a serial number, or fewer zeros, than the writer's text. */
function short(value: string | null): string | null {
  return value !== null && /^\d+\.\d{2,}$/.test(value) && value.length < 30
    ? String(Number(Number(value).toFixed(9)))
    : value
}

test('a column’s own format is how its cells are shown; their values keep all digits', async () => {
  const shown = {
    ...tableDataset('shown', {
      price: { type: 'decimal', label: 'price', format: { decimals: 2, excel: '#,##0.00 "€" & <b>' } },
      rate: { type: 'float', label: 'rate', format: { decimals: 3 } },
      day: { type: 'date', label: 'day', format: { pattern: 'dddd, D. MMM YYYY' } },
      at: { type: 'timestamptz', label: 'at', format: { pattern: 'DD/MM/YY [um] HH:mm:ss.SSS Z' } },
      plain: { type: 'decimal', label: 'plain' },
    }),
    source: {
      query: `SELECT 1 AS n, 1234.567 AS price, 0.125::float8 AS rate, date '2026-03-10' AS day,
        timestamptz '2026-03-10 12:00:00.5+00' AS at, 1.5 AS plain`,
    },
  }
  const formats = [
    '#,##0.00 "€" & <b>',
    '0.000',
    'dddd", "d. mmm yyyy',
    'dd/mm/yy "um" hh:mm:ss.000',
    'General',
  ]
  const values = [1234.567, 0.125, 46091, 46091.500005787035, 1.5]

  const xls = readXls(await exportFile({ url: database.adminUrl, dataset: shown, format: 'xls' }))
  const cells = xls[0]!.rows[1]!
  expect(cells.map((cell) => cell?.value)).toEqual(values)
  expect(cells.map((cell) => cell?.format)).toEqual(formats)

  const { sheets, parts } = readXlsx(
    await exportFile({ url: database.adminUrl, dataset: shown, format: 'xlsx' }),
  )
  const styles = parts.get('xl/styles.xml')!
  const codes = new Map(
    [...styles.matchAll(/numFmtId="(\d+)" formatCode="([^"]*)"/g)].map(([, id, code]) => [id, code]),
  )
  const xfs = [
    .../<cellXfs count="\d+">(.*?)<\/cellXfs>/s.exec(styles)![1]!.matchAll(/<xf numFmtId="(\d+)"/g),
  ]
  const found = [...'ABCDE'].map((column) => sheets[0]!.cells[`${column}2`]!)
  expect(found.map(({ value }) => Number(value))).toEqual(values)
  expect(found.map(({ style }) => codes.get(xfs[style]![1]!) ?? 'General')).toEqual(
    formats.map((format) =>
      format
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;'),
    ),
  )
})

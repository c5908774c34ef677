import { parse } from 'csv-parse/sync'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Column, Dataset } from '../../src/core/dataset.ts'
import type { ExportFormat } from '../../src/core/spec.ts'
import { columnTypeOf } from '../../src/datasets/column-type-of.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { loadPgTypes } from '../../src/datasets/pg-type.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { readParquet } from '../engine/formats/parquet-reader.ts'
import { readXlsx } from '../engine/formats/xlsx-reader.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, download, type ExportState, settle } from '../support/exports.ts'
import { readXls } from '../support/read-xls.ts'
import { typeCases, typesSql } from './postgres-types.ts'

let app: TestApp

/** Rows of the table: every value of the type that has most, and one where all is NULL. */
const rowCount = Math.max(...typeCases.map(({ values }) => values.length)) + 1

/** No table can be named with more: 63 bytes, some of them not ASCII, a quote among them. */
const tableName = `Ein "Name" mit 63 Bytes: ${'ü'.repeat(19)}`
const schemaName = 'Typen "neu"'
const idColumn = 'Die Nr. (№), "quoted"; --'

beforeAll(async () => {
  const types = emptyRegistry()
  app = await startApp({ deals: 0, overrides: { datasets: types.registry } })
  const client = new pg.Client({ connectionString: app.database.ownerUrl })
  await client.connect()
  try {
    await client.query(typesSql)
    await createTable(client)
    types.add(await describeTable(client))
  } finally {
    await client.end()
  }
})

afterAll(() => app.stop())

/** The dataset follows from the table, which there is only when the app runs. */
function emptyRegistry() {
  const datasets: Dataset[] = []
  const registry = createRegistry([])
  return {
    add: (dataset: Dataset) => datasets.push(dataset),
    registry: {
      get: (name: string) => datasets.find((dataset) => dataset.name === name) ?? registry.get(name),
      all: () => datasets,
    },
  }
}

async function createTable(client: pg.Client): Promise<void> {
  const table = `"${tableName.replaceAll('"', '""')}"`
  const id = `"${idColumn.replaceAll('"', '""')}"`
  const columns = typeCases.map(({ name, pgType }) => `"${name} ♥" ${pgType}`)
  await client.query(`CREATE TABLE ${table} (${id} integer, ${columns.join(', ')})`)
  for (let row = 0; row < rowCount; row += 1) {
    const cells = typeCases.map(({ values }) => values[row]?.sql ?? 'NULL')
    await client.query(`INSERT INTO ${table} VALUES (${[row, ...cells].join(', ')})`)
  }
  await client.query(`GRANT USAGE ON SCHEMA "Typen ""neu""" TO PUBLIC; GRANT SELECT ON ${table} TO PUBLIC`)
}

/** As introspection would: each column's type from the catalog. */
async function describeTable(client: pg.Client): Promise<Dataset> {
  const attributes = await client.query<{ name: string; type: number }>(
    `SELECT attname AS name, atttypid::int AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 1 ORDER BY attnum`,
    [`"${tableName.replaceAll('"', '""')}"`],
  )
  const types = await loadPgTypes(
    async (sql, params) => (await client.query(sql, [...params])).rows,
    attributes.rows.map(({ type }) => type),
  )
  const columns: Record<string, Column> = { id: { type: 'integer', label: 'ID', column: idColumn } }
  for (const { name, type } of attributes.rows) {
    const word = name.replace(' ♥', '')
    const { type: columnType, read } = columnTypeOf(types.get(type)!)
    columns[word] = read
      ? { type: columnType, label: word, expr: read(`t."${name}"`) }
      : { type: columnType, label: word, column: name }
  }
  return defineDataset({
    name: 'everything',
    label: 'Everything',
    source: { table: { schema: schemaName, name: tableName } },
    key: ['id'],
    tenant: { shared: true },
    columns,
    defaultSort: [{ column: 'id', direction: 'asc', nulls: 'last' }],
  })
}

async function exportAs(format: ExportFormat, options: object = {}): Promise<ExportState> {
  const { id } = await acceptExport(app, { dataset: 'everything', format: format.toUpperCase(), options })
  return await settle(app, id)
}

async function fileAs(format: ExportFormat, options: object = {}): Promise<Buffer> {
  const last = await exportAs(format, options)
  expect(last.error).toBeNull()
  expect(last).toMatchObject({ status: 'COMPLETED', rowsExported: rowCount })
  return await download(last.files[0]!.url)
}

/** What CSV holds in a row, by column; null for NULL. */
const csvOf = (row: number) =>
  Object.fromEntries([
    ['id', String(row)],
    ...typeCases.map(({ name, values }) => [name, values[row]?.csv ?? null]),
  ])

test('the catalog gives each column its type', async () => {
  const { data } = await app.graphql<{
    dataset: { columns: { name: string; type: string; isList: boolean }[] }
  }>(`{ dataset(name: "everything") { columns { name type isList } } }`)
  const found = data?.dataset.columns.map(({ name, type, isList }) => [
    name,
    type.toLowerCase() + (isList ? '[]' : ''),
  ])
  expect(found).toEqual([['id', 'integer'], ...typeCases.map(({ name, type }) => [name, type])])
})

test.for<[ExportFormat, string]>([
  ['csv', ','],
  ['tsv', '\t'],
])('%s holds every value, and tells NULL from an empty text', async ([format, delimiter]) => {
  const file = await fileAs(format, { formulaGuard: false, listSeparator: null })
  const rows = parse<Record<string, string | null>>(file, {
    columns: true,
    delimiter,
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
  })
  expect(rows).toEqual(Array.from({ length: rowCount }, (_, row) => csvOf(row)))
})

test('lists are joined, and lists of lists keep PostgreSQL’s own text', async () => {
  const rows = parse<Record<string, string>>(await fileAs('csv'), { columns: true })
  expect(rows[0]).toMatchObject({ ints: '1; ; -3', tags: 'a; b, c' })
  expect(rows[1]).toMatchObject({ texts: String.raw`{{"x\"","{"},{"}","\\"}}` })
  expect(rows[2]).toMatchObject({ ints: '{{1,2},{3,NULL}}' })
})

test.for<ExportFormat>(['json', 'ndjson'])('%s holds every value in JSON’s own types', async (format) => {
  const text = (await fileAs(format)).toString()
  const json = format === 'json' ? text : `[${text.trimEnd().split('\n').join(',')}]`
  const asNumber = new Set(
    typeCases.filter(({ type }) => /^(integer|bigint|decimal|float)$/.test(type)).map(({ name }) => name),
  )
  const rows = JSON.parse(json, function (
    this: unknown,
    key: string,
    value: unknown,
    { source }: { source?: string },
  ) {
    return typeof value === 'number' && asNumber.has(key) ? { digits: source } : value
  } as never) as Record<string, unknown>[]
  for (let row = 0; row < rowCount; row += 1) {
    const expected = typeCases.map(({ name, values }) => [name, values[row]?.json ?? null])
    expect(rows[row]).toEqual({ id: row, ...Object.fromEntries(expected) })
  }
})

describe.each(['xlsx', 'xls'] as const)('%s', (format) => {
  const cellsOf = (file: Buffer): (string | number | boolean | undefined)[][] => {
    if (format === 'xls')
      return readXls(file)[0]!
        .rows.slice(1)
        .map((row) => row.map((cell) => cell?.value))
    const [sheet] = readXlsx(file).sheets
    return Array.from({ length: sheet!.rows - 1 }, (_, row) =>
      [{ name: 'id' }, ...typeCases].map((_, column) => {
        const letters =
          column < 26
            ? String.fromCharCode(65 + column)
            : `${String.fromCharCode(64 + Math.floor(column / 26))}${String.fromCharCode(65 + (column % 26))}`
        const cell = sheet!.cells[`${letters}${row + 2}`]
        if (cell?.type === 'n') return Number(cell.value)
        return cell?.type === 'b' ? cell.value === '1' : cell?.value
      }),
    )
  }

  test('holds every value, numbers and moments as Excel’s own', async () => {
    const rows = cellsOf(await fileAs(format, { listSeparator: null }))
    expect(rows).toHaveLength(rowCount)
    for (const [column, { name, type, values }] of typeCases.entries()) {
      for (let row = 0; row < rowCount; row += 1) {
        const cell = rows[row]![column + 1]
        const expected = values[row]
        const where = `${name}, row ${row}`
        if (!expected) expect(cell, where).toBeUndefined()
        // BIFF has no negative zero.
        else expect(cell === 0 ? 0 : cell, where).toEqual(cellOf(type, expected.csv))
      }
    }
  })
})

/** A workbook's number, boolean or serial day, where it has one that is exact. */
function cellOf(type: string, csv: string): unknown {
  const digits = csv.replace(/e.*/, '').replace(/\D/g, '').replace(/^0+/, '')
  switch (type) {
    case 'integer':
    case 'bigint':
    case 'decimal':
      return /\d/.test(csv) && digits.length <= 15 ? Number(csv) : csv
    case 'float':
      return /\d/.test(csv) ? Number(csv) + 0 : csv
    case 'boolean':
      return csv === 'true'
    case 'date':
      return /^\d{4}-..-..$/.test(csv) ? Date.parse(csv) / 86_400_000 + 25_569 : csv
    case 'time':
      return csv === '24:00:00' ? csv : (9.5 * 3600) / 86_400
    case 'timestamp':
    case 'timestamptz':
      if (!/^\d{4}-.*(?<!BC)$/.test(csv)) return csv
      return expect.closeTo(
        Date.parse(`${csv.slice(0, 10)}T${csv.slice(11, 23).replace(/\+.*/, '')}Z`) / 86_400_000 + 25_569,
        8,
      )
    default:
      return csv
  }
}

describe('parquet', () => {
  const misfits = typeCases.filter(({ misfits: has }) => has).map(({ name }) => name)

  test('holds every value: typed where its type has it, as text where the caller says so', async () => {
    const { rows, schema } = await readParquet(await fileAs('parquet', { textColumns: misfits }))
    expect(rows).toHaveLength(rowCount)
    expect(schema.join('\n')).toContain('bool: BOOLEAN')
    for (const { name, type, values } of typeCases) {
      for (let row = 0; row < rowCount; row += 1) {
        const expected = values[row]
        const found = rows[row]![name]
        const where = `${name}, row ${row}`
        if (!expected) expect(found, where).toBeNull()
        else if (misfits.includes(name) && type.endsWith('[]')) {
          expect(asTexts(JSON.parse(String(found))), where).toEqual(asTexts(expected.json))
        } else if (misfits.includes(name)) expect(found, where).toBe(expected.csv)
        else if (type === 'json') expect(JSON.parse(String(found)), where).toEqual(expected.json)
        else if (type === 'json[]') expect(parsed(found), where).toEqual(expected.json)
        else if (type.endsWith('[]')) expect(asTexts(found), where).toEqual(asTexts(expected.json))
        else expect(parquetText(found, type), where).toBe(parquetText(expected.csv, type))
      }
    }
  })

  test.for(['num_any', 'date', 'ints'])(
    'says which value of %s does not fit, and what to do',
    async (name) => {
      const last = await exportAs('parquet', { textColumns: misfits.filter((other) => other !== name) })
      expect(last.status).toBe('FAILED')
      expect(last.error).toMatchObject({ code: 'FORMAT_LIMIT_EXCEEDED' })
      expect(last.error?.message).toContain(`The column "${name}" holds`)
      expect(last.error?.message).toContain('name the column in textColumns to write it as text')
    },
  )
})

/** A list of JSON texts. */
function parsed(list: unknown): unknown {
  return (list as (string | null)[]).map((text) => (text === null ? null : JSON.parse(text)))
}

/** Elements as texts, whatever reader they come from. */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts)
  if (value === null || value === undefined) return null
  // A DECIMAL(38,9), which hyparquet would make a double of.
  if (value instanceof Uint8Array) return String(Number(`0x${Buffer.from(value).toString('hex')}`) / 1e9)
  return String(value)
}

function parquetText(value: unknown, type: string): string {
  if (type === 'float') return String(Number(value))
  if (type === 'decimal') return String(value).replace(/\.?0+$/, '')
  if (type === 'bytes') return String(value).replace('\\x', '')
  return String(value)
}

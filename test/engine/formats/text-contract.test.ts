import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scalarOf } from '../../../src/core/column-type.ts'
import type { Dataset } from '../../../src/core/dataset.ts'
import { type CsvOptions, csvOptions } from '../../../src/core/options/delimited.ts'
import { stringifyOptions } from '../../../src/engine/formats/delimited.ts'
import { guardText } from '../../../src/engine/formats/formula-guard.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { naughtyStrings } from '../../support/naughty-strings.ts'
import { everyType, everyTypeSql } from './every-type.ts'
import { exportFile, tableDataset } from './export-text.ts'

type Cell = string | null

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query("SET TimeZone = 'UTC'; SET IntervalStyle = iso_8601")
  await client.query(everyTypeSql)
  await client.query('CREATE TABLE texts (n integer PRIMARY KEY, a text, "b ""c""" text, list text[])')
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

/** Every value as Postgres itself casts it to text. */
async function castToText(dataset: Dataset): Promise<Record<string, Cell>[]> {
  const names = Object.keys(dataset.columns)
  const casts = names.map((name) => `"${name}"::text AS "${name}"`)
  return (await client.query(`SELECT ${casts} FROM "${dataset.name}" AS t ORDER BY t.n`)).rows
}

/** The cells of a file, by somebody else's reader: NULL is what stands bare as the null text. */
function readDelimited(file: Buffer, options: Partial<CsvOptions>): Cell[][] {
  return parse(file, {
    delimiter: options.delimiter ?? ',',
    record_delimiter: options.lineEnding === 'crlf' ? '\r\n' : '\n',
    encoding: options.encoding === 'utf-16le' ? 'utf16le' : 'utf8',
    bom: true,
    cast: (value, { quoting }) => (!quoting && value === (options.nullText ?? '') ? null : value),
  })
}

describe.each<[string, 'csv' | 'tsv', Partial<CsvOptions>]>([
  ['CSV', 'csv', {}],
  ['CSV with every cell quoted', 'csv', { quote: 'all' }],
  ['CSV with text quoted', 'csv', { quote: 'nonnumeric' }],
  ['CSV for Excel in Europe', 'csv', { delimiter: ';', lineEnding: 'crlf', bom: true }],
  ['CSV with a word for NULL', 'csv', { nullText: 'NULL' }],
  ['CSV in UTF-16LE', 'csv', { encoding: 'utf-16le', delimiter: '|' }],
  ['TSV', 'tsv', {}],
  ['TSV in UTF-16LE with CRLF', 'tsv', { encoding: 'utf-16le', lineEnding: 'crlf', quote: 'all' }],
])('%s', (_, format, some) => {
  const delimiter = format === 'tsv' ? '\t' : (some.delimiter ?? ',')
  const reading = { ...some, delimiter }

  test('every type is the text that Postgres casts it to', async () => {
    const options = { ...some, formulaGuard: false, listSeparator: null }
    const file = await exportFile({ url: database.adminUrl, dataset: everyType, format, options })
    const expected = await castToText(everyType)
    expect(readDelimited(file, reading)).toEqual([
      Object.keys(everyType.columns),
      ...expected.map((row) => Object.values(row)),
    ])
  })

  test('any text survives, and csv-stringify would have written the same bytes', async () => {
    await withRandomRows(async (rows) => {
      const options = { ...some, formulaGuard: false }
      const dataset = tableDataset('texts', {
        a: { type: 'text', label: 'a' },
        'b "c"': { type: 'text', label: 'b' },
      })
      const file = await exportFile({ url: database.adminUrl, dataset, format, options })
      const records = [['a', 'b "c"'], ...rows.map(({ a, b }) => [a, b])]
      expect(readDelimited(file, reading)).toEqual(records)
      if (some.nullText !== undefined) return
      const all = csvOptions.parse(reading)
      const rowEnd = some.lineEnding === 'crlf' ? '\r\n' : '\n'
      const mark = some.bom || some.encoding ? '\ufeff' : ''
      const text = mark + stringify(records, stringifyOptions(all, 2, rowEnd))
      expect(file).toEqual(Buffer.from(text, some.encoding === 'utf-16le' ? 'utf16le' : 'utf8'))
    })
  })

  test('the guard puts an apostrophe before formulas, and changes nothing else', async () => {
    await withRandomRows(async (rows) => {
      const dataset = tableDataset('texts', {
        a: { type: 'text', label: 'a' },
        list: { type: 'text[]', label: 'l' },
      })
      const options = { ...some, listSeparator: '|' }
      const file = await exportFile({ url: database.adminUrl, dataset, format, options })
      const joined = rows.map(({ list }) => list?.map((item) => item ?? some.nullText ?? '').join('|'))
      const guarded = (text: Cell) => text && guardText(text)
      expect(readDelimited(file, reading).slice(1)).toEqual(
        rows.map(({ a }, index) => [guarded(a), guarded(joined[index] ?? null)]),
      )
    })
  })
})

describe.each(['json', 'ndjson'] as const)('%s', (format) => {
  const rowsOf = (
    file: Buffer,
    reviver?: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) =>
    format === 'json'
      ? (JSON.parse(file.toString(), reviver as never) as Record<string, unknown>[])
      : file
          .toString()
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line, reviver as never) as Record<string, unknown>)

  test('every type is what JSON has for it', async () => {
    const file = await exportFile({ url: database.adminUrl, dataset: everyType, format })
    const rows = rowsOf(file, (_key, value, { source }) =>
      typeof value === 'number' ? `number ${source}` : value,
    )
    const expected = await castToText(everyType)
    expect(rows).toHaveLength(expected.length)
    for (const [index, row] of rows.entries()) {
      expect(Object.keys(row)).toEqual(Object.keys(everyType.columns))
      for (const [name, { type }] of Object.entries(everyType.columns)) {
        const text = expected[index]![name] ?? null
        const where = `${name} of row ${index + 1}`
        if (text === null) expect(row[name], where).toBeNull()
        else if (type.endsWith('[]')) expect(row[name], where).toBeInstanceOf(Array)
        else expect(row[name], where).toEqual(jsonOf(text, scalarOf(type)))
      }
    }
  })

  test('any text survives, in lists too', async () => {
    await withRandomRows(async (rows) => {
      const dataset = tableDataset('texts', {
        a: { type: 'text', label: 'a' },
        list: { type: 'text[]', label: 'l' },
      })
      const file = await exportFile({ url: database.adminUrl, dataset, format })
      expect(rowsOf(file)).toEqual(rows.map(({ a, list }) => ({ a, list })))
    })
  })
})

/** What JSON should hold for Postgres' own text of a value; numbers as their digits. */
function jsonOf(text: string, type: string): unknown {
  switch (type) {
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'float':
      return /^-?\d/.test(text) ? `number ${text}` : text
    case 'boolean':
      return text === 'true'
    case 'json':
      return JSON.parse(text, ((_key: string, value: unknown, { source }: { source?: string }) =>
        typeof value === 'number' ? `number ${source}` : value) as never)
    case 'timestamp':
      return text.replace(/(\d) (\d)/, '$1T$2')
    case 'timestamptz':
      return text.replace(/(\d) (\d)/, '$1T$2').replace(/\+00/, '+00:00')
    default:
      return text
  }
}

interface TextRow {
  readonly a: Cell
  readonly b: Cell
  readonly list: readonly Cell[] | null
}

/** Texts that readers of text files stumble over, texts of any characters, and those that people collect. */
const text = fc.oneof(
  fc.constantFrom(...naughtyStrings),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        ',',
        ';',
        '|',
        '\t',
        '\n',
        '\r',
        '\\',
        '\\.',
        '=',
        '+',
        '-1',
        '@',
        ' ',
        "'",
        '\ufeff',
        'NULL',
        '＝',
        'é',
        '\x01',
        '\x02',
        '\u2028',
        '00',
      ),
    )
    .map((pieces) => pieces.join('')),
)
const cell = fc.option(
  text.map((value) => value.replaceAll('\0', '').toWellFormed()),
  { freq: 8 },
)
const rows = fc.array(fc.record({ a: cell, b: cell, list: fc.option(fc.array(cell, { maxLength: 4 })) }), {
  minLength: 1,
  maxLength: 200,
  size: 'max',
})

async function withRandomRows(check: (rows: readonly TextRow[]) => Promise<void>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(rows, async (random) => {
      await client.query('TRUNCATE texts')
      const values = JSON.stringify(random)
      await client.query(
        `INSERT INTO texts SELECT n, item ->> 'a', item ->> 'b',
           CASE WHEN jsonb_typeof(item -> 'list') = 'array' THEN
             ARRAY(SELECT e ->> 0 FROM jsonb_array_elements(item -> 'list') WITH ORDINALITY AS x(v, i), jsonb_build_array(v) AS e ORDER BY i) END
         FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS r(item, n)`,
        [values],
      )
      await check(random)
    }),
    { numRuns: 12 },
  )
}

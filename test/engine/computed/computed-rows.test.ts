import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Column, ColumnFormat, Dataset } from '../../../src/core/dataset.ts'
import { csvOptions } from '../../../src/core/options/delimited.ts'
import type { ExportFormat } from '../../../src/core/spec.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { everyType, everyTypeSql } from '../formats/every-type.ts'
import { exportFile, tableDataset } from '../formats/export-text.ts'

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query("SET TimeZone = 'UTC'")
  await client.query(everyTypeSql)
  await client.query(randomRowsSql)
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

/** Numbers of every size, moments of every day of two centuries, digits that Excel changes. */
const randomRowsSql = `
  SELECT setseed(0.5);
  INSERT INTO every_type
  SELECT n, repeat('0', n % 3) || (random() * 10 ^ (n % 20))::numeric(20, 0), (random() * 10 ^ (n % 19))::bigint,
    ((random() - 0.5) * 10 ^ (n % 25))::numeric, (random() - 0.5) * 10 ^ (n % 60 - 30), random() < 0.5,
    date '1850-01-01' + (random() * 80000)::int, time '00:00' + random() * interval '23 hours',
    timestamp '1950-01-01' + random() * interval '100 years', timestamptz '1880-01-01' + random() * interval '180 years',
    random() * interval '400 days', gen_random_uuid(), 'fine', '{"a" : 1.0}', '{"a": 1.0}', decode(md5(n::text), 'hex'),
    ARRAY[n::text, '+' || n, NULL], ARRAY[n, NULL], ARRAY[random() < 0.5, NULL],
    ARRAY[timestamptz '1880-01-01' + random() * interval '180 years'], ARRAY['fine', '=bad', NULL]::mood[]
  FROM generate_series(100, 400) AS n`

/** The same columns, each by way of a function that gives back what it was given. */
function identity(dataset: Dataset, formats: Readonly<Record<string, ColumnFormat>> = {}): Dataset {
  const columns: Record<string, Column> = {}
  for (const [name, { type }] of Object.entries(dataset.columns)) {
    const format = formats[name]
    columns[`stored_${name}`] = { type, label: name, column: name }
    columns[name] = {
      type,
      label: name,
      compute: { from: [`stored_${name}`], value: (row) => row[`stored_${name}`] },
      ...(format ? { format } : {}),
    }
  }
  return { ...dataset, key: [`stored_${dataset.key?.[0]}`], columns }
}

const names = Object.keys(everyType.columns)
const asPlain = names.map((name) => ({ name, header: name }))

/** Some columns are Postgres' own, to see that both kinds stand side by side. */
const asMixed = names.map((name, index) => ({
  name: index % 5 === 3 ? `stored_${name}` : name,
  header: name,
}))

async function bothFiles(
  format: ExportFormat,
  options: object,
  columns: { plain: readonly { name: string; header: string }[]; mixed: typeof asMixed } = {
    plain: asPlain,
    mixed: asMixed,
  },
): Promise<[string, string]> {
  const base = { url: database.adminUrl, format, options }
  const plain = await exportFile({ ...base, dataset: everyType, columns: columns.plain })
  const computed = await exportFile({ ...base, dataset: identity(everyType), columns: columns.mixed })
  return [computed.toString('latin1'), plain.toString('latin1')]
}

const csvChoice = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    quote: fc.constantFrom('minimal', 'nonnumeric', 'all'),
    lineEnding: fc.constantFrom('lf', 'crlf'),
    encoding: fc.constantFrom('utf-8', 'utf-16le', 'windows-1252'),
    nullText: fc.constantFrom('', 'NULL', '0', '-'),
    booleanText: fc.constantFrom({ true: 'true', false: 'false' }, { true: '=ja', false: '' }),
    listSeparator: fc.constantFrom('; ', ',', null),
    dateFormat: fc.constantFrom('original', 'iso8601', 'excel', 'pattern'),
    timestampPattern: fc.constantFrom(
      'dddd, D. MMMM YYYY [um] HH:mm:ss.SSSSSS Z',
      'ddd DD/MMM/YY h:m:s.SSS a ZZ',
      'MM-DD-YYYY hh:mm A',
      'M H[h]',
    ),
    datePattern: fc.constantFrom(null, 'DD.MM.YYYY', 'dddd D MMMM YY'),
    timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu'),
    formulaGuard: fc.boolean(),
    excelSafe: fc.boolean(),
  })
  .map(({ timestampPattern, datePattern, ...options }) =>
    options.dateFormat === 'pattern' ? { ...options, timestampPattern, datePattern } : options,
  )
  .filter((options) => csvOptions.safeParse(options).success)

describe('a computed column that gives back what it was given is the plain column, byte for byte', () => {
  test('in CSV, whatever the options', async () => {
    await fc.assert(
      fc.asyncProperty(csvChoice, async (options) => {
        const [computed, plain] = await bothFiles('csv', options)
        expect(computed).toBe(plain)
      }),
      { numRuns: 40 },
    )
  })

  test.for<[ExportFormat, object]>([
    ['tsv', {}],
    ['tsv', { quote: 'nonnumeric', nullText: 'NULL' }],
    ['json', { timeZone: 'America/St_Johns' }],
    ['ndjson', {}],
    ['xlsx', { timeZone: 'Asia/Kathmandu' }],
    ['xlsx', { listSeparator: null }],
    ['xls', {}],
    ['parquet', { textColumns: names.filter((name) => name !== 'n' && name !== 'boo') }],
  ])('in %s with %j', async ([format, options]) => {
    const [computed, plain] = await bothFiles(format, options)
    expect(computed.length).toBeGreaterThan(1000)
    expect(computed === plain).toBe(true)
  })

  test.for<[ExportFormat, object]>([
    ['csv', {}],
    ['csv', { listSeparator: null, nullText: 'NULL', booleanText: { true: 'ja', false: 'nein' } }],
    ['ndjson', {}],
    ['xlsx', {}],
  ])('with lists of lists in %s with %j', async ([format, options]) => {
    const nested: Dataset = {
      ...tableDataset('nested', {
        n: { type: 'integer', label: 'n' },
        texts: { type: 'text[]', label: 'texts' },
        flags: { type: 'boolean[]', label: 'flags' },
        moments: { type: 'timestamptz[]', label: 'moments' },
      }),
      source: {
        query: String.raw`SELECT 1 AS n, ARRAY[['a"b', 'c\d'], ['{}', NULL]] AS texts, ARRAY[[true], [false]] AS flags,
            ARRAY[[timestamptz '2026-03-10 12:00+00']] AS moments
          UNION ALL SELECT 2, ARRAY['=1', '', ' ', 'null', E'\u00a0\n\v'], ARRAY[true, NULL], '{}'`,
      },
    }
    // The query's columns have no other names.
    const made = identity(nested)
    const columns = Object.fromEntries(
      Object.entries(made.columns).map(([name, column]) =>
        column.compute
          ? [name, column]
          : [name, { ...column, expr: `t.${column.column}`, column: undefined }],
      ),
    ) as Dataset['columns']
    const base = { url: database.adminUrl, format, options }
    const plain = await exportFile({ ...base, dataset: nested })
    const asMade = ['n', 'texts', 'flags', 'moments'].map((name) => ({ name, header: name }))
    const computed = await exportFile({ ...base, dataset: { ...made, columns }, columns: asMade })
    expect(computed.toString('latin1')).toBe(plain.toString('latin1'))
  })

  test('as the typed columns of Parquet', async () => {
    await client.query(`CREATE TABLE plain_type AS SELECT * FROM every_type WHERE n >= 100`)
    const dataset = { ...everyType, source: { table: { schema: 'public', name: 'plain_type' } } }
    const base = { url: database.adminUrl, format: 'parquet' as const }
    const options = { decimals: 'text' }
    const plain = await exportFile({ ...base, dataset, options })
    const computed = await exportFile({ ...base, dataset: identity(dataset), columns: asPlain, options })
    expect(computed.equals(plain)).toBe(true)
  })

  test('with a format', async () => {
    const formats = {
      bigi: { decimals: 1 },
      deci: { decimals: 3 },
      flo: { decimals: 2 },
      day: { pattern: 'D. MMM YYYY' },
      ins: { pattern: 'DD.MM.YYYY HH:mm Z' },
    }
    const columns = Object.fromEntries(
      Object.entries(everyType.columns).map(([name, column]) => {
        const format = (formats as Record<string, ColumnFormat>)[name]
        return [name, format ? { ...column, format } : column]
      }),
    )
    const base = { url: database.adminUrl, format: 'csv' as const, options: { timeZone: 'Europe/Berlin' } }
    const plain = await exportFile({ ...base, dataset: { ...everyType, columns } })
    const computed = await exportFile({ ...base, dataset: identity(everyType, formats), columns: asPlain })
    expect(computed.toString()).toBe(plain.toString())
    expect(plain.toString()).toContain('10. Mar 2026')
    expect(plain.toString()).toContain(',12.500,')
  })
})

describe('what a function may give', () => {
  const typed = (type: Column['type'], value: (row: Readonly<Record<string, unknown>>) => unknown) =>
    tableDataset('every_type', {
      n: { type: 'integer', label: 'n' },
      txt: { type: 'text', label: 'txt' },
      made: { type, label: 'made', compute: { from: ['n', 'txt'], value } },
    })
  const made = async (type: Column['type'], value: unknown) => {
    const dataset = typed(type, ({ n }) => (n === 1 ? value : null))
    const file = await exportFile({
      url: database.adminUrl,
      dataset,
      format: 'csv',
      columns: [{ name: 'made', header: 'made' }],
      options: { header: false, quote: 'all' },
    })
    return file.toString().split('\n')[0]
  }

  test.for<[Column['type'], unknown, string]>([
    ['text', 'a "b"', '"a ""b"""'],
    ['text', undefined, ''],
    ['integer', 2n, '"2"'],
    ['bigint', 9_223_372_036_854_775_807n, '"9223372036854775807"'],
    ['decimal', '1.50', '"1.50"'],
    ['decimal', 1e21, '"1000000000000000000000"'],
    ['float', 1e-7, '"1e-07"'],
    ['boolean', false, '"false"'],
    ['timestamptz', new Date('2026-03-10T12:00:00.5Z'), '"2026-03-10 12:00:00.5+00"'],
    ['timestamptz', '2026-03-10T12:00+05:30', '"2026-03-10 06:30:00+00"'],
    ['timestamp', '2026-03-10T12:00', '"2026-03-10 12:00:00"'],
    ['json', { a: [1] }, '"{""a"":[1]}"'],
    ['bytes', Buffer.from('hi'), '"\\x6869"'],
    ['integer[]', [1, null], '"1; "'],
  ])('%s: %o is %s', async ([type, value, cell]) => {
    expect(await made(type, value)).toBe(cell)
  })

  test.for<[Column['type'], unknown, string]>([
    ['text', 1, 'a whole number, and the column is text'],
    ['text', 'a\0', 'a text with a NUL character'],
    ['text', '\ud800', 'a text with half of a surrogate pair'],
    ['integer', 1.5, 'a number, and the column is integer'],
    ['integer', 3_000_000_000, 'a number out of range: it must be from -2147483648 to 2147483647'],
    ['integer', '1', 'a text, and the column is integer'],
    ['decimal', 'one', 'a text that is no number'],
    ['date', '2026-02-30', 'a text that is no date'],
    ['timestamp', '2026-03-10T12:00Z', 'a text that is no timestamp'],
    ['timestamptz', '2026-03-10T12:00', 'a text that is no timestamptz'],
    ['timestamptz', new Date(Number.NaN), 'an invalid Date, and the column is timestamptz'],
    ['json', '{', 'a text that is not JSON (JSON.stringify makes it so)'],
    ['boolean', Promise.resolve(true), 'a promise (it must be synchronous), and the column is boolean'],
    ['text[]', 'a', 'a text, and the column is text[]'],
  ])('%s: %o is refused', async ([type, value, problem]) => {
    await expect(made(type, value)).rejects.toThrow(
      `The computed column 'made' failed on the row with n '1': its function gave ${problem}.`,
    )
  })

  test('an exception ends the file, and says in which row', async () => {
    const dataset = typed('text', ({ n }) => {
      if (n === 3) throw new RangeError('secret')
      return 'fine'
    })
    await expect(exportFile({ url: database.adminUrl, dataset, format: 'csv' })).rejects.toThrow(
      /^The computed column 'made' failed on the row with n '3': its function threw RangeError\.$/,
    )
  })
})

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ColumnType } from '../../../src/core/column-type.ts'
import type { Column } from '../../../src/core/dataset.ts'
import { ValidationError } from '../../../src/core/errors.ts'
import { defineDataset } from '../../../src/datasets/define-dataset.ts'
import { parquetCopySql } from '../../../src/engine/formats/parquet/copy-sql.ts'
import { decimalSize, declaredDecimals } from '../../../src/engine/formats/parquet/declared-decimals.ts'
import { planQuery } from '../../../src/engine/plan/plan-query.ts'
import { copyOut } from '../../../src/engine/source/copy-out.ts'
import { Snapshot } from '../../../src/engine/source/snapshot.ts'
import { connect, createDatabase, type TestDatabase } from '../../support/database.ts'
import { naughtyStrings } from '../../support/naughty-strings.ts'
import { collect } from '../compression/streams.ts'
import { blocksOf, column, fileOf, type Making, make, queryDuckdb } from './parquet-making.ts'
import { readParquet } from './parquet-reader.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

/** The rows of a query through planQuery, COPY and `parquet`; its columns are named after their types. */
async function exportQuery(
  query: string,
  types: readonly ColumnType[],
  { timeZone = 'UTC', ...making }: Making & { timeZone?: string } = {},
): Promise<Buffer> {
  const label = { en: 'x' }
  const nameOf = (type: ColumnType) => type.replace('[]', '_list')
  const dataset = defineDataset({
    name: 'things',
    label,
    source: {
      query: `SELECT n, ${types.map((type) => `"${type}" AS ${nameOf(type)}_`).join(', ')} FROM (${query}) AS q`,
    },
    key: ['n'],
    tenant: { shared: true },
    columns: {
      n: { type: 'integer', label },
      ...(Object.fromEntries(types.map((type) => [`${nameOf(type)}_`, { type, label }])) as Record<
        string,
        Column
      >),
    },
  } as never)
  const columns = types.map((type) => ({ name: `${nameOf(type)}_`, header: type }))
  const plan = planQuery(
    { columns, filter: null, sort: [{ column: 'n', direction: 'asc', nulls: 'last' }] },
    { dataset, findDataset: () => undefined, tenant: 'demo' },
  )
  await using snapshot = await Snapshot.take({
    url: database.adminUrl,
    timeZone,
    applicationName: 'test',
    session: {},
  })
  const sized = await declaredDecimals(snapshot.holder, plan)
  const signal = new AbortController().signal
  return await collect(make(copyOut(snapshot.holder, parquetCopySql(plan), signal), sized, making))
}

const microsOf = (iso: string, micros = 0) => BigInt(Date.parse(iso)) * 1000n + BigInt(micros)
const dayOf = (iso: string) => Date.parse(iso) / 86_400_000

describe('from Postgres', () => {
  test('every scalar comes back with its Parquet type, and so does NULL', async () => {
    const bytes = await exportQuery(
      `SELECT 1 AS n, 'Zoë "q" \\ ,
x'::text AS text, -2147483648 AS integer, 9223372036854775807 AS bigint, 12345678901234567890123456789.123456789 AS decimal,
        'NaN'::float8 AS float, true AS boolean, date '0001-01-01' AS date, time '23:59:59.999999' AS time,
        timestamp '1969-12-31 23:59:59.999999' AS timestamp, timestamptz '2026-03-29 01:30:00.000001+00' AS timestamptz,
        interval '1 year -2 days 03:04:05.6' AS interval, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS uuid, 'won'::text AS enum,
        '{"b": [1.10, "x\\u00e9"], "a": null}'::jsonb AS json, '\\x00ff5c22'::bytea AS bytes
      UNION ALL SELECT 2, '', 0, -9223372036854775808, -0.5, '-Infinity', false, '100000-01-01', '00:00', '10000-01-01', '1890-01-01 00:00:00+00', 'PT0S', '00000000-0000-0000-0000-000000000000', '', 'null', ''
      UNION ALL SELECT 3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null
      UNION ALL SELECT 4, '\\N', 1, 1, 1e28, 1.1e-300, true, '2026-02-28', '12:00', '2026-01-01', '2026-10-25 00:30:00+00', '1 mon', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'x', '"\\\\N"', '\\x5c4e'`,
      [
        'text',
        'integer',
        'bigint',
        'decimal',
        'float',
        'boolean',
        'date',
        'time',
        'timestamp',
        'timestamptz',
        'interval',
        'uuid',
        'enum',
        'json',
        'bytes',
      ],
      // Its offset had seconds in 1890, and both of its clock changes are among the rows.
      { timeZone: 'Europe/Berlin' },
    )
    const { schema, rows } = await readParquet(bytes)
    expect(schema).toEqual([
      'text: BYTE_ARRAY UTF8',
      'integer: INT32 INT_32',
      'bigint: INT64 INT_64',
      'decimal: FIXED_LEN_BYTE_ARRAY DECIMAL(38,9)',
      'float: DOUBLE',
      'boolean: BOOLEAN',
      'date: INT32 DATE',
      'time: INT64 TIME_MICROS local',
      'timestamp: INT64 TIMESTAMP_MICROS local',
      'timestamptz: INT64 TIMESTAMP_MICROS UTC',
      'interval: BYTE_ARRAY UTF8',
      'uuid: FIXED_LEN_BYTE_ARRAY UUID',
      'enum: BYTE_ARRAY UTF8',
      'json: BYTE_ARRAY JSON',
      'bytes: BYTE_ARRAY',
    ])
    expect(rows[0]).toEqual({
      text: 'Zoë "q" \\ ,\nx',
      integer: -2147483648,
      bigint: 9223372036854775807n,
      decimal: '12345678901234567890123456789.123456789',
      float: Number.NaN,
      boolean: true,
      date: dayOf('0001-01-01'),
      time: 86_399_999_999n,
      timestamp: -1n,
      timestamptz: microsOf('2026-03-29T01:30:00Z', 1),
      interval: 'P1Y-2DT3H4M5.6S',
      uuid: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      enum: 'won',
      json: '{"a": null, "b": [1.10, "xé"]}',
      bytes: '00ff5c22',
    })
    expect(rows[1]).toEqual({
      text: '',
      integer: 0,
      bigint: -9223372036854775808n,
      decimal: '-0.500000000',
      float: Number.NEGATIVE_INFINITY,
      boolean: false,
      date: dayOf('+100000-01-01'),
      time: 0n,
      timestamp: microsOf('+010000-01-01T00:00:00Z'),
      timestamptz: microsOf('1890-01-01T00:00:00Z'),
      interval: 'PT0S',
      uuid: '00000000-0000-0000-0000-000000000000',
      enum: '',
      json: 'null',
      bytes: '',
    })
    expect(new Set(Object.values(rows[2]!))).toEqual(new Set([null]))
    expect(rows[3]).toMatchObject({
      text: '\\N',
      decimal: `1${'0'.repeat(28)}.000000000`,
      float: 1.1e-300,
      timestamptz: microsOf('2026-10-25T00:30:00Z'),
      interval: 'P1M',
      json: '"\\\\N"',
      bytes: '5c4e',
    })
  })

  test('lists keep commas, quotes, NULLs, and an empty list is not NULL', async () => {
    const bytes = await exportQuery(
      `SELECT 1 AS n, ARRAY['a,b', 'it''s "q"', NULL, '', 'NULL', '{x}', '[[', E'\\\\ \\n\\t', ' 🦆 '] AS "text[]", ARRAY[1,NULL,-3] AS "integer[]",
        ARRAY[1.5, NULL, 123456789012345678901234567.000000001] AS "decimal[]", ARRAY['NaN','-Infinity',0.1]::float8[] AS "float[]", ARRAY[true,NULL,false] AS "boolean[]",
        ARRAY[date '2026-01-01'] AS "date[]", ARRAY[timestamptz '2026-03-29 01:30:00.000001+00', NULL] AS "timestamptz[]",
        ARRAY['{"a": "b"}', NULL]::jsonb[] AS "json[]", ARRAY['\\x00ff', NULL, '']::bytea[] AS "bytes[]", ARRAY['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']::uuid[] AS "uuid[]"
      UNION ALL SELECT 2, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'
      UNION ALL SELECT 3, null, null, null, null, null, null, null, null, null, null
      UNION ALL SELECT 4, '{NULL}', '[0:1]={7,8}', '{1}', '{1}', '{t}', '{2000-01-01}', '{2000-01-01}', '{1}', '{x}', '{00000000-0000-0000-0000-000000000000}'`,
      [
        'text[]',
        'integer[]',
        'decimal[]',
        'float[]',
        'boolean[]',
        'date[]',
        'timestamptz[]',
        'json[]',
        'bytes[]',
        'uuid[]',
      ],
      { timeZone: 'America/New_York' },
    )
    const { rows, schema } = await readParquet(bytes)
    expect(schema.filter((element) => element.includes('LIST'))).toHaveLength(10)
    expect(rows[0]).toMatchObject({
      'text[]': ['a,b', `it's "q"`, null, '', 'NULL', '{x}', '[[', '\\ \n\t', ' 🦆 '],
      'integer[]': [1, null, -3],
      'float[]': [Number.NaN, Number.NEGATIVE_INFINITY, 0.1],
      'boolean[]': [true, null, false],
      'date[]': [dayOf('2026-01-01')],
      'timestamptz[]': [microsOf('2026-03-29T01:30:00Z', 1), null],
      'json[]': ['{"a": "b"}', null],
      'uuid[]': ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    })
    expect(
      (rows[0]!['bytes[]'] as Uint8Array[]).map((one) => one && Buffer.from(one).toString('hex')),
    ).toEqual(['00ff', null, ''])
    expect(Object.values(rows[1]!).every((list) => Array.isArray(list) && list.length === 0)).toBe(true)
    expect(new Set(Object.values(rows[2]!))).toEqual(new Set([null]))
    expect(rows[3]).toMatchObject({ 'text[]': [null], 'integer[]': [7, 8] })
    expect(await queryDuckdb(bytes, 'SELECT CAST("decimal[]" AS VARCHAR) FROM FILE')).toEqual([
      ['[1.500000000, NULL, 123456789012345678901234567.000000001]'],
      ['[]'],
      [null],
      ['[1.000000000]'],
    ])
  })

  test('a number takes the size that the database declares for it', async () => {
    const admin = await connect(database.adminUrl)
    await admin.query('CREATE TABLE prices (n int, "decimal" numeric(12,2), "decimal[]" numeric(30,20)[])')
    await admin.query(
      "INSERT INTO prices VALUES (1, 1234567890.12, '{0.00000000000000000001}'), (2, -0.01, '{-9999999999.5}')",
    )
    const bytes = await exportQuery('SELECT * FROM prices', ['decimal', 'decimal[]'])
    expect((await readParquet(bytes)).schema[0]).toBe('decimal: INT64 DECIMAL(12,2)')
    expect(await queryDuckdb(bytes, 'SELECT "decimal"::VARCHAR, "decimal[]"::VARCHAR FROM FILE')).toEqual([
      ['1234567890.12', '[0.00000000000000000001]'],
      ['-0.01', '[-9999999999.50000000000000000000]'],
    ])
  })

  test('an export of one column keeps empty texts and NULLs', async () => {
    const bytes = await exportQuery(
      `SELECT n, CASE n % 3 WHEN 0 THEN '' WHEN 1 THEN '\\.' END AS text FROM generate_series(1, 6) AS n`,
      ['text'],
    )
    expect((await readParquet(bytes)).rows.map(({ text }) => text)).toEqual([
      '\\.',
      null,
      '',
      '\\.',
      null,
      '',
    ])
  })
})

test.each<[number, object | undefined]>([
  [-1, undefined],
  [(12 << 16) + 2 + 4, { precision: 12, scale: 2 }],
  [(2 << 16) + (-3 & 0x7ff) + 4, { precision: 5, scale: 0 }],
  [(2 << 16) + 5 + 4, { precision: 5, scale: 5 }],
  [(39 << 16) + 4, undefined],
])('the type modifier %i of a numeric is %o', (modifier, size) => {
  expect(decimalSize(modifier)).toEqual(size)
})

describe('texts', () => {
  test('naughty strings survive', async () => {
    const texts = [
      ...naughtyStrings,
      '\ufeffbom',
      '\r',
      '\r\n',
      '\n',
      '"',
      '\\"',
      "'",
      '\\N',
      '-',
      '\u2028',
      '\u{10ffff}',
      'x'.repeat(300_000),
    ].map((text) => text.replaceAll('\0', ''))
    const columns = [column('text'), column('text[]'), column('integer')]
    const rows = texts.map((text, index) => [text, JSON.stringify([text, null, text]), String(index)])
    const read = await readParquet(await fileOf([...rows, [null, null, null]], columns))
    const wellFormed = texts.map((text) => text.toWellFormed())
    expect(read.rows.map(({ text }) => text)).toEqual([...wellFormed, null])
    expect(read.rows.slice(0, -1).map((row) => row['text[]'])).toEqual(
      wellFormed.map((text) => [text, null, text]),
    )
  })

  test('every text survives beside every other', async () => {
    const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''))
    const row = fc.tuple(
      fc.option(text),
      fc.option(fc.array(fc.option(text))),
      fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      fc.option(fc.double()),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 200, size: 'medium' }), async (values) => {
        const cells = values.map(([a, b, c, d]) => [
          a,
          b && JSON.stringify(b),
          c === null ? null : String(c),
          d === null ? null : String(Object.is(d, -0) ? '-0' : d),
        ])
        const columns = [column('text'), column('text[]'), column('bigint'), column('float')]
        const { rows } = await readParquet(await fileOf(cells, columns))
        expect(rows.map((one) => Object.values(one))).toEqual(values)
      }),
      { numRuns: 3 },
    )
  })
})

test.each<[unknown, string, string]>([
  ['double', 'DOUBLE', '12.5'],
  [{ precision: 6, scale: 3 }, 'INT32 DECIMAL(6,3)', '12.500'],
  [{ precision: 38, scale: 18 }, 'FIXED_LEN_BYTE_ARRAY DECIMAL(38,18)', '12.500000000000000000'],
])('decimals as %o', async (decimals, type, value) => {
  const { rows, schema } = await readParquet(
    await fileOf([['12.50000']], [column('decimal')], { options: { decimals } }),
  )
  expect(schema).toEqual([`decimal: ${type}`])
  expect(String(rows[0]!.decimal)).toBe(value)
})

describe('the file', () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => [String(n), `text\n"${n}"`])
  const columns = [column('integer', 'n'), column('text', 'it')]

  test('has row groups of rowGroupRows rows, in the order of the rows', async () => {
    const bytes = await fileOf(numbers(5500), columns, { options: { rowGroupRows: 1500 } })
    const { rowGroups, rows } = await readParquet(bytes)
    expect(rowGroups).toEqual([1500, 1500, 1500, 1000])
    expect(rows.map((row) => Object.values(row))).toEqual(numbers(5500).map(([n, it]) => [Number(n), it]))
    expect(
      await queryDuckdb(
        bytes,
        "SELECT count(*), sum(n), min(it), bool_and(it = 'text' || chr(10) || '\"' || n || '\"') FROM FILE",
      ),
    ).toEqual([['5500', '15122250', 'text\n"0"', true]])
    expect(await queryDuckdb(bytes, 'SELECT it FROM FILE WHERE n = 4321')).toEqual([['text\n"4321"']])
  })

  test('is the same for the same rows', async () => {
    const options = { rowGroupRows: 1000 }
    const first = await fileOf(numbers(2500), columns, { options })
    expect(await collect(make(blocksOf(numbers(2500), 333), columns, { options }))).toEqual(first)
  })

  test.each([
    ['zstd', 'ZSTD'],
    ['snappy', 'SNAPPY'],
    ['none', 'UNCOMPRESSED'],
  ])('is compressed with %s', async (compression, codec) => {
    const { metadata, rows } = await readParquet(
      await fileOf(numbers(100), columns, { options: { compression } }),
    )
    expect(metadata.row_groups[0]!.columns[0]!.meta_data!.codec).toBe(codec)
    expect(rows).toHaveLength(100)
  })

  test('of no rows has the schema', async () => {
    const bytes = await fileOf([], columns)
    expect(await readParquet(bytes)).toMatchObject({
      rows: [],
      schema: ['n: INT32 INT_32', 'it: BYTE_ARRAY UTF8'],
    })
    expect(await queryDuckdb(bytes, 'SELECT count(*) FROM FILE')).toEqual([['0']])
  })

  test('has any headers, but none twice', async () => {
    const odd = [
      column('text', 'a "b", \\ c.d'),
      column('text', "'; DROP TABLE x; --"),
      column('text', '日本'),
    ]
    const { rows } = await readParquet(await fileOf([['1', '2', '3']], odd))
    expect(rows).toEqual([{ 'a "b", \\ c.d': '1', "'; DROP TABLE x; --": '2', 日本: '3' }])
    for (const headers of [['a', 'a'], ['Name', 'name'], ['']]) {
      await expect(
        fileOf(
          [],
          headers.map((header) => column('text', header)),
        ),
      ).rejects.toBeInstanceOf(ValidationError)
    }
    await expect(fileOf([], [])).rejects.toBeInstanceOf(ValidationError)
    await expect(fileOf([], columns, { options: { textColumns: ['x'] } })).rejects.toThrow(
      'the file has no column "x"',
    )
  })

  test('holds rows of many megabytes', async () => {
    // The second is longer than what DuckDB reads at a time.
    const rows = [4_000_000, 12_000_000, 1_000].map((length, n) => [String(n), String(n).repeat(length)])
    const bytes = await collect(make(blocksOf(rows, 1), columns))
    expect(await queryDuckdb(bytes, 'SELECT n, length(it), it[-1] FROM FILE')).toEqual([
      [0, '4000000', '0'],
      [1, '12000000', '1'],
      [2, '1000', '2'],
    ])
  })
})

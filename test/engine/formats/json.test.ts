import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../../src/core/dataset.ts'
import { json } from '../../../src/engine/formats/json.ts'
import { jsonKeys } from '../../../src/engine/formats/json-row-sql.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { exportFile, tableDataset } from './export-text.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(() => database.drop())

const formats = ['json', 'ndjson'] as const

/** A dataset of the query's rows; `n` orders them. */
function rowsOf(query: string, columns: Dataset['columns']): Dataset {
  return { ...tableDataset('rows', columns), source: { query } }
}

async function made(
  format: (typeof formats)[number],
  dataset: Dataset,
  run: { options?: object; headers?: readonly string[] } = {},
): Promise<string> {
  const names = Object.keys(dataset.columns)
  const { headers = names, options = {} } = run
  const columns = names.map((name, index) => ({ name, header: headers[index]! }))
  return (await exportFile({ url: database.adminUrl, dataset, format, options, columns })).toString()
}

const two = rowsOf(
  `SELECT * FROM (VALUES (1, 'a', 0.10, timestamptz '2026-03-10 12:00:00.123456+00'), (2, NULL, 'NaN', 'infinity')) AS x(n, name, amount, at)`,
  {
    n: { type: 'integer', label: 'n' },
    name: { type: 'text', label: 'name' },
    amount: { type: 'decimal', label: 'amount' },
    at: { type: 'timestamptz', label: 'at' },
  },
)

const rows = [
  '{"n":1,"name":"a","amount":0.10,"at":"2026-03-10T12:00:00.123456+00:00"}',
  '{"n":2,"name":null,"amount":"NaN","at":"infinity"}',
]

test('NDJSON is one object a line', async () => {
  expect(await made('ndjson', two)).toBe(`${rows[0]}\n${rows[1]}\n`)
})

test('JSON is one array, an object a line', async () => {
  expect(await made('json', two)).toBe(`[\n${rows[0]},\n${rows[1]}\n]\n`)
})

test('no rows are an empty array, and an empty NDJSON file', async () => {
  const none = { ...two, source: { query: `${(two.source as { query: string }).query} WHERE false` } }
  expect(await made('json', none)).toBe('[]\n')
  expect(await made('ndjson', none)).toBe('')
})

test('instants are in the time zone, with its offset', async () => {
  const file = await made('ndjson', two, { options: { timeZone: 'Asia/Kolkata' } })
  expect(JSON.parse(file.split('\n')[0]!).at).toBe('2026-03-10T17:30:00.123456+05:30')
})

test('more rows than a block holds are still one array', async () => {
  const many = rowsOf(`SELECT n, repeat('x', 100) AS text FROM generate_series(1, 20000) AS n`, {
    n: { type: 'integer', label: 'n' },
    text: { type: 'text', label: 'text' },
  })
  const parsed = JSON.parse(await made('json', many)) as { n: number }[]
  expect(parsed.map(({ n }) => n)).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1))
})

describe.each(formats)('%s', (format) => {
  const objects = (text: string): Record<string, unknown>[] =>
    format === 'json'
      ? JSON.parse(text)
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line))

  test('nests JSON, whatever blanks stand in it, on one line', async () => {
    const dataset = rowsOf(
      String.raw`SELECT 1 AS n, E'{"a":\r\n [1,\t2],\n"a": "\\n\\u0041"}'::json AS verbatim, '{"b": {"c": "\n"}}'::jsonb AS normal,
        (SELECT json_agg(x) FROM (VALUES (1, E'é\n'), (2, NULL)) AS x(id, name)) AS nested, ARRAY[E'[1,\n2]'::json] AS list`,
      {
        verbatim: { type: 'json', label: 'v' },
        normal: { type: 'json', label: 'o' },
        nested: { type: 'json', label: 'x' },
        list: { type: 'json[]', label: 'l' },
      },
    )
    const file = await made(format, dataset)
    expect(file.match(/\n/g)).toHaveLength(format === 'json' ? 3 : 1)
    // A key that stands twice is kept, which jsonb would not.
    expect(file).toContain('"a": "\\n\\u0041"')
    expect(file).not.toContain('\r')
    expect(objects(file)).toEqual([
      {
        verbatim: { a: '\nA' },
        normal: { b: { c: '\n' } },
        nested: [
          { id: 1, name: 'é\n' },
          { id: 2, name: null },
        ],
        list: [[1, 2]],
      },
    ])
  })

  test.each([
    ['plain', ['n', 'name', 'amount', 'at']],
    ['named like SQL of ours', ['r', 't', 'row_to_json', 'v0']],
    ['in quotes', ['"', '\\', "'", '{"a":1}']],
    ['with line breaks and other control characters', ['a\nb', 'c\r\n', '\x01', '\x02']],
    ['as long as an identifier', ['x'.repeat(63), 'ä'.repeat(31), '😀', ' ']],
    ['longer than an identifier', ['x'.repeat(64), `${'x'.repeat(64)}y`, 'ä'.repeat(500), 'z']],
    ['empty', ['', 'a', 'b', 'c']],
  ])('keys can be %s', async (_, headers) => {
    const [first] = objects(await made(format, two, { headers }))
    expect(Object.keys(first!)).toEqual(headers)
    expect(Object.values(first!)).toEqual([1, 'a', 0.1, '2026-03-10T12:00:00.123456+00:00'])
  })

  test('keys are the names when asked for', async () => {
    const file = await made(format, two, { headers: ['A', 'A', 'B', ''], options: { keys: 'name' } })
    expect(Object.keys(objects(file)[0]!)).toEqual(['n', 'name', 'amount', 'at'])
  })

  test('hundreds of columns under long headers are one object', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `c${index}`)
    const dataset = rowsOf(
      `SELECT 1 AS n, ${names.map((name, index) => `${index} AS ${name}`)}`,
      Object.fromEntries(names.map((name) => [name, { type: 'integer', label: name }])),
    )
    const headers = names.map((name) => `${'long '.repeat(20)}${name}`)
    const [row] = objects(await made(format, dataset, { headers }))
    expect(row).toEqual(Object.fromEntries(headers.map((header, index) => [header, index])))
  })
})

test('a header that stands twice is followed by the name of its column', () => {
  const columns = [
    { name: 'a', header: 'X' },
    { name: 'b', header: 'X' },
    { name: 'c', header: 'X (b)' },
    { name: 'd', header: 'Y' },
  ]
  expect(jsonKeys(columns, { keys: 'header' })).toEqual(['X', 'X (b)', 'X (b) (c)', 'Y'])
})

test('rows that do not end as they must are no file', async () => {
  async function* rowsWithoutCommas() {
    yield { bytes: Buffer.from('{}\n'), rows: 1 }
  }
  const file = json.encode(rowsWithoutCommas(), {
    columns: [],
    options: {},
    signal: new AbortController().signal,
  })
  await expect(async () => {
    for await (const _ of file);
  }).rejects.toThrow('A row does not end in ",\\n"')
})

import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { crmDatasets } from '../../src/datasets/crm/datasets.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { LoadError, type LoadIssue } from '../../src/lifecycle/load-rows/load-error.ts'
import type { LoadFormat } from '../../src/lifecycle/load-rows/load-format.ts'
import { loadRows } from '../../src/lifecycle/load-rows.ts'
import { copyText } from '../support/copy.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const parcels = defineDataset({
  name: 'parcels',
  label: 'Parcels',
  source: { table: { schema: 'public', name: 'parcels' } },
  key: ['code'],
  tenant: { column: 'owner' },
  columns: {
    code: { type: 'text', label: 'Code' },
    size: { type: 'integer', label: 'Size' },
    tags: { type: 'text[]', label: 'Tags' },
  },
})
const loose = defineDataset({
  name: 'loose',
  label: 'Loose',
  source: { table: { schema: 'public', name: 'loose' } },
  key: ['code'],
  tenant: { column: 'owner' },
  columns: { code: { type: 'text', label: 'Code' } },
})
const computed = defineDataset({
  name: 'computed',
  label: 'Computed',
  source: { query: "SELECT 'acme' AS owner, 'a' AS code" },
  key: ['code'],
  tenant: { column: 'owner' },
  columns: { code: { type: 'text', label: 'Code' } },
})

let database: TestDatabase
let client: pg.Client
const datasets = createRegistry([...crmDatasets, parcels, loose, computed])

beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS public;
    CREATE TABLE public.parcels (owner text NOT NULL, code varchar(4) PRIMARY KEY, size integer CHECK (size > 0), tags text[]);
    CREATE TABLE public.loose (owner text, code text);`)
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

beforeEach(() => client.query('TRUNCATE crm.products, crm.deals, public.parcels'))

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const at = '2026-01-02 03:04:05+00'

function load(dataset: string, format: LoadFormat, text: string | Uint8Array, pieceBytes = 1 << 16) {
  return loadRows(
    { datasets, url: database.ownerUrl },
    { dataset, tenant: 'acme', format, source: pieces(text, pieceBytes) },
  )
}

async function* pieces(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function issues(promise: Promise<unknown>): Promise<readonly LoadIssue[]> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(LoadError)
  return (error as LoadError).issues
}

/** What lives after the garbage is gone, however busy the machine is. */
function referencedBytes(): number {
  // Buffers that the first one has found are given back while other code runs; the second waits for it.
  collectGarbage()
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const stored = (columns: string) =>
  copyText(database.ownerUrl, `SELECT ${columns} FROM crm.products ORDER BY organization_id, id`)

describe('CSV', () => {
  test('rows are added, then replaced by key in the columns that the file has, and nobody else is touched', async () => {
    await client.query(
      `INSERT INTO crm.products (organization_id, id, name, created_at) VALUES ('other', 'a', 'theirs', now())`,
    )
    expect(
      await load('products', 'csv', `id,name,price,created_at\na,Äpfel,1.50,${at}\nb,Birnen,,${at}\n`),
    ).toEqual({ inserted: 2, updated: 0 })
    expect(
      await load('products', 'csv', `id,name,created_at\nb,Bananen,${at}\nc,Citrus,${at}\na,Apples,${at}\n`),
    ).toEqual({ inserted: 1, updated: 2 })
    expect(await stored('organization_id, id, name, price, active')).toBe(
      'acme,a,Apples,1.50,t\nacme,b,Bananen,,t\nacme,c,Citrus,,t\nother,a,theirs,,t\n',
    )
  })

  test('quotes, commas, line breaks, CRLF, a byte order mark and a missing last line break come through, wherever the pieces are cut', async () => {
    const file = `\ufeffid,name,description,created_at\r\na,"say ""hi"", ok","two\nlines",${at}\r\nb,"",,${at}\r\n"c","CR\r\nLF","\t\\N \\.",${at}`
    for (const size of [1, 2, 3, 7, 1 << 16]) {
      await client.query('TRUNCATE crm.products')
      expect(await load('products', 'csv', file, size)).toEqual({ inserted: 3, updated: 0 })
      const { rows } = await client.query('SELECT id, name, description FROM crm.products ORDER BY id')
      expect(rows).toEqual([
        { id: 'a', name: 'say "hi", ok', description: 'two\nlines' },
        { id: 'b', name: '', description: null },
        { id: 'c', name: 'CR\r\nLF', description: '\t\\N \\.' },
      ])
    }
  })

  test('what an export wrote can be loaded: lists, JSON, booleans, instants', async () => {
    const file = `id,name,created_at,updated_at,drivers,competitor,deal_analyzed,scorecard\nd1,Deal,${at},${at},a; b,,t,"{""fit"": {""score"": 4}}"\n`
    expect((await issues(load('deals', 'csv', file)))[0]?.message).toContain(`Unknown column 'competitor'`)
    await load(
      'deals',
      'csv',
      file.replace(',competitor', ',all_competitors').replace('a; b,,', 'a; b,"{""x,y"",z}",'),
    )
    const { rows } = await client.query(
      'SELECT drivers, all_competitors, deal_analyzed, scorecard FROM crm.deals',
    )
    expect(rows).toEqual([
      {
        drivers: ['a', 'b'],
        all_competitors: ['x,y', 'z'],
        deal_analyzed: true,
        scorecard: { fit: { score: 4 } },
      },
    ])
  })

  test('every wrong value is told by line, column and value, and nothing is loaded', async () => {
    const file = `id,name,price,created_at\na,"one\ntwo",1,${at}\nb,B,abc,yesterday-ish\nc,C,2,\n,D,3,${at}\ne,E,4,${at}\n`
    expect(await issues(load('products', 'csv', file))).toEqual([
      {
        line: 4,
        column: 'created_at',
        value: 'yesterday-ish',
        message: 'invalid input syntax for type timestamp with time zone: "yesterday-ish"',
      },
      { line: 4, column: 'price', value: 'abc', message: 'invalid input syntax for type numeric: "abc"' },
      { line: 5, column: 'created_at', value: null, message: 'a value is required' },
      { line: 6, column: 'id', value: null, message: 'a value is required' },
    ])
    expect(await stored('*')).toBe('')
  })

  test('a key that stands there twice is told with both lines, also when it is written differently', async () => {
    expect(await issues(load('products', 'csv', `id,created_at\na,${at}\nb,${at}\na,${at}\n`))).toEqual([
      { line: 4, column: 'id', value: 'a', message: 'the same key stands on the lines 2 and 4' },
    ])
    const properties = `id,created_at,updated_at\n7,${at},${at}\n007,${at},${at}\n`
    expect(await issues(load('properties', 'csv', properties))).toMatchObject([{ line: 3, value: '7' }])
    expect(await stored('*')).toBe('')
  })

  test.each([
    [
      'too few cells',
      'id,name,created_at\na,A,2026-01-01\n"b\n",B\n',
      { line: 4, column: 'created_at', message: 'the line has fewer cells than the header' },
    ],
    [
      'too many cells',
      'id,created_at\na,2026-01-01,x\n',
      { line: 2, message: 'the line has more cells than the header' },
    ],
    [
      'a quotation mark without its other one',
      'id,created_at\na,2026-01-01\nb,"2026\n\n',
      { line: 3, message: 'a quotation mark is opened and never closed' },
    ],
    [
      'an empty line between records',
      'id,created_at\na,2026-01-01\n\nb,2026-01-01\n',
      { line: 3, message: 'the line is empty' },
    ],
    ['a lonely carriage return', 'id,created_at\na,2026-01-01\nb\rc,2026-01-01\n', { line: 3 }],
    [
      'an empty file',
      '',
      { line: 1, message: 'the file is empty: a header that names the columns is expected' },
    ],
    ['a column twice', 'id,name,name\n', { line: 1, message: `the column 'name' stands there twice` }],
    ['a misspelled column', 'id,nam\n', { line: 1, message: `Unknown column 'nam'. Did you mean 'name'?` }],
    ['the key missing', 'name\nA\n', { line: null, column: 'id' }],
  ])('%s: refused with the line', async (_, file, expected) => {
    const found = await issues(load('products', 'csv', file))
    expect(found).toContainEqual(expect.objectContaining(expected))
    expect(await stored('*')).toBe('')
  })

  test('bytes that are not UTF-8 are told by their line', async () => {
    const file = Buffer.concat([
      Buffer.from(`id,created_at\na,${at}\nb`),
      Buffer.from([0xff]),
      Buffer.from(`,${at}\n`),
    ])
    expect(await issues(load('products', 'csv', file))).toMatchObject([
      { line: 3, message: expect.stringContaining('invalid byte sequence') },
    ])
  })

  test('a computed column cannot be loaded, and the message says so', async () => {
    expect(await issues(load('deals', 'csv', 'id,company_name\n1,x\n'))).toMatchObject([
      { line: 1, message: `'company_name' is computed by the database and cannot be loaded` },
    ])
  })

  test("the tenant's column is taken only with the organization's own name in it", async () => {
    expect(await load('products', 'csv', `organization_id,id,created_at\nacme,a,${at}\n`)).toEqual({
      inserted: 1,
      updated: 0,
    })
    expect(
      await issues(load('products', 'csv', `organization_id,id,created_at\nacme,b,${at}\nother,c,${at}\n`)),
    ).toEqual([
      {
        line: 3,
        column: 'organization_id',
        value: 'other',
        message: 'must be acme, the organization that is loaded for',
      },
    ])
    expect(await stored('id')).toBe('a\n')
  })

  test('a connection that breaks on the way ends the load with an error, and nothing is loaded', async () => {
    const { host, port } = new pg.Client({ connectionString: database.ownerUrl })
    const cut = createServer((near) => {
      const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
      near.pipe(far).pipe(near)
      for (const socket of [near, far]) socket.on('error', () => {})
      breakOff = () => near.resetAndDestroy()
      near.once('close', () => far.destroy())
    }).listen(0, '127.0.0.1')
    await once(cut, 'listening')
    onTestFinished(() => void cut.close())
    let breakOff = () => {}
    async function* file(): AsyncGenerator<Buffer> {
      yield Buffer.from(`id,name,created_at\na,name,${at}\n`)
      breakOff()
      yield Buffer.from(`b,name,${at}\n`)
    }
    const url = new URL(database.ownerUrl)
    url.host = `127.0.0.1:${(cut.address() as AddressInfo).port}`
    const request = { dataset: 'products', tenant: 'acme', format: 'csv', source: file() } as const
    await expect(loadRows({ datasets, url: url.href }, request)).rejects.toThrow(/ECONNRESET|terminated/)
    expect(await stored('id')).toBe('')
  })

  test('a file of 60 MB goes through in constant memory', async () => {
    /** Bytes that are still referenced, by the file's blocks above all. */
    const held: number[] = []
    async function* file(blocks: number): AsyncGenerator<Buffer> {
      yield Buffer.from('id,name,description,created_at\n')
      const text = 'x'.repeat(1_000)
      for (let block = 0; block < blocks; block += 1) {
        const rows = Array.from({ length: 1_000 }, (_, row) => `${block}-${row},name,${text},${at}\n`)
        yield Buffer.from(rows.join(''))
        if (block % 10 === 0) held.push(referencedBytes())
      }
    }
    const request = { dataset: 'products', tenant: 'acme', format: 'csv', source: file(60) } as const
    expect(await loadRows({ datasets, url: database.ownerUrl }, request)).toEqual({
      inserted: 60_000,
      updated: 0,
    })
    expect(held).toHaveLength(6)
    expect(Math.max(...held) - held[0]!).toBeLessThan(8 * 1024 * 1024)
  })
})

describe('NDJSON', () => {
  test('objects are loaded with every digit, lists, JSON and NULL for what a line lacks', async () => {
    const lines = [
      `{"id": "d1", "name": "tab\\there \\"q\\" \\\\ ü", "amount": 12345678901234567890.1234567890, "drivers": ["a;b", "c"], "scorecard": {"x": [1]}, "created_at": "${at}", "updated_at": "${at}"}`,
      '',
      `{"id":\t"d2", "created_at": "${at}", "updated_at": "${at}", "deal_analyzed": true}`,
    ]
    const expected = { inserted: 2, updated: 0 }
    await expect(load('deals', 'ndjson', lines.join('\r\n'))).rejects.toThrow(
      'line 1, column deal_analyzed: a value is required',
    )
    const complete = lines
      .map((line) => line.replace('"name"', '"deal_analyzed": false, "name"'))
      .join('\r\n')
    for (const size of [1, 5, 1 << 16]) {
      await client.query('TRUNCATE crm.deals')
      expect(await load('deals', 'ndjson', complete, size)).toEqual(expected)
      const { rows } = await client.query(
        'SELECT id, name, amount, drivers, scorecard FROM crm.deals ORDER BY id',
      )
      expect(rows).toEqual([
        {
          id: 'd1',
          name: 'tab\there "q" \\ ü',
          amount: '12345678901234567890.1234567890',
          drivers: ['a;b', 'c'],
          scorecard: { x: [1] },
        },
        { id: 'd2', name: null, amount: null, drivers: null, scorecard: null },
      ])
    }
  })

  test('lines that are no JSON, no object, or hold a wrong value are told by line, and nothing is loaded', async () => {
    const good = `{"id": "a", "created_at": "${at}"}`
    expect(await issues(load('products', 'ndjson', `${good}\n\n{"id": \n`))).toMatchObject([
      { line: 3, message: expect.stringContaining('invalid input syntax for type json') },
    ])
    expect(await issues(load('products', 'ndjson', `${good}\n[1]\n"x"\n`))).toEqual([
      { line: 2, column: null, value: null, message: 'a JSON object is expected, not array' },
      { line: 3, column: null, value: null, message: 'a JSON object is expected, not string' },
    ])
    expect(
      await issues(load('products', 'ndjson', `${good}\n{"id": "b", "created_at": "${at}", "prize": 3}\n`)),
    ).toEqual([
      { line: 2, column: null, value: null, message: `Unknown column 'prize'. Did you mean 'price'?` },
    ])
    expect(
      await issues(
        load(
          'products',
          'ndjson',
          `${good}\n{"id": "b", "created_at": "${at}", "price": "cheap"}\n{"id": "a"}\n`,
        ),
      ),
    ).toMatchObject([
      { line: 2, column: 'price', value: 'cheap', message: 'invalid input syntax for type numeric: "cheap"' },
      { line: 3, column: 'created_at', value: null },
    ])
    expect(await issues(load('products', 'ndjson', `${good}\n${good}\n`))).toMatchObject([
      { line: 2, message: 'the same key stands on the lines 1 and 2' },
    ])
    expect(await stored('*')).toBe('')
  })
})

describe("a table of one's own", () => {
  test('a text that is too long and a broken constraint are told', async () => {
    expect(await issues(load('parcels', 'csv', 'code,size\nabcd,1\nabcde,2\n'))).toEqual([
      { line: 3, column: 'code', value: 'abcde', message: 'value too long for type character varying(4)' },
    ])
    expect(await issues(load('parcels', 'csv', 'code,size\na,1\nb,-2\n'))).toMatchObject([
      { line: null, message: expect.stringContaining('parcels_size_check') },
    ])
  })

  test("another organization's row with the same key is neither replaced nor passed over in silence", async () => {
    await client.query(`INSERT INTO parcels VALUES ('other', 'a', 1, '{x}')`)
    expect(await issues(load('parcels', 'csv', 'code,size\na,2\nb,3\n'))).toMatchObject([
      { message: `1 of the rows have keys that another organization's rows have` },
    ])
    expect(await copyText(database.ownerUrl, 'SELECT * FROM parcels')).toBe('other,a,1,{x}\n')
    expect(await load('parcels', 'csv', 'code\nb\n')).toEqual({ inserted: 1, updated: 0 })
    expect(await load('parcels', 'csv', 'code\nb\n')).toEqual({ inserted: 0, updated: 1 })
  })

  test('without a unique key, over a query, or unknown: refused with the reason', async () => {
    await expect(load('loose', 'csv', 'code\na\n')).rejects.toThrow(
      'its table has no unique key over (owner, code)',
    )
    await expect(load('computed', 'csv', 'code\na\n')).rejects.toThrow('declared over a query')
    await expect(load('deels', 'csv', '')).rejects.toThrow(`Unknown dataset 'deels'. Did you mean 'deals'?`)
  })
})

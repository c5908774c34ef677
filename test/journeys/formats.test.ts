import { createHash } from 'node:crypto'
import { gunzipSync, inflateRawSync, zstdDecompressSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, createExport, download, type ExportState, settle } from '../support/exports.ts'
import { uuidOf } from '../support/gated-dataset.ts'
import { sql } from '../support/sql.ts'
import { storedFiles } from '../support/stored-files.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 300, partRows: 100_000 })
})

afterAll(() => app.stop())

const columns = [
  { name: 'id' },
  { name: 'amount' },
  { name: 'deal_analyzed' },
  { name: 'all_competitors' },
  { name: 'scorecard' },
]

async function made(input: object): Promise<{ last: ExportState; bytes: Buffer }> {
  const { id } = await acceptExport(app, { dataset: 'deals', columns, sort: [{ column: 'id' }], ...input })
  const last = await settle(app, id)
  expect(last.error).toBeNull()
  expect(last).toMatchObject({ status: 'COMPLETED', rowsExported: 300, progress: 100 })
  return { last, bytes: await download(last.files[0]!.url) }
}

interface Deal {
  id: string
  amount: string | null
  deal_analyzed: boolean
  all_competitors: string[] | null
  scorecard: unknown
}

const deals = () =>
  sql<Deal & Record<string, unknown>>(
    app.database.ownerUrl,
    `SELECT id, amount::text, deal_analyzed, all_competitors, scorecard FROM crm.deals WHERE organization_id = 'demo' ORDER BY id`,
  )

test('NDJSON and JSON hold every row with its types', async () => {
  const expected = (await deals()).map((deal) => ({
    ...deal,
    amount: deal.amount === null ? null : Number(deal.amount),
  }))
  const ndjson = await made({ format: 'NDJSON' })
  expect(ndjson.last.files[0]?.contentType).toBe('application/x-ndjson')
  expect(
    ndjson.bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(expected)
  const json = await made({ format: 'JSON' })
  expect(JSON.parse(json.bytes.toString())).toEqual(expected)
})

test('nested rows are objects in JSON, not text', async () => {
  const { bytes } = await made({
    format: 'JSON',
    columns: [{ name: 'id' }, { name: 'company', columns: [{ name: 'name' }] }, { name: 'contacts.email' }],
  })
  const rows = JSON.parse(bytes.toString()) as {
    company: { name: string } | null
    'contacts.email': string[]
  }[]
  expect(rows.some(({ company }) => typeof company?.name === 'string')).toBe(true)
  expect(rows.every((row) => Array.isArray(row['contacts.email']))).toBe(true)
})

test('TSV is CSV with tabs', async () => {
  const { bytes } = await made({ format: 'TSV', options: { formulaGuard: false } })
  const rows = parse(bytes, { delimiter: '\t', columns: true }) as { id: string }[]
  expect(rows.map(({ id }) => id)).toEqual((await deals()).map(({ id }) => id))
})

test('Parquet holds the rows with real types', async () => {
  const { bytes, last } = await made({ format: 'PARQUET', options: { pageCompression: 'SNAPPY' } })
  expect(last.files[0]?.name).toMatch(/\.parquet$/)
  const file = new Uint8Array(bytes).buffer
  const rows = (await parquetReadObjects({ file })) as Record<string, unknown>[]
  const expected = await deals()
  expect(rows.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
  // hyparquet gives decimals as doubles, a last digit off.
  const rounded = (amount: unknown) => (amount === null ? null : Number(amount).toPrecision(12))
  expect(rows.map(({ amount }) => rounded(amount))).toEqual(expected.map(({ amount }) => rounded(amount)))
  expect(rows[0]?.deal_analyzed).toBeTypeOf('boolean')
})

test('XLSX and XLS are workbooks that begin as such files do', async () => {
  const xlsx = await made({ format: 'XLSX' })
  expect(xlsx.bytes.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
  const xls = await made({ format: 'XLS' })
  expect(xls.bytes.subarray(0, 8).toString('hex')).toBe('d0cf11e0a1b11ae1')
  expect(xlsx.last.files[0]?.name).toMatch(/\.xlsx$/)
})

test.for(['GZIP', 'ZSTD', 'ZIP'])(
  'a CSV in %s holds the same bytes as one that is not compressed',
  async (compression) => {
    const plain = await made({})
    const packed = await made({ compression })
    const unpack = { GZIP: gunzipSync, ZSTD: zstdDecompressSync, ZIP: unzipOnly }[compression]!
    expect(unpack(packed.bytes).equals(plain.bytes)).toBe(true)
  },
)

test.for([
  ['GZIP', 6, 9],
  ['ZIP', 6, 9],
  ['ZSTD', 1, 19],
] as const)('a CSV in %s can be packed faster or smaller: %i is usual, %i the most', async (row) => {
  const [compression, usual, most] = row
  const unpack = { GZIP: gunzipSync, ZSTD: zstdDecompressSync, ZIP: unzipOnly }[compression]
  const left = await made({ compression })
  const one = await made({ compression, compressionLevel: 1 })
  const best = await made({ compression, compressionLevel: most })
  expect(best.bytes.length).toBeLessThan(one.bytes.length)
  expect(unpack(best.bytes).equals(unpack(one.bytes))).toBe(true)
  expect(unpack(best.bytes).equals(unpack(left.bytes))).toBe(true)

  // What is usual can be said or left out: it is the same export.
  const said = await acceptExport(app, {
    dataset: 'deals',
    columns,
    sort: [{ column: 'id' }],
    compression,
    compressionLevel: usual,
    dedupeWithinSeconds: 3_600,
  })
  expect([left.last.id, ...(usual === 1 ? [one.last.id] : [])]).toContain(said.id)
})

test.for([
  [{ compressionLevel: 1 }, 'goes with the compression gzip, zip, zstd only'],
  [
    { compression: 'GZIP', compressionLevel: 10 },
    'of gzip must be a whole number from 1 (fastest) to 9 (smallest)',
  ],
  [
    { compression: 'ZSTD', compressionLevel: 0 },
    'of zstd must be a whole number from 1 (fastest) to 19 (smallest)',
  ],
] as const)('a level that the compression does not have is refused: %o', async ([input, message]) => {
  const { issues } = await createExport(app, { dataset: 'deals', ...input })
  expect(issues).toEqual([{ path: 'compressionLevel', message }])
})

test('a file that comes out larger than asked for is delivered in a zip, and one that does not is not', async () => {
  const plain = await made({})
  const small = await made({ zipAboveBytes: plain.bytes.length })
  expect(small.bytes.equals(plain.bytes)).toBe(true)
  const { bytes, last } = await made({ zipAboveBytes: plain.bytes.length - 1 })
  expect(last.files).toMatchObject([
    {
      name: expect.stringMatching(/\.csv\.zip$/),
      contentType: 'application/zip',
      bytes: bytes.length,
      rows: 300,
    },
  ])
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(last.files[0]?.sha256)
  expect(unzipOnly(bytes).equals(plain.bytes)).toBe(true)
  expect(storedFiles(app).filter((name) => name.includes(uuidOf(last.id)))).toHaveLength(2)
})

/** The only entry of an archive, by its central directory. @see APPNOTE 4.3.12 */
function unzipOnly(archive: Buffer): Buffer {
  const central = archive.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'))
  const compressed = archive.readUInt32LE(central + 20)
  const local = archive.readUInt32LE(central + 42)
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
  return inflateRawSync(archive.subarray(start, start + compressed))
}

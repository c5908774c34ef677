import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { copyIn } from '../../src/platform/postgres/copy-in.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, download, settle } from '../support/exports.ts'

/** Real data, 3,000,000 rows: 17 MB to fetch and a minute to run, so only on request. */
const isAsked = process.env.FLIGHTS === '1'
const source = 'vega-datasets@3.2.1'

const flights = defineDataset({
  name: 'flights',
  label: 'Flights',
  source: { table: { schema: 'public', name: 'flights' } },
  tenant: { shared: true },
  columns: {
    date: { type: 'timestamp', label: 'Date' },
    delay: { type: 'bigint', label: 'Delay' },
    distance: { type: 'bigint', label: 'Distance' },
    origin: { type: 'text', label: 'Origin' },
    destination: { type: 'text', label: 'Destination' },
  },
})
const columns = 'date, delay, distance, origin, destination'

describe.runIf(isAsked)('3,000,000 flights', { timeout: 600_000 }, () => {
  let app: TestApp
  let client: pg.Client
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-flights-'))
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, source], { cwd: folder })
    execFileSync('tar', ['xzf', 'vega-datasets-3.2.1.tgz', 'package/data/flights-3m.parquet'], {
      cwd: folder,
    })
    await query(
      `COPY (SELECT ${columns} FROM '${original()}') TO '${join(folder, 'flights.csv')}' (HEADER false)`,
    )
    app = await startApp({
      deals: 0,
      partRows: 1_000_000,
      overrides: { datasets: createRegistry([flights]) },
    })
    client = new pg.Client({ connectionString: app.database.ownerUrl })
    await client.connect()
    await client.query(
      'CREATE TABLE flights (date timestamp, delay bigint, distance bigint, origin text, destination text)',
    )
    await copyIn(
      client,
      'COPY flights FROM STDIN (FORMAT csv)',
      createReadStream(join(folder, 'flights.csv')),
    )
    await client.query('GRANT SELECT ON flights TO PUBLIC; ANALYZE flights')
    await client.query('SET synchronize_seqscans = off')
  }, 600_000)

  afterAll(async () => {
    await client?.end()
    await app?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const original = () => join(folder, 'package/data/flights-3m.parquet')

  async function exportAs(format: string): Promise<{ file: Buffer; seconds: number }> {
    const begin = performance.now()
    const { id } = await acceptExport(app, { dataset: 'flights', format })
    const last = await settle(app, id)
    expect(last).toMatchObject({ status: 'COMPLETED', rowsExported: 3_000_000, error: null })
    const seconds = (performance.now() - begin) / 1000
    return { file: await download(last.files[0]!.url), seconds }
  }

  /** What `psql \copy` would write, and how long it takes to get it out of Postgres. */
  async function copyOfTable(): Promise<{ sha256: string; seconds: number }> {
    const begin = performance.now()
    const hash = createHash('sha256')
    const stream = client.query(
      copyTo(`COPY (SELECT ${columns} FROM flights) TO STDOUT (FORMAT csv, HEADER)`),
    )
    for await (const chunk of stream) hash.update(chunk as Buffer)
    return { sha256: hash.digest('hex'), seconds: (performance.now() - begin) / 1000 }
  }

  test('as CSV are the bytes of COPY, made in parts', async () => {
    const copy = await copyOfTable()
    const { file, seconds } = await exportAs('CSV')
    expect(createHash('sha256').update(file).digest('hex')).toBe(copy.sha256)
    tell(`CSV took ${ratio(seconds, copy.seconds)} times as long as COPY alone (${file.length} bytes)`)
  })

  test('as Parquet are the original, row for row', async () => {
    const copy = await copyOfTable()
    const { file, seconds } = await exportAs('PARQUET')
    const exported = join(folder, 'exported.parquet')
    writeFileSync(exported, file)
    const sums = (path: string) =>
      query(`SELECT count(*), sum(delay), sum(distance), min(date), max(date), count(DISTINCT origin), sum(hash(destination) % 1000)
        FROM '${path}'`)
    expect(await sums(exported)).toEqual(await sums(original()))
    const missing = (a: string, b: string) =>
      query(`SELECT count(*) FROM (SELECT ${columns} FROM '${a}' EXCEPT ALL SELECT ${columns} FROM '${b}')`)
    expect(await missing(exported, original())).toEqual([['0']])
    expect(await missing(original(), exported)).toEqual([['0']])
    tell(`Parquet took ${ratio(seconds, copy.seconds)} times as long as COPY alone (${file.length} bytes)`)
  })
})

async function query(sql: string): Promise<unknown[][]> {
  const duckdb = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', threads: '2' })
  const connection = await duckdb.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][]
  } finally {
    connection.closeSync()
    duckdb.closeSync()
  }
}

function ratio(seconds: number, others: number): string {
  return (seconds / others).toFixed(1)
}

function tell(sentence: string): void {
  process.stdout.write(`${sentence}\n`)
}

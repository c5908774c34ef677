import { once } from 'node:events'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authenticate } from '../../src/lifecycle/authenticate.ts'
import { findChunk } from '../../src/lifecycle/find-chunk.ts'
import { startApp, startWorkerProcess, type TestApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import {
  acceptExport,
  cancelExport,
  download,
  type ExportState,
  settle,
  watchExport,
} from '../support/exports.ts'
import { FlakyStorage } from '../support/flaky-storage.ts'
import { backendsOf, uuidOf } from '../support/gated-dataset.ts'
import { sql } from '../support/sql.ts'
import { storedFiles } from '../support/stored-files.ts'
import { until } from '../support/until.ts'
import { startWorker } from '../support/worker.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 50_000, partRows: 10_000, workers: 2 })
})

afterAll(() => app.stop())

async function exported(input: object): Promise<{ last: ExportState; bytes: Buffer; text: string }> {
  const { id } = await acceptExport(app, { dataset: 'deals', options: { formulaGuard: false }, ...input })
  const last = await settle(app, id)
  expect(last.error).toBeNull()
  const bytes = await download(last.files[0]!.url)
  return { last, bytes, text: (last.files[0]!.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString() }
}

const columns = [{ name: 'id' }, { name: 'amount' }, { name: 'summary' }]

test('an export in parts by table blocks is the same file as one COPY of the whole', async () => {
  const { last, text } = await exported({ columns })
  expect(last.parts).toEqual({ ready: 5, total: 5 })
  expect(text).toBe(
    `id,amount,summary\n${await copyText(app.database.ownerUrl, "SELECT id, amount, summary FROM crm.deals WHERE organization_id = 'demo'")}`,
  )
})

test('gzip members of parts are one file to any reader', async () => {
  const { last, text } = await exported({ columns, compression: 'GZIP' })
  expect(last.parts?.total).toBe(5)
  expect(text).toBe(
    `id,amount,summary\n${await copyText(app.database.ownerUrl, "SELECT id, amount, summary FROM crm.deals WHERE organization_id = 'demo'")}`,
  )
})

test('parts are packed at the level that was asked for', async () => {
  const { last, bytes } = await exported({ columns, compression: 'GZIP', compressionLevel: 1 })
  expect(last.parts?.total).toBe(5)
  // How hard it tried stands in the header of each member: 4 is fastest. @see RFC 1952 2.3.1
  const headers = bytes.toString('latin1').split('\x1f\x8b\x08\0\0\0\0\0').slice(1)
  expect(headers.map((header) => header.charCodeAt(0))).toEqual([4, 4, 4, 4, 4])
})

test.for([
  { direction: 'ASC', nulls: 'FIRST' },
  { direction: 'ASC', nulls: 'LAST' },
  { direction: 'DESC', nulls: 'FIRST' },
  { direction: 'DESC', nulls: 'LAST' },
])('parts of a sorted export are in order: $direction NULLS $nulls', async ({ direction, nulls }) => {
  const { last, text } = await exported({ columns, sort: [{ column: 'amount', direction, nulls }] })
  expect(last.parts?.total).toBeGreaterThan(2)
  expect(text).toBe(
    `id,amount,summary\n${await copyText(
      app.database.ownerUrl,
      `SELECT id, amount, summary FROM crm.deals WHERE organization_id = 'demo' ORDER BY amount ${direction} NULLS ${nulls}, id ${direction}`,
    )}`,
  )
})

test('parts keep the filter', async () => {
  const { last, text } = await exported({
    columns: [{ name: 'id' }],
    filter: { field: { column: 'amount', is: { number: { isNull: false } } } },
  })
  expect(last.parts?.total).toBeGreaterThan(2)
  expect(text).toBe(
    `id\n${await copyText(app.database.ownerUrl, "SELECT id FROM crm.deals WHERE organization_id = 'demo' AND amount IS NOT NULL")}`,
  )
})

test('several files of bounded rows hold every row once, each with a header', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'deals',
    columns: [{ name: 'id' }],
    maxRowsPerFile: 20_000,
    name: 'a long name '.repeat(16),
  })
  const last = await settle(app, id)
  expect(last.files.map(({ rows }) => rows)).toEqual([20_000, 20_000, 10_000])
  expect(new Set(last.files.map(({ name }) => name)).size).toBe(3)
  const texts = await Promise.all(last.files.map(async ({ url }) => (await download(url)).toString()))
  const rows = texts.flatMap((text) => {
    const [header, ...lines] = text.trimEnd().split('\n')
    expect(header).toBe('id')
    return lines
  })
  // Nobody asked for an order, and another plan of Postgres gives another one.
  expect(`${rows.toSorted().join('\n')}\n`).toBe(
    await copyText(
      app.database.ownerUrl,
      `SELECT id FROM crm.deals WHERE organization_id = 'demo' ORDER BY id COLLATE "C"`,
    ),
  )
})

test('each of several files has a number of its own, by which its own organization finds it', async () => {
  const input = { dataset: 'deals', columns: [{ name: 'id' }], maxRowsPerFile: 12_000 }
  const { id, number } = await acceptExport(app, input)
  const counts: { ready: number; total: number }[] = []
  for await (const { parts, status, files } of watchExport(app, id)) {
    if (parts) counts.push(parts)
    if (status !== 'COMPLETED') expect(files).toEqual([])
  }
  expect(counts.at(-1)).toEqual({ ready: 5, total: 5 })
  expect(counts.map(({ ready }) => ready)).toEqual(counts.map(({ ready }) => ready).sort())
  const { data } = await app.graphql<{ export: { files: { number: number; name: string }[] } }>(
    'query ($id: ID!) { export(id: $id) { files { number name } } }',
    { id },
  )
  const files = data!.export.files
  expect(files.map((file) => file.number)).toEqual([1, 2, 3, 4, 5].map((step) => number + step))
  const next = await acceptExport(app, { dataset: 'deals', limit: 1 })
  expect(next.number).toBe(number + 6)
  await settle(app, next.id)

  const principal = (await authenticate(app.api.services, app.key))!
  const chunk = await findChunk(app.api.services, principal, files[2]!.number)
  expect(chunk).toMatchObject({ file: { name: files[2]!.name, position: 2 }, export: { number } })
  const stranger = await app.addOrganization('stranger')
  const other = (await authenticate(app.api.services, stranger.key))!
  for (const [by, wanted] of [
    [other, files[2]!.number],
    [principal, number],
    [principal, 999_999],
    [principal, null],
  ] as const)
    await expect(findChunk(app.api.services, by, wanted)).rejects.toThrow('There is no such export.')
})

test('an export of too many files fails, says so, and leaves none of them', async () => {
  const before = storedFiles(app)
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }], maxRowsPerFile: 100 })
  expect(await settle(app, id)).toMatchObject({
    status: 'FAILED',
    attempt: 1,
    error: { code: 'TOO_MANY_FILES', retryable: false },
    files: [],
  })
  expect(storedFiles(app)).toEqual(before)
})

test('after all of them, storage holds the files and their manifests and no part', () => {
  expect(storedFiles(app).filter((name) => name.includes('/parts/') || name.endsWith('.part'))).toEqual([])
})

test('an export that is canceled among its parts leaves nothing, in storage or in the database', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'deals',
    columns,
    compression: 'GZIP',
    sort: [{ column: 'summary' }],
  })
  const before = storedFiles(app)
  let canceledAt = 0
  let last: ExportState | undefined
  for await (const state of watchExport(app, id)) {
    last = state
    if (canceledAt > 0 || state.status !== 'PROCESSING') continue
    canceledAt = performance.now()
    await cancelExport(app, id)
  }
  expect(last).toMatchObject({ status: 'CANCELED', files: [] })
  await until('no backend reads for it', async () => (await backendsOf(app, id)).length === 0, 1_500)
  expect(performance.now() - canceledAt).toBeLessThan(1_500)
  await until('its parts are gone', () => storedFiles(app).length === before.length, 2_000)
})

test('a killed worker loses its parts to another one, and the file is right', {
  timeout: 90_000,
}, async () => {
  const crashing = await startApp({ deals: 50_000, partRows: 5_000, workers: 0 })
  const { adminUrl, ownerUrl } = crashing.database
  const released = Promise.withResolvers<void>()
  try {
    // It holds the export and its snapshot, and gets no further than one part: the others are the victim's.
    const storage = new FlakyStorage(crashing.api.services.storage, () => null)
    const openUpload = storage.openUpload.bind(storage)
    storage.openUpload = async (key) => {
      if (key.includes('/parts/')) await released.promise
      return await openUpload(key)
    }
    await startWorker(crashing, { storage }, { concurrency: 1 })
    const waits = (query: string) =>
      sql(
        adminUrl,
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE $1`,
        [query],
      )
    const parts = await lockTable(crashing, 'sluice.export_parts', 'SHARE')
    const { id } = await acceptExport(crashing, {
      dataset: 'deals',
      columns,
      options: { formulaGuard: false },
    })
    await until(
      'its parts are about to be made',
      async () => (await waits('%insert %export_parts%')).length > 0,
    )
    const victim = await startWorkerProcess(crashing)
    const exited = once(victim, 'exit')
    const deals = await lockTable(crashing, 'crm.deals', 'ACCESS EXCLUSIVE')
    await parts.unlock()
    await until('the victim waits in the middle of a part', async () => (await waits('COPY %')).length > 0)
    victim.kill('SIGKILL')
    await exited
    await deals.unlock()
    released.resolve()
    const last = await settle(crashing, id)
    expect(last).toMatchObject({ status: 'COMPLETED', attempt: 1, rowsExported: 50_000 })
    const again = await sql(ownerUrl, 'SELECT FROM sluice.export_parts WHERE export_id = $1 AND tries > 1', [
      uuidOf(id),
    ])
    expect(again.length).toBeGreaterThan(0)
    expect((await download(last.files[0]!.url)).toString()).toBe(
      `id,amount,summary\n${await copyText(ownerUrl, "SELECT id, amount, summary FROM crm.deals WHERE organization_id = 'demo'")}`,
    )
    expect(storedFiles(crashing)).toHaveLength(2)
  } finally {
    released.resolve()
    await crashing.stop()
  }
})

/** Asks for a lock, behind which all others wait that come after it, whether or not it is granted at once. */
async function lockTable(
  of: TestApp,
  table: string,
  mode: 'SHARE' | 'ACCESS EXCLUSIVE',
): Promise<{ unlock(): Promise<void> }> {
  const client = new pg.Client({ connectionString: of.database.ownerUrl })
  client.on('error', () => {})
  await client.connect()
  await client.query('BEGIN')
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const { pid } = rows[0]!
  client.query(`LOCK TABLE ${table} IN ${mode} MODE`).catch(() => {})
  await until('the lock is asked for', async () => {
    const asked = 'SELECT FROM pg_locks WHERE pid = $1 AND relation = $2::regclass'
    return (await sql(of.database.ownerUrl, asked, [pid, table])).length > 0
  })
  const unlock = async () => {
    await sql(of.database.adminUrl, 'SELECT pg_terminate_backend($1)', [pid])
    await client.end()
  }
  of.onStop(unlock)
  return { unlock }
}

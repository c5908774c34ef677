import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Computation } from '../../src/core/dataset.ts'
import { crmDatasets } from '../../src/datasets/crm/datasets.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { Source } from '../../src/engine/source/source.ts'
import {
  ObjectMissingError,
  StorageFullError,
  StorageUnavailableError,
  UploadClosedError,
} from '../../src/engine/storage/errors.ts'
import type { Storage } from '../../src/engine/storage/storage.ts'
import { createApiKey, revokeApiKey } from '../../src/lifecycle/api-keys.ts'
import { authenticate } from '../../src/lifecycle/authenticate.ts'
import { submitExport } from '../../src/lifecycle/submit-export.ts'
import { sweepStorage } from '../../src/lifecycle/sweep-storage.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import { acceptExport, download, type ExportState, settle, watchExport } from '../support/exports.ts'
import { FlakyStorage } from '../support/flaky-storage.ts'
import { closeGate, datasetsWithGate, uuidOf, waitingAtGate } from '../support/gated-dataset.ts'
import { jobsOf, runJob } from '../support/run-job.ts'
import { sql } from '../support/sql.ts'
import { storedFiles } from '../support/stored-files.ts'
import { until } from '../support/until.ts'
import { startWorker } from '../support/worker.ts'

let app: TestApp
const logged: Record<string, unknown>[] = []

beforeAll(async () => {
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(JSON.parse(String(chunk)) as Record<string, unknown>)
      done()
    },
  })
  // Each test begins its worker when it has made the world worse.
  app = await startApp({
    deals: 300,
    workers: 0,
    overrides: { datasets: datasetsWithGate, log: pino({ level: 'warn' }, lines) },
  })
})

afterAll(() => app.stop())

const idsOnly = { dataset: 'deals', columns: [{ name: 'id' }] }

async function eventsOf(id: string): Promise<string[]> {
  const rows = await sql<{ type: string }>(
    app.database.ownerUrl,
    'SELECT type FROM sluice.export_events WHERE export_id = $1 ORDER BY id',
    [uuidOf(id)],
  )
  return rows.map(({ type }) => type)
}

function alwaysFailing(error: Error): Storage {
  return new FlakyStorage(app.api.services.storage, () => error)
}

function leftoversOf(id: string): string[] {
  return storedFiles(app).filter((file) => file.includes(uuidOf(id)))
}

test('a column that is dropped between submit and run fails the export for good', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'deals',
    columns: [{ name: 'id' }, { name: 'industry' }],
  })
  await sql(app.database.ownerUrl, 'ALTER TABLE crm.deals RENAME COLUMN industry TO industry_gone')
  onTestFinished(async () => {
    await sql(app.database.ownerUrl, 'ALTER TABLE crm.deals RENAME COLUMN industry_gone TO industry')
  })
  const worker = await startWorker(app)
  onTestFinished(() => worker.stop())
  const last = await settle(app, id)
  expect(last).toMatchObject({
    status: 'FAILED',
    attempt: 1,
    files: [],
    error: { code: 'COLUMN_DROPPED', retryable: false },
  })
  expect(last.completedAt).not.toBeNull()
  expect(await eventsOf(id)).toEqual(['created', 'started', 'failed'])
  await until('the job is settled', async () => (await jobsOf(app, id))[0]?.state !== 'active')
  expect(await jobsOf(app, id)).toEqual([{ state: 'completed', retry_count: 0 }])
  expect(leftoversOf(id)).toEqual([])
})

const amountIsComputed = createRegistry(
  crmDatasets.map((dataset) => {
    const { amount } = dataset.columns
    if (dataset.name !== 'deals' || !amount) return dataset
    const compute: Computation = { from: ['id'], value: () => 1 }
    return { ...dataset, columns: { ...dataset.columns, amount: { ...amount, compute } } }
  }),
)

test.each([
  [
    'filter',
    { filter: { not: { field: { column: 'amount', is: { number: { gt: 1 } } } } } },
    "The filter names the column 'amount', which is computed for each row of a file now",
  ],
  [
    'sort',
    { sort: [{ column: 'amount', direction: 'ASC' }] },
    "The sort names the column 'amount', which is computed for each row of a file now",
  ],
])('a %s by a column that became computed meanwhile fails the export for good', async (_, part, message) => {
  const { id } = await acceptExport(app, { ...idsOnly, ...part })
  await runJob(app, id, { services: { datasets: amountIsComputed } })
  expect(await settle(app, id)).toMatchObject({
    status: 'FAILED',
    attempt: 1,
    error: { code: 'COLUMN_DROPPED', retryable: false, message },
  })
})

test('a dataset that is no longer declared fails the export for good', async () => {
  const { id } = await acceptExport(app, { dataset: 'gated_deals' })
  await runJob(app, id, { services: { datasets: { get: () => undefined, all: () => [] } } })
  expect(await settle(app, id)).toMatchObject({ status: 'FAILED', error: { code: 'DATASET_REMOVED' } })
})

test('who has watched an export sees it being published', async () => {
  const gate = await closeGate(app)
  const manifest = Promise.withResolvers<void>()
  const storage = new FlakyStorage(app.api.services.storage, () => null)
  const openUpload = storage.openUpload.bind(storage)
  storage.openUpload = async (key) => {
    if (key.endsWith('/manifest.json')) await manifest.promise
    return await openUpload(key)
  }
  const { id } = await acceptExport(app, { dataset: 'gated_deals', columns: [{ name: 'id' }] })
  const worker = await startWorker(app, { storage })
  onTestFinished(async () => {
    manifest.resolve()
    await gate.open()
    await worker.stop()
  })
  const stages: string[] = []
  for await (const { stage } of watchExport(app, id)) {
    stages.push(stage)
    if (stage === 'EXPORTING') await gate.open()
    if (stage === 'PUBLISHING') manifest.resolve()
  }
  expect(stages.slice(-2)).toEqual(['PUBLISHING', 'DONE'])
})

test('a source connection that is killed in mid-COPY is tried again, and the file is whole', async () => {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const { id } = await acceptExport(app, { dataset: 'gated_deals', columns: [{ name: 'id' }] })
  const worker = await startWorker(app)
  onTestFinished(() => worker.stop())
  const pid = await waitingAtGate(app, id)
  const states: ExportState[] = []
  for await (const state of watchExport(app, id)) {
    states.push(state)
    if (states.length > 1) continue
    await sql(app.database.adminUrl, 'SELECT pg_terminate_backend($1)', [pid])
    await gate.open()
  }
  const last = states.at(-1)!
  expect(last).toMatchObject({ status: 'COMPLETED', attempt: 2, rowsExported: 300, error: null })
  expect(await eventsOf(id)).toEqual(['created', 'started', 'retrying', 'started', 'completed'])
  expect((await download(last.files[0]!.url)).toString()).toBe(
    `id\n${await copyText(app.database.ownerUrl, 'SELECT id FROM crm.deals')}`,
  )
  expect(new Set(leftoversOf(id).map((file) => file.split('/')[3]))).toEqual(new Set(['2']))
})

const storageFailures = [
  ['STORAGE_UNAVAILABLE', new StorageUnavailableError('the mount is gone')],
  ['STORAGE_UNAVAILABLE', new UploadClosedError('the upload was removed from the mount')],
  ['STORAGE_UNAVAILABLE', new ObjectMissingError('mount/parts/3-1')],
  ['STORAGE_FULL', new StorageFullError('the disk is full')],
] as const

test.each(storageFailures)('a storage that fails once (%s) is tried again', async (code, error) => {
  const storage = new FlakyStorage(app.api.services.storage, (upload) => (upload === 1 ? error : null))
  const { id } = await acceptExport(app, idsOnly)
  await expect(runJob(app, id, { services: { storage } })).rejects.toMatchObject({ code })
  const waiting = await firstState(id)
  expect(waiting).toMatchObject({ status: 'PENDING', progress: 0, rowsExported: 0, error: { code } })
  expect(leftoversOf(id)).toEqual([])
  await runJob(app, id, { services: { storage } })
  expect(await settle(app, id)).toMatchObject({
    status: 'COMPLETED',
    attempt: 2,
    rowsExported: 300,
    error: null,
  })
  expect(await eventsOf(id)).toEqual(['created', 'started', 'retrying', 'started', 'completed'])
})

test.each(storageFailures)(
  'a storage that fails at the last try too fails the export with %s',
  async (code, error) => {
    const storage = alwaysFailing(error)
    const { id } = await acceptExport(app, idsOnly)
    await expect(runJob(app, id, { services: { storage } })).rejects.toMatchObject({ code })
    await runJob(app, id, { isLastTry: true, services: { storage } })
    const last = await settle(app, id)
    expect(last).toMatchObject({ status: 'FAILED', attempt: 2, files: [], error: { code, retryable: true } })
    expect(last.error!.message).not.toContain('mount')
    expect(await eventsOf(id)).toEqual(['created', 'started', 'retrying', 'started', 'failed'])
    expect(leftoversOf(id)).toEqual([])
  },
)

test('a storage that removes nothing keeps no export from being made', async () => {
  const principal = (await authenticate(app.api.services, app.key))!
  const { export: row } = await submitExport(app.api.services, principal, {
    door: 'test',
    dataset: 'deals',
    zipAboveBytes: 0,
  })
  const storage = new FlakyStorage(app.api.services.storage, () => null)
  storage.delete = () => Promise.reject(new StorageUnavailableError('the mount is read-only by now'))
  await runJob(app, row.id, { services: { storage } })
  const last = await settle(app, row.id)
  expect(last).toMatchObject({ status: 'COMPLETED', attempt: 1 })
  expect(last.files.map(({ name }) => name.endsWith('.zip'))).toEqual([true])
  expect(await sweepStorage(app.api.services)).toBe(1)
})

test('the queue itself tries again what can pass: a storage that fails once costs one attempt', async () => {
  const { id } = await acceptExport(app, idsOnly)
  const storage = new FlakyStorage(app.api.services.storage, (upload) =>
    upload === 1 ? new StorageUnavailableError('the mount is gone') : null,
  )
  const worker = await startWorker(app, { storage })
  onTestFinished(() => worker.stop())
  const states: ExportState[] = []
  for await (const state of watchExport(app, id)) states.push(state)
  expect(states.at(-1)).toMatchObject({ status: 'COMPLETED', attempt: 2 })
  expect(
    states.some(({ status, error }) => status === 'PENDING' && error?.code === 'STORAGE_UNAVAILABLE'),
  ).toBe(true)
})

test('a key that is revoked between submit and run ends the export', async () => {
  const { secret, key } = await createApiKey(app.api.services, { id: app.organizationId }, { name: 'brief' })
  const { id } = await acceptExport(app, idsOnly, secret)
  await revokeApiKey(app.api.services, key.id)
  await runJob(app, id)
  expect(await settle(app, id)).toMatchObject({
    status: 'FAILED',
    attempt: 1,
    rowsExported: 0,
    files: [],
    error: { code: 'ACCESS_REVOKED', retryable: false },
  })
  expect(await eventsOf(id)).toEqual(['created', 'started', 'failed'])
})

test('a key that expires or loses exports:write between submit and run ends the export', async () => {
  const services = app.api.services
  const inAMinute = new Date(Date.now() + 60_000)
  const brief = await createApiKey(
    services,
    { id: app.organizationId },
    { name: 'brief', expiresAt: inAMinute },
  )
  const first = await acceptExport(app, idsOnly, brief.secret)
  await runJob(app, first.id, { services: { now: () => new Date(Date.now() + 61_000) } })
  expect(await settle(app, first.id)).toMatchObject({ error: { code: 'ACCESS_REVOKED' } })

  const narrowed = await createApiKey(services, { id: app.organizationId }, { name: 'narrowed' })
  const second = await acceptExport(app, idsOnly, narrowed.secret)
  await sql(app.database.ownerUrl, "UPDATE sluice.api_keys SET scopes = '{exports:read}' WHERE id = $1", [
    narrowed.key.id,
  ])
  await runJob(app, second.id)
  expect(await settle(app, second.id)).toMatchObject({ error: { code: 'ACCESS_REVOKED' } })
})

test('a file with more rows than the plan allows is never published, and one with exactly as many is', async () => {
  await sql(
    app.database.ownerUrl,
    `INSERT INTO sluice.plans SELECT 'rows', null, null, null, 300, link_lifetime_seconds, file_lifetime_seconds, record_lifetime_seconds
     FROM sluice.plans WHERE name = 'unlimited'`,
  )
  const plan = (name: string) =>
    sql(app.database.ownerUrl, 'UPDATE sluice.organizations SET plan_name = $2 WHERE id = $1', [
      app.organizationId,
      name,
    ])
  await plan('rows')
  onTestFinished(async () => {
    await plan('unlimited')
  })
  const exact = await acceptExport(app, idsOnly)
  await runJob(app, exact.id)
  expect(await settle(app, exact.id)).toMatchObject({ status: 'COMPLETED', rowsExported: 300 })

  await sql(app.database.ownerUrl, "UPDATE sluice.plans SET max_rows_per_export = 299 WHERE name = 'rows'")
  const over = await acceptExport(app, idsOnly)
  await runJob(app, over.id)
  const last = await settle(app, over.id)
  expect(last).toMatchObject({
    status: 'FAILED',
    files: [],
    error: { code: 'ROW_LIMIT_EXCEEDED', retryable: false },
  })
  expect(last.error!.message).toContain('299')
  expect(leftoversOf(over.id)).toEqual([])
})

test('an export of no rows is a file with its header alone', async () => {
  const { id } = await acceptExport(app, {
    ...idsOnly,
    filter: { field: { column: 'id', is: { text: { eq: 'nobody' } } } },
  })
  await runJob(app, id)
  const last = await settle(app, id)
  expect(last).toMatchObject({
    status: 'COMPLETED',
    progress: 100,
    rowsExported: 0,
    rowsTotal: 0,
    rowsTotalExact: true,
  })
  expect(last.files[0]).toMatchObject({ rows: 0, bytes: 3 })
  expect((await download(last.files[0]!.url)).toString()).toBe('id\n')
})

test('an error that nobody foresaw is told as INTERNAL, and its cause is in the log under the same id', async () => {
  const storage = alwaysFailing(new TypeError('secret detail: password=hunter2'))
  const { id } = await acceptExport(app, idsOnly)
  await runJob(app, id, { isLastTry: true, services: { storage } })
  const last = await settle(app, id)
  expect(last).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL' } })
  const { data } = await app.graphql<{ export: unknown }>(
    'query ($id: ID!) { export(id: $id) { error { message } events { message } } }',
    { id },
  )
  expect(data?.export).toMatchObject({ error: { message: expect.any(String) } })
  expect(JSON.stringify(data)).not.toContain('hunter2')
  const lines = logged.filter(({ exportId }) => exportId === uuidOf(id))
  expect(JSON.stringify(lines)).toContain('hunter2')
})

async function firstState(id: string): Promise<ExportState> {
  for await (const state of watchExport(app, id)) return state
  throw new Error('no state')
}

test('an export whose rows take longer than the operator allows fails for good, and says so', async () => {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const source = new Source(app.database.appUrl, { statementTimeoutMs: 200 })
  const worker = await startWorker(app, { source })
  onTestFinished(() => worker.stop())
  const { id } = await acceptExport(app, { dataset: 'gated_deals' })
  expect(await settle(app, id)).toMatchObject({
    status: 'FAILED',
    attempt: 1,
    files: [],
    error: { code: 'SOURCE_TIMED_OUT', retryable: false },
  })
  expect(leftoversOf(id)).toEqual([])
})

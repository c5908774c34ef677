import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { StorageFullError } from '../../src/engine/storage/errors.ts'
import { failLostExport } from '../../src/lifecycle/fail-lost-export.ts'
import { runExport } from '../../src/lifecycle/run-export.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import { acceptExport, download, type ExportState, settle, watchExport } from '../support/exports.ts'
import { FlakyStorage } from '../support/flaky-storage.ts'
import { backendsOf, closeGate, datasetsWithGate, uuidOf, waitingAtGate } from '../support/gated-dataset.ts'
import { jobsOf, runJob } from '../support/run-job.ts'
import { sql } from '../support/sql.ts'
import { storedFiles } from '../support/stored-files.ts'
import { until } from '../support/until.ts'
import { startWorker } from '../support/worker.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 300, workers: 0, overrides: { datasets: datasetsWithGate } })
})

afterAll(() => app.stop())

const gated = { dataset: 'gated_deals', columns: [{ name: 'id' }] }

async function eventsOf(id: string): Promise<string[]> {
  const rows = await sql<{ type: string }>(
    app.database.ownerUrl,
    'SELECT type FROM sluice.export_events WHERE export_id = $1 ORDER BY id',
    [uuidOf(id)],
  )
  return rows.map(({ type }) => type)
}

function storedOf(id: string): string[] {
  return storedFiles(app).filter((file) => file.includes(uuidOf(id)))
}

/** What is published, as storage should hold it. */
async function publishedOf(id: string): Promise<string[]> {
  const rows = await sql<{ storage_key: string }>(
    app.database.ownerUrl,
    'SELECT storage_key FROM sluice.export_files WHERE export_id = $1 ORDER BY storage_key',
    [uuidOf(id)],
  )
  return rows.map(({ storage_key: key }) => `objects/${key}`)
}

async function expectWholeFile(last: ExportState): Promise<void> {
  expect(last).toMatchObject({ status: 'COMPLETED', progress: 100, rowsExported: 300, error: null })
  expect((await download(last.files[0]!.url)).toString()).toBe(
    `id\n${await copyText(app.database.ownerUrl, 'SELECT id FROM crm.deals')}`,
  )
  expect(storedOf(last.id)).toEqual(await publishedOf(last.id))
}

test('a worker that is stopped in mid-export puts it back, leaves nothing, and another worker completes it', async () => {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const { id } = await acceptExport(app, gated)
  const first = await startWorker(app)
  await waitingAtGate(app, id)

  await first.stop()
  const [row] = await sql(
    app.database.ownerUrl,
    'SELECT status, stage, progress, rows_exported, bytes, error_code FROM sluice.exports WHERE id = $1',
    [uuidOf(id)],
  )
  expect(row).toEqual({
    status: 'pending',
    stage: 'queued',
    progress: 0,
    rows_exported: '0',
    bytes: '0',
    error_code: null,
  })
  expect((await jobsOf(app, id)).map(({ state }) => state)).toEqual(['completed', 'created'])
  expect(storedOf(id)).toEqual([])
  expect(await backendsOf(app, id)).toEqual([])

  await gate.open()
  const second = await startWorker(app)
  onTestFinished(() => second.stop())
  const last = await settle(app, id)
  expect(last.attempt).toBe(2)
  expect(await eventsOf(id)).toEqual(['created', 'started', 'requeued', 'started', 'completed'])
  await expectWholeFile(last)
})

test('stopping a worker that has nothing to do is quick, and stopping it takes no further jobs', async () => {
  const worker = await startWorker(app)
  await worker.stop()
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  expect((await jobsOf(app, id)).map(({ state }) => state)).toEqual(['created'])
  const next = await startWorker(app)
  onTestFinished(() => next.stop())
  expect(await settle(app, id)).toMatchObject({ status: 'COMPLETED', attempt: 1 })
})

test('progress that subscribers see never falls within an attempt, over a handover too', async () => {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const { id } = await acceptExport(app, { dataset: 'gated_deals' })
  const first = await startWorker(app)
  const states: ExportState[] = []
  let handedOver = false
  for await (const state of watchExport(app, id)) {
    states.push(state)
    if (handedOver || state.rowsExported === 0) continue
    handedOver = true
    await first.stop()
    await gate.open()
    const second = await startWorker(app)
    onTestFinished(() => second.stop())
  }
  expect(handedOver).toBe(true)
  expect(states.at(-1)).toMatchObject({ status: 'COMPLETED', attempt: 2, rowsExported: 300 })
  for (const [index, state] of states.entries()) {
    const before = states[index - 1]
    if (!before) continue
    expect(state.version).toBeGreaterThan(before.version)
    expect(state.attempt).toBeGreaterThanOrEqual(before.attempt)
    if (state.attempt === before.attempt && state.status === before.status)
      expect(state.progress).toBeGreaterThanOrEqual(before.progress)
  }
})

test('two runs of one export publish one result: the later attempt wins, the other gives up quietly', async () => {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const { id } = await acceptExport(app, { dataset: 'gated_deals' })
  const run = () => runJob(app, id)
  const first = run()
  await waitingAtGate(app, id)
  const second = run()
  await until(
    'both have begun',
    async () => (await eventsOf(id)).filter((type) => type === 'started').length === 2,
  )
  await gate.open()
  const outcomes = await Promise.allSettled([first, second])
  expect(outcomes).toEqual([
    { status: 'fulfilled', value: undefined },
    { status: 'fulfilled', value: undefined },
  ])
  const last = await settle(app, id)
  expect(last).toMatchObject({ status: 'COMPLETED', attempt: 2, rowsExported: 300 })
  expect(last.files.filter(({ contentType }) => contentType.startsWith('text/csv'))).toHaveLength(1)
  expect(storedOf(id)).toEqual(await publishedOf(id))
  expect((await eventsOf(id)).filter((type) => type === 'completed')).toHaveLength(1)
})

test('two runs that begin in the same moment publish one result', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
    const outcomes = await Promise.allSettled(Array.from({ length: 3 }, () => runJob(app, id)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
    const last = await settle(app, id)
    await expectWholeFile(last)
    expect((await eventsOf(id)).filter((type) => type === 'completed')).toHaveLength(1)
  }
})

test("a job that is not the export's current one does nothing", async () => {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  const exportId = uuidOf(id)
  const never = new AbortController().signal
  await runExport(
    app.api.services,
    { exportId, jobId: '0190a000-0000-7000-8000-000000000000', isLastTry: true, signal: never },
    never,
  )
  expect(await eventsOf(id)).toEqual(['created'])
})

test('a part that no worker survived ends its own attempt, and not the next one', async () => {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  const full = new FlakyStorage(app.api.services.storage, () => new StorageFullError('the disk is full'))
  await expect(runJob(app, id, { services: { storage: full } })).rejects.toThrow()
  const lostPart = { exportId: uuidOf(id), attempt: 1, position: 3, snapshotId: '1-1', planDigest: '' }
  await failLostExport(app.api.services, lostPart)
  await runJob(app, id)
  await expectWholeFile(await settle(app, id))
})

test('a run of an export that has ended does nothing', async () => {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  await runJob(app, id)
  const completed = await settle(app, id)
  const stored = storedOf(id)
  await runJob(app, id)
  expect((await settle(app, id)).version).toBe(completed.version)
  expect(storedOf(id)).toEqual(stored)
})

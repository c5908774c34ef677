import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ForbiddenError, NotFoundError } from '../../src/core/errors.ts'
import { createApiKey } from '../../src/lifecycle/api-keys.ts'
import { authenticate } from '../../src/lifecycle/authenticate.ts'
import { cancelExport as cancel } from '../../src/lifecycle/cancel-export.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, cancelExport, type ExportState, settle, watchExport } from '../support/exports.ts'
import { backendsOf, closeGate, datasetsWithGate, uuidOf, waitingAtGate } from '../support/gated-dataset.ts'
import { sql } from '../support/sql.ts'
import { storedFiles } from '../support/stored-files.ts'
import { until } from '../support/until.ts'
import { startWorker } from '../support/worker.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 300, overrides: { datasets: datasetsWithGate } })
})

afterAll(() => app.stop())

function leftoversOf(id: string): string[] {
  return storedFiles(app).filter((file) => file.includes(uuidOf(id)))
}

async function eventsOf(id: string): Promise<string[]> {
  const rows = await sql<{ type: string }>(
    app.database.ownerUrl,
    'SELECT type FROM sluice.export_events WHERE export_id = $1 ORDER BY id',
    [uuidOf(id)],
  )
  return rows.map(({ type }) => type)
}

/** An export whose COPY has sent its first rows and waits. */
async function exportUnderWay(): Promise<{ id: string; open(): Promise<void> }> {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const { id } = await acceptExport(app, { dataset: 'gated_deals' })
  await waitingAtGate(app, id)
  return { id, open: () => gate.open() }
}

test('an export that is canceled while it is processing ends at once, and the subscription with it', async () => {
  const { id } = await exportUnderWay()
  const states: ExportState[] = []
  for await (const state of watchExport(app, id)) {
    states.push(state)
    if (states.length > 1 || state.status !== 'PROCESSING') continue
    const canceled = await cancelExport(app, id)
    expect(canceled).toMatchObject({
      __typename: 'CancelExportSuccess',
      export: { status: 'CANCELED', error: { code: 'CANCELED_BY_USER', retryable: true } },
    })
  }
  expect(states.at(-1)).toMatchObject({ status: 'CANCELED', files: [], estimatedCompletionAt: null })
  expect(states.at(-1)!.completedAt).not.toBeNull()
})

test('within a second of a cancellation Postgres has stopped reading and storage holds nothing of it', async () => {
  const { id } = await exportUnderWay()
  await until('something was written', () => leftoversOf(id).length > 0)
  await cancelExport(app, id)
  const canceledAt = performance.now()
  await until('the backend is gone', async () => (await backendsOf(app, id)).length === 0, 2_000)
  await until('the upload is removed', () => leftoversOf(id).length === 0, 2_000)
  expect(performance.now() - canceledAt).toBeLessThan(1_000)
})

test('an export that waits for a lock on its table is canceled within a second too', async () => {
  const locker = await lockDeals()
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  await until('the export waits for the table', async () => (await waitsFor(id)) === 'Lock')
  expect(await cancelExport(app, id)).toMatchObject({ export: { status: 'CANCELED' } })
  const canceledAt = performance.now()
  await until('the backend is gone', async () => (await backendsOf(app, id)).length === 0, 1_500)
  expect(performance.now() - canceledAt).toBeLessThan(1_000)
  await locker.release()
  expect(leftoversOf(id)).toEqual([])
})

test('an export that is canceled while it is pending is never begun', async () => {
  const idle = await startApp({ deals: 0, workers: 0 })
  onTestFinished(() => idle.stop())
  const { id } = await acceptExport(idle, { dataset: 'deals' })
  expect(await cancelExport(idle, id)).toMatchObject({
    export: { status: 'CANCELED', attempt: 0, startedAt: null },
  })
  await startWorker(idle)
  await until('the job was taken and ended', async () => {
    const [job] = await sql(
      idle.database.ownerUrl,
      "SELECT state FROM pgboss.job WHERE name = 'exports' AND data ->> 'exportId' = $1",
      [uuidOf(id)],
    )
    return job?.state === 'completed'
  })
  expect(await settle(idle, id)).toMatchObject({ status: 'CANCELED', attempt: 0 })
  expect(storedFiles(idle)).toEqual([])
})

test('canceling an export that is completed changes nothing', async () => {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  const completed = await settle(app, id)
  const answer = await cancelExport(app, id)
  expect(answer).toMatchObject({
    __typename: 'CancelExportSuccess',
    export: { status: 'COMPLETED', version: completed.version, error: null },
  })
  expect(await eventsOf(id)).not.toContain('canceled')
  expect(leftoversOf(id).length).toBeGreaterThan(0)
})

test('canceling twice is one cancellation', async () => {
  const { id } = await exportUnderWay()
  const answers = await Promise.all(Array.from({ length: 5 }, () => cancelExport(app, id)))
  expect(new Set(answers.map((answer) => answer.export?.version)).size).toBe(1)
  expect((await eventsOf(id)).filter((type) => type === 'canceled')).toHaveLength(1)
})

test("another organization's export cannot be canceled, and looks like one that does not exist", async () => {
  const { id } = await exportUnderWay()
  const other = await app.addOrganization('canceler')
  const foreign = await cancelExport(app, id, other.key)
  const unknown = await cancelExport(app, '0190a000-0000-7000-8000-000000000000', other.key)
  expect(foreign).toEqual({
    __typename: 'NotFoundError',
    code: 'NOT_FOUND',
    message: 'There is no such export.',
  })
  expect(unknown).toEqual(foreign)
  const principal = await authenticate(app.api.services, other.key)
  await expect(cancel(app.api.services, principal!, uuidOf(id))).rejects.toThrow(NotFoundError)
  const [row] = await sql(app.database.ownerUrl, 'SELECT status FROM sluice.exports WHERE id = $1', [
    uuidOf(id),
  ])
  expect(row).toEqual({ status: 'processing' })
  await cancelExport(app, id)
})

test('a key without exports:write cannot cancel', async () => {
  const { id, open } = await exportUnderWay()
  const { secret } = await createApiKey(
    app.api.services,
    { id: app.organizationId },
    { name: 'reader', scopes: ['exports:read'] },
  )
  expect(await cancelExport(app, id, secret)).toMatchObject({ __typename: 'ForbiddenError' })
  const principal = await authenticate(app.api.services, secret)
  await expect(cancel(app.api.services, principal!, uuidOf(id))).rejects.toThrow(ForbiddenError)
  await open()
  expect(await settle(app, id)).toMatchObject({ status: 'COMPLETED', rowsExported: 300 })
})

async function waitsFor(exportId: string): Promise<string | undefined> {
  return (await backendsOf(app, exportId))[0]?.waits
}

/** As a migration of the source would. */
async function lockDeals(): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: app.database.ownerUrl })
  await client.connect()
  await client.query('BEGIN; LOCK TABLE crm.deals IN ACCESS EXCLUSIVE MODE')
  let released = false
  const release = async () => {
    if (released) return
    released = true
    await client.end()
  }
  onTestFinished(release)
  return { release }
}

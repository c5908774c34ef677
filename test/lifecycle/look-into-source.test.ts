import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { authenticate } from '../../src/lifecycle/authenticate.ts'
import { countRows } from '../../src/lifecycle/count-rows.ts'
import { lookIntoSource } from '../../src/lifecycle/look-into-source.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { closeGate, datasetsWithGate } from '../support/gated-dataset.ts'
import { sql } from '../support/sql.ts'
import { until } from '../support/until.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 300, workers: 0, overrides: { datasets: datasetsWithGate } })
})

afterAll(() => app.stop())

test('however many look, eight connections to the source are theirs, and all get their answer', async () => {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const principal = (await authenticate(app.api.services, app.key))!
  const request = { door: 'test', dataset: 'gated_deals' }
  const counts = Promise.all(
    Array.from({ length: 20 }, () => countRows(app.api.services, principal, request)),
  )
  const connections = () =>
    sql<{ waits: string | null }>(
      app.database.adminUrl,
      "SELECT wait_event_type AS waits FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sluice-count'",
    )
  const { look } = app.api.services.source
  await until('all have asked', () => look.activeCount + look.pendingCount === 20)
  await until(
    'the first are in the midst of it',
    async () => (await connections()).filter(({ waits }) => waits === 'Lock').length >= 8,
  )
  expect(await connections()).toHaveLength(8)
  await gate.open()
  expect(await counts).toEqual(Array(20).fill(300))
  expect(look.activeCount + look.pendingCount).toBe(0)
})

test('whoever waits too long is told what to do', async () => {
  const look = { tenant: 'demo', applicationName: 'sluice-test', timeoutMs: 50 }
  const sleep = lookIntoSource(app.api.services, look, ({ holder }) => holder.query('SELECT pg_sleep(60)'))
  await expect(sleep).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    message: 'Reading the rows takes longer than 0.05 s. Narrow the filter, or start an export.',
  })
})

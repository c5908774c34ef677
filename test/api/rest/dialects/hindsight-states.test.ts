import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportId } from '../../../../src/api/rest/dialects/hindsight/response.ts'
import { createApiKey } from '../../../../src/lifecycle/api-keys.ts'
import { purgeExports } from '../../../../src/lifecycle/expire-exports.ts'
import { startApp, type TestApp } from '../../../support/app.ts'
import { Clock } from '../../../support/clock.ts'
import { connect } from '../../../support/database.ts'
import { cancelExport, download, settle } from '../../../support/exports.ts'
import { startWorker } from '../../../support/worker.ts'
import { call } from '../client.ts'

let app: TestApp
const clock = new Clock()
beforeAll(async () => {
  app = await startApp({ workers: 0, overrides: { now: clock.now } })
})
afterAll(() => app.stop())

const start = async (columns = ['name'], key = app.key) =>
  await call(app, 'POST', '/api/v1/deals/export', { body: { columns }, authorization: `Bearer ${key}` })
const status = (id: string) => call(app, 'GET', `/api/v1/deals/export/${id}`)
const uuidOf = (id: string) => exportId.decode(id) ?? ''
const day = 24 * 3600

async function settleWithWorker(id: string): Promise<void> {
  const worker = await startWorker(app)
  await settle(app, uuidOf(id))
  await worker.stop()
}

test('an export is accepted with the five fields of the page, and pending with three', async () => {
  const { body: started } = await start()
  expect(started).toEqual({
    success: true,
    export_id: expect.stringMatching(/^exp_[0-9A-Za-z]{22}$/),
    status: 'pending',
    message: 'Export job started successfully',
    estimated_completion: 'less than a minute',
  })
  const second = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
  expect((await status(started.export_id)).body).toEqual({
    export_id: started.export_id,
    status: 'pending',
    created_at: expect.stringMatching(second),
  })
})

test('a column that is deleted between request and run fails the export and is named', async () => {
  const { body: started } = await start(['name', 'crm_lead_source'])
  const owner = await connect(app.database.ownerUrl)
  await owner.query(`DELETE FROM crm.property_definitions WHERE object = 'deals' AND name = 'lead_source'`)
  await settleWithWorker(started.export_id)
  expect((await status(started.export_id)).body).toEqual({
    export_id: started.export_id,
    status: 'failed',
    error: "Export failed: Invalid column ID 'crm_lead_source'",
    created_at: expect.any(String),
    failed_at: expect.any(String),
  })
})

test('a canceled export shows as failed', async () => {
  const { body: started } = await start()
  await cancelExport(app, uuidOf(started.export_id))
  expect((await status(started.export_id)).body).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/^Export failed: .*cancel/i),
  })
})

test('a key without the right is 403, for the whole API and for one column', async () => {
  const make = async (limits: object) =>
    (await createApiKey(app.api.services, { id: app.organizationId }, { name: 'narrow', ...limits })).secret
  const reader = await make({ scopes: ['exports:read'] })
  const refused = await start(['name'], reader)
  expect([refused.status, refused.body.status]).toEqual([403, 403])
  const narrow = await make({ columns: { deals: ['name', 'id', 'created_at'] } })
  expect((await start(['name'], narrow)).status).toBe(200)
  const column = await start(['name', 'amount'], narrow)
  expect([column.status, column.body.error]).toEqual([403, expect.stringContaining("'amount'")])
})

test('essentials: 2 at once and 5 an hour, then 429 with Retry-After in the shape of every error', async () => {
  const { key } = await app.addOrganization('Small', 'essentials')
  const ids = []
  for (let index = 0; index < 5; index += 1) {
    const { status: code, body } = await start(['name'], key)
    expect(code).toBe(200)
    ids.push(body.export_id)
    if (index === 1) {
      const third = await start(['name'], key)
      expect([third.status, third.body]).toEqual([429, { error: expect.stringContaining('2'), status: 429 }])
      expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    if (index >= 1) await cancelExport(app, uuidOf(ids.shift() ?? ''), key)
  }
  const sixth = await start(['name'], key)
  expect([sixth.status, sixth.body]).toEqual([429, { error: expect.stringContaining('5'), status: 429 }])
  expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(3_000)
})

test('ids of another organization, unknown and malformed ones look alike', async () => {
  const { key } = await app.addOrganization('Others')
  const { body: started } = await start()
  const answers = await Promise.all(
    [started.export_id, exportId.encode('0190a1b2-0000-7000-8000-000000000000'), 'exp_abc123', "exp_'"].map(
      (id) =>
        call(app, 'GET', `/api/v1/deals/export/${encodeURIComponent(id)}`, {
          authorization: `Bearer ${key}`,
        }),
    ),
  )
  for (const { status: code, body } of answers) {
    expect([code, body]).toEqual([404, { error: 'There is no such export.', status: 404 }])
  }
})

test('after 7 days the link is gone from the answer, after 30 the export', async () => {
  const { body: started } = await start()
  await settleWithWorker(started.export_id)
  const completed = (await status(started.export_id)).body
  expect(Object.keys(completed).sort()).toEqual(
    [
      'export_id',
      'status',
      'download_url',
      'rows_exported',
      'created_at',
      'completed_at',
      'expires_at',
    ].sort(),
  )
  expect(Date.parse(completed.expires_at) - Date.parse(completed.completed_at)).toBe(7 * day * 1000)
  expect((await download(completed.download_url)).toString().split('\n')[0]).toBe('name')

  clock.moveBy(7 * day + 60)
  const { download_url: link, ...expired } = (await status(started.export_id)).body
  expect(link).toBeUndefined()
  expect(expired).toMatchObject({ status: 'completed', rows_exported: 200, expires_at: completed.expires_at })

  clock.moveBy(23 * day)
  await purgeExports(app.api.services)
  expect((await status(started.export_id)).status).toBe(404)
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { acceptExport, settle } from '../../support/exports.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

const at = (path: string, init: RequestInit = {}) => fetch(app.url + path, init)
const withKey = (key = app.key) => ({ headers: { Authorization: `Bearer ${key}` } })

test('an export begun in GraphQL is found, and shown in the words of a dialect', async () => {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'name' }] })
  await settle(app, id)
  const uuid = Buffer.from(id, 'base64').toString().split(':')[1] ?? ''
  const { exportId } = await import('../../../src/api/rest/dialects/hindsight/response.ts')
  const response = await at(`/api/v1/deals/export/${exportId.encode(uuid)}`, withKey())
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.json()).toMatchObject({ status: 'completed', rows_exported: 200 })
})

test('who has no key learns nothing, whatever the body', async () => {
  const response = await at('/api/v1/deals/export/exp_abc123')
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Bearer')
  expect(await response.json()).toEqual({
    error: 'Send an API key: Authorization: Bearer <key>.',
    status: 401,
  })
})

test('another method is 405 with Allow, another path 404, both in the shape of the dialect', async () => {
  const put = await at('/api/v1/deals/export/exp_abc123', { method: 'PUT', ...withKey() })
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  expect(await put.json()).toEqual({ error: 'PUT is not possible here; use GET or HEAD.', status: 405 })
  const unknown = await at('/api/v1/deals/nothing/here', withKey())
  expect([unknown.status, await unknown.json()]).toEqual([
    404,
    { error: 'Nothing is served at /api/v1/deals/nothing/here.', status: 404 },
  ])
})

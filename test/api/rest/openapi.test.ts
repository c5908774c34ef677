import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { failureStatuses } from '../../../src/api/rest/dialect.ts'
import { dialects } from '../../../src/api/rest/dialects.ts'
import { toFailure } from '../../../src/api/rest/to-failure.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { call } from './client.ts'

let app: TestApp
// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document, whose parts the tests assert
let document: any
beforeAll(async () => {
  app = await startApp({ deals: 0, workers: 0 })
  document = (await call(app, 'GET', '/openapi.json', { authorization: null })).body
})
afterAll(() => app.stop())

const routes = dialects.flatMap((dialect) => dialect.routes.map((route) => ({ dialect, route })))

test('every route of every dialect is described, with its key, its errors and an example of each', () => {
  expect(document.openapi).toBe('3.1.0')
  expect(dialects.length).toBeGreaterThan(0)
  for (const { dialect, route } of routes) {
    const operation = document.paths[route.path]?.[route.method]
    expect(operation, `${route.method} ${route.path}`).toMatchObject({
      operationId: route.operationId,
      tags: [dialect.title],
      security: dialect.auth.map((scheme) => ({ [scheme]: [] })),
    })
    for (const status of [400, 401, 403, 404, 429, 500]) {
      const content = operation.responses[status]?.content['application/json']
      expect([route.operationId, status, Boolean(content?.schema && content.example)]).toEqual([
        route.operationId,
        status,
        true,
      ])
    }
  }
})

test('no two routes have one operation id', () => {
  const ids = routes.map(({ route }) => route.operationId)
  expect(new Set(ids).size).toBe(ids.length)
})

test('every example of a body is one that its route takes', () => {
  const examples = routes.flatMap(({ route }) =>
    Object.entries(route.bodyExamples ?? {}).map(([name, example]) => ({ route, name, example })),
  )
  expect(examples.length).toBeGreaterThan(3)
  for (const { route, name, example } of examples) {
    const parsed = (route.body as z.ZodType).safeParse(example)
    expect([route.operationId, name, parsed.error?.issues]).toEqual([route.operationId, name, undefined])
  }
})

test('every failure has a body that fits the schema of its dialect', () => {
  const error = new Error('what no caller may see')
  for (const { name, errors } of dialects) {
    for (const status of failureStatuses) {
      const failure = { ...toFailure(error, '3f2b8c1e-5a77-4a52-9d3e-6f0a1b2c3d4e'), status }
      const { body } = errors.answer(failure)
      expect([name, status, errors.schema.safeParse(body).error]).toEqual([name, status, undefined])
      expect(JSON.stringify(body)).not.toContain(error.message)
    }
  }
})

test('the reference is served whole from here, under a policy that allows nothing else', async () => {
  const response = await fetch(`${app.url}/docs`)
  const html = await response.text()
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
  const paths = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path)
  expect(paths.length).toBe(3)
  for (const path of paths) {
    const asset = await fetch(app.url + path)
    expect([path, asset.status]).toEqual([path, 200])
    expect((await asset.text()).length).toBeGreaterThan(100)
  }
})

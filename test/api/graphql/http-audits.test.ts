import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 0, workers: 0 })
})

afterAll(() => app.stop())

const audits = serverAudits({ url: () => `${app.url}/graphql` })

test('the audits are all there', () => {
  expect(audits).toHaveLength(61)
})

test.each(audits.map(({ id, name, fn }) => ({ id, name, fn })))(
  'GraphQL over HTTP, $id: $name',
  async ({ fn }) => {
    const { status, ...rest } = await fn()
    expect({ status, ...('reason' in rest ? { reason: rest.reason } : {}) }).toEqual({ status: 'ok' })
  },
)

import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 0, workers: 0 })
})

afterAll(() => app.stop())

/** Operations that cost an attacker nothing to send. */
const attacks: Record<string, string> = {
  '5,000 selections within selections': `{ ${'a { '.repeat(5_000)}b${' }'.repeat(5_000)} }`,
  'a list literal of 20,000 elements': `{ nodes(ids: [${'"a",'.repeat(20_000)}]) { id } }`,
  '2,000 aliases': `{ ${Array.from({ length: 1_900 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
  '40 aliases': `{ viewer { ${Array.from({ length: 40 }, (_, index) => `a${index}: keyName`).join(' ')} } }`,
  'fragments in a circle': '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
  'fragments that double at each step': `{ ...f0 } ${Array.from(
    { length: 30 },
    (_, index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`,
  ).join(' ')} fragment f30 on Query { __typename }`,
  '60 directives': `{ __typename ${'@skip(if: false) '.repeat(60)} }`,
  'selections nested 16 deep': `{ exports { edges { node { ${'... on Export { events { '.repeat(1)}at${' } }'.repeat(1)} ${'parts { ready } '.repeat(1)} } } } __schema { types { ${'fields { type { fields { type { '.repeat(6)}name${' } } } }'.repeat(6)} } } }`,
}

test.for(Object.entries(attacks))(
  'over HTTP, %s are refused with a 4xx, quickly and without a stack',
  async ([, query]) => {
    const started = performance.now()
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${app.key}`,
        Accept: 'application/graphql-response+json',
      },
      body: JSON.stringify({ query }),
    })
    const text = await response.text()
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    expect(text).not.toMatch(/node_modules|at \w+ \(|select /)
    expect(performance.now() - started).toBeLessThan(1_000)
  },
)

test.for(Object.entries(attacks))('over WebSocket, %s are refused with an error', async ([, query]) => {
  await expect(async () => {
    for await (const { errors } of app.webSocket().iterate({ query })) if (errors) throw errors
  }).rejects.toBeTruthy()
})

test('a body of 10 MB is refused with 413', async () => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${app.key}` },
    body: JSON.stringify({ query: `{ __typename }${' '.repeat(10_000_000)}` }),
  })
  expect(response.status).toBe(413)
})

test('a form post runs no mutation', async () => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: `Bearer ${app.key}` },
    body: new URLSearchParams({
      query: 'mutation { createExport(input: {dataset: "deals"}) { __typename } }',
    }),
  })
  expect(response.status).toBe(415)
  const { data } = await app.graphql('{ exports { totalCount } }')
  expect(data).toEqual({ exports: { totalCount: 0 } })
})

test('several operations in one request are refused', async () => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${app.key}` },
    body: JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]),
  })
  expect(response.status).toBe(400)
})

test('introspection by the usual tools is within the limits', async () => {
  const { getIntrospectionQuery } = await import('graphql')
  const { errors, data } = await app.graphql(
    getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }),
  )
  expect(errors).toBeUndefined()
  expect(data).toHaveProperty('__schema')
})

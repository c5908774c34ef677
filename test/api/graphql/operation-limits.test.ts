import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { connect } from '../../support/database.ts'
import { naughtyStrings } from '../../support/naughty-strings.ts'
import { openSocket } from '../../support/raw-socket.ts'
import { sql } from '../../support/sql.ts'
import { until } from '../../support/until.ts'

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
  'selections nested 16 deep': `{ __schema { types { ${'fields { type { fields { type { '.repeat(6)}name${' } } } }'.repeat(6)} } } }`,
  'an answer of more fields than may be': `{ ${['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    .map(
      (alias) =>
        `${alias}: exports(first: 200) { edges { node { id events { at type message attempt } files { name url bytes rows sha256 } } } }`,
    )
    .join(' ')} }`,
  'related datasets of related datasets': `{ datasets { ${'relations { target { '.repeat(6)}columns { name options { value } }${' } }'.repeat(6)} } }`,
  'a token that is none': '{ __typename } \u0000',
  'a string that does not end': '{ node(id: "',
  'half of a surrogate pair in a document': '{ node(id: "\ud800") { id } nothing }',
  'no document at all': '',
}
/** Variables do: each with an operation that takes them. */
const listQuery =
  'query ($first: Int, $after: String, $filter: ExportFilter) { exports(first: $first, after: $after, filter: $filter) { edges { cursor } } }'
const previewQuery = 'query ($input: CreateExportInput!) { previewExport(input: $input) { text } }'

const deep = (levels: number) => JSON.parse(`${'{"not":'.repeat(levels)}{"search":"x"}${'}'.repeat(levels)}`)
const where = (filter: unknown) => ({ input: { dataset: 'deals', filter } })

const attacksByVariable: Record<string, [query: string, variables: unknown]> = {
  'a filter 2,000 deep': [previewQuery, where(deep(2_000))],
  'a filter 30 deep': [previewQuery, where(deep(30))],
  '60,000 values': [
    previewQuery,
    where({ field: { column: 'id', is: { text: { in: Array(60_000).fill('') } } } }),
  ],
  '20,000 values': [
    previewQuery,
    where({ field: { column: 'id', is: { text: { in: Array(20_000).fill('a') } } } }),
  ],
  'a filter with two questions': [previewQuery, where({ search: 'a', not: { search: 'b' } })],
  'a number beyond 2^31': [listQuery, { first: 2 ** 40 }],
  'a page of a billion': [listQuery, { first: 1_000_000_000 }],
  'a page of less than none': [listQuery, { first: -1 }],
  'a fraction of a page': [listQuery, { first: 1.5 }],
  'a page of NaN, as JSON has it': [listQuery, { first: 'NaN' }],
  'a cursor of a megabyte': [listQuery, { after: 'x'.repeat(200_000) }],
  'a date that is none': [listQuery, { filter: { createdAfter: '2026-02-31T99:00:00Z' } }],
  'a date before all dates': [listQuery, { filter: { createdAfter: '-271822-04-20' } }],
  'half of a surrogate pair in a filter': [previewQuery, where({ search: '\ud800' })],
  'a NUL in a filter': [previewQuery, where({ field: { column: 'id', is: { text: { eq: 'a\0b' } } } })],
  'SQL in the name of a column': [
    previewQuery,
    where({ field: { column: `id'; DROP TABLE x; --`, is: { text: { eq: 'a' } } } }),
  ],
  'the prototype as a column': [
    previewQuery,
    where({ field: { column: '__proto__', is: { text: { eq: 'a' } } } }),
  ],
  'a relation to nothing': [
    previewQuery,
    where({ relation: { name: 'constructor', where: { search: 'a' } } }),
  ],
  'variables that are a list': [listQuery, [1, 2]],
  'variables that are a text': [listQuery, 'first'],
  '201 ids of nodes': [
    'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    { ids: Array(201).fill('RXhwb3J0OjE=') },
  ],
}

/** Milliseconds of this process, the server's: those of a clock would count the machine's other work too. */
function processorMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** What no answer may show. */
const innards = /node_modules|\n\s+at |select "|"?e0"?\.|sluice\.exports|ECONN|Unexpected error|INTERNAL/

test.for(Object.entries(attacksByVariable))(
  'over HTTP, %s: an error that says what is wrong, and no 500',
  async ([, [query, variables]]) => {
    const started = process.cpuUsage()
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${app.key}`,
        Accept: 'application/graphql-response+json',
      },
      body: JSON.stringify({ query, variables }),
    })
    const text = await response.text()
    expect(response.status).toBeLessThan(500)
    expect(JSON.parse(text).errors?.[0]?.message ?? text).toMatch(/\w/)
    expect(JSON.parse(text).errors ?? []).not.toEqual([])
    expect(text).not.toMatch(innards)
    expect(processorMsSince(started)).toBeLessThan(2_000)
  },
)

test.for(Object.entries(attacksByVariable))(
  'over WebSocket, %s: an error, or a close, and the server goes on',
  async ([, [query, variables]]) => {
    const raw = await openSocket(app.url, app.key)
    await raw.next(({ type }) => type === 'connection_ack')
    raw.send({ id: '1', type: 'subscribe', payload: { query, variables } })
    const closed = raw.closed.then((close) => ({ type: 'close', payload: close }))
    const answer = await Promise.race([raw.next(({ id }) => id === '1'), closed])
    if (answer.type === 'close') expect((answer.payload as { code: number }).code).toBeOneOf([1009, 4400])
    else {
      const errors =
        answer.type === 'error' ? answer.payload : (answer.payload as { errors?: unknown[] }).errors
      expect(errors).toEqual(
        expect.arrayContaining([expect.objectContaining({ message: expect.any(String) })]),
      )
      expect(JSON.stringify(errors)).not.toMatch(innards)
    }
    expect((await app.graphql('{ viewer { keyName } }')).data).toEqual({ viewer: { keyName: 'test' } })
  },
)

test('every naughty string, as a filter, a name, an id and a cursor: never a 500, never an innard', async () => {
  const ask = async (text: string) => {
    const { data, errors } = await app.graphql(
      `query ($text: String!, $id: ID!, $input: CreateExportInput!) {
         export(id: $id) { id } dataset(name: $text) { name }
         exports(filter: {dataset: [$text]}, after: $text) { totalCount } previewExport(input: $input, rows: 1) { rows } }`,
      // Without its dataset nothing is opened: what is read is the input.
      { text, id: text, input: { dataset: text, name: text, filter: { search: text } } },
    )
    expect(JSON.stringify(errors)).not.toMatch(innards)
    expect(data ?? null).toBeNull()
  }
  for (let index = 0; index < naughtyStrings.length; index += 16)
    await Promise.all(naughtyStrings.slice(index, index + 16).map(ask))
})

test('an operation that takes too long is given up with 504, and what it asked of the database is canceled', async () => {
  const hasty = await startApp({ deals: 0, workers: 0, settings: { operationTimeoutSeconds: 1 } })
  onTestFinished(() => hasty.stop())
  const blocker = await connect(hasty.database.ownerUrl)
  await blocker.query('BEGIN; LOCK TABLE sluice.exports IN ACCESS EXCLUSIVE MODE')
  const response = await fetch(`${hasty.url}/graphql`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${hasty.key}`,
      Accept: 'application/graphql-response+json',
    },
    body: JSON.stringify({ query: '{ exports { totalCount } }' }),
  })
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'OPERATION_TIMED_OUT' } }] })
  expect(response.status).toBe(504)
  await until('nothing of it runs on', async () => {
    const running = await sql(
      hasty.database.adminUrl,
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    return running.length === 0
  })
  await blocker.query('ROLLBACK')
})

test('with introspection off the schema is told over neither transport, and everything else works', async () => {
  const quiet = await startApp({
    deals: 0,
    workers: 0,
    settings: { introspection: false, graphiql: false },
  })
  onTestFinished(() => quiet.stop())
  const query = '{ __schema { types { name } } }'
  const overHttp = await quiet.graphql(query)
  expect(overHttp.errors?.[0]?.message).toContain('introspection')
  expect(overHttp.data).toBeUndefined()
  const raw = await openSocket(quiet.url, quiet.key)
  await raw.next(({ type }) => type === 'connection_ack')
  raw.send({ id: '1', type: 'subscribe', payload: { query } })
  expect((await raw.next(({ id }) => id === '1')).type).toBe('error')
  expect((await quiet.graphql('{ __typename viewer { keyName } }')).data).toMatchObject({ viewer: {} })
  // GraphiQL is off too: a browser gets no page.
  const page = await fetch(`${quiet.url}/graphql`, { headers: { Accept: 'text/html' } })
  expect(await page.text()).not.toContain('<html')
  const shown = await fetch(`${app.url}/graphql`, { headers: { Accept: 'text/html' } })
  const html = await shown.text()
  expect(html).toContain('API key')
  expect(html).not.toMatch(/src="https?:/)
})

test.for(['5,000 selections within selections', 'a list literal of 20,000 elements', '2,000 aliases'])(
  'whatever media type a client accepts, %s are a 400',
  async (name) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${app.key}`, Accept: '*/*' },
      body: JSON.stringify({ query: attacks[name as keyof typeof attacks] }),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'OPERATION_TOO_LARGE' } }] })
  },
)

test.for(Object.entries(attacks))(
  'over HTTP, %s are refused with a 4xx, quickly and without a stack',
  async ([, query]) => {
    const started = process.cpuUsage()
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
    expect(processorMsSince(started)).toBeLessThan(1_000)
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

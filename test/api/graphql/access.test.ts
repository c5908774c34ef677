import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiKey, revokeApiKey } from '../../../src/lifecycle/api-keys.ts'
import { type GraphqlAnswer, startApp, type TestApp } from '../../support/app.ts'
import { Clock } from '../../support/clock.ts'
import { acceptExport, createExport, type ExportState, settle } from '../../support/exports.ts'
import { uuidOf } from '../../support/gated-dataset.ts'
import { sql } from '../../support/sql.ts'

const clock = new Clock()
let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 100, overrides: { now: clock.now } })
})

afterAll(() => app.stop())

/** The answer and its status, with exactly these headers. */
async function ask(
  headers: Record<string, string>,
  query = '{ viewer { organization { name } } }',
): Promise<{ status: number; body: GraphqlAnswer<Record<string, unknown>> }> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  return { status: response.status, body: await response.json() }
}

async function keyWith(
  scopes: string[],
  more: { expiresAt?: Date } = {},
): Promise<{ id: string; secret: string }> {
  const { key, secret } = await createApiKey(
    app.api.services,
    { id: app.organizationId },
    { name: scopes.join(' '), scopes, ...more },
  )
  return { id: key.id, secret }
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

test.each<[string, (key: string) => Record<string, string>]>([
  ['Bearer', (key) => ({ Authorization: `Bearer ${key}` })],
  ['Bearer in any case', (key) => ({ authorization: `bearer ${key}` })],
  ['X-Api-Key', (key) => ({ 'X-Api-Key': key })],
  ['Basic with the key as user name', (key) => ({ Authorization: basic(key, '') })],
  ['Basic with the key as user name and any password', (key) => ({ Authorization: basic(key, 'x') })],
  ['Basic with the key as password of nobody', (key) => ({ Authorization: basic('', key) })],
])('a key is taken as %s', async (_way, headers) => {
  expect(await ask(headers(app.key))).toEqual({
    status: 200,
    body: {
      data: { viewer: { organization: { name: 'Demo' } } },
      extensions: { rateLimit: expect.objectContaining({ limit: 60_000 }) },
    },
  })
})

test('without a key the answer is 401 and UNAUTHENTICATED, and says what to send', async () => {
  const { status, body } = await ask({})
  expect(status).toBe(401)
  expect(body.errors?.[0]).toMatchObject({
    message: expect.stringContaining('Authorization: Bearer'),
    extensions: { code: 'UNAUTHENTICATED' },
  })
  expect(body.data ?? null).toBeNull()
})

test.each([
  '{ viewer { keyName } }',
  '{ exports { edges { node { id } } } }',
  '{ export(id: "0190a000-0000-7000-8000-000000000000") { id } }',
  '{ datasets { name } }',
  '{ dataset(name: "deals") { name } }',
  '{ node(id: "RXhwb3J0OjAxOTBhMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA==") { id } }',
  '{ nodes(ids: []) { id } }',
  'mutation { createExport(input: {dataset: "deals"}) { __typename } }',
  'mutation { cancelExport(id: "0190a000-0000-7000-8000-000000000000") { __typename } }',
])('nobody without a key gets an answer to %s', async (query) => {
  const { status, body } = await ask({}, query)
  expect(status).toBe(401)
  expect(body.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
})

test('the schema can be read without a key', async () => {
  expect(await ask({}, '{ __schema { queryType { name } } }')).toEqual({
    status: 200,
    body: { data: { __schema: { queryType: { name: 'Query' } } } },
  })
})

test('unknown, expired and revoked keys look alike: 401', async () => {
  const expiring = await keyWith(['exports:read'], { expiresAt: new Date(clock.now().getTime() + 60_000) })
  const revoked = await keyWith(['exports:read'])
  const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` })
  expect((await ask(bearer(expiring.secret))).status).toBe(200)
  expect((await ask(bearer(revoked.secret))).status).toBe(200)

  clock.moveBy(61)
  await revokeApiKey(app.api.services, revoked.id)
  const answers = await Promise.all(
    [expiring.secret, revoked.secret, 'slc_nobody-has-this-one'].map((secret) => ask(bearer(secret))),
  )
  for (const { status, body } of answers) {
    expect(status).toBe(401)
    expect(body).toEqual(answers[0]!.body)
    expect(body.errors).toEqual([
      expect.objectContaining({
        message: 'This API key is unknown, expired or revoked.',
        extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }),
      }),
    ])
  }
})

test('the secret is stored nowhere', async () => {
  const { secret } = await keyWith(['exports:read'])
  await ask({ Authorization: `Bearer ${secret}` })
  const keys = await sql<{ text: string }>(
    app.database.ownerUrl,
    'SELECT k::text AS text FROM sluice.api_keys AS k',
  )
  expect(keys.length).toBeGreaterThan(1)
  expect(keys.filter(({ text }) => text.includes(secret))).toEqual([])
})

test('a key that may only read cannot create, and is told which scope it lacks', async () => {
  const { secret } = await keyWith(['exports:read', 'datasets:read'])
  const before = await sql(app.database.ownerUrl, 'SELECT id FROM sluice.exports')
  expect(await createExport(app, { dataset: 'deals' }, secret)).toMatchObject({
    __typename: 'ForbiddenError',
    code: 'FORBIDDEN',
    message: expect.stringContaining('exports:write'),
  })
  expect(await sql(app.database.ownerUrl, 'SELECT id FROM sluice.exports')).toEqual(before)
  const { data } = await app.graphql(
    '{ viewer { scopes } exports { edges { node { id } } } datasets { name } }',
    {},
    secret,
  )
  expect(data).toMatchObject({ viewer: { scopes: ['EXPORTS_READ', 'DATASETS_READ'] } })
})

test('a key that may only write cannot read the list, a node or the datasets', async () => {
  const { secret } = await keyWith(['exports:write'])
  const created = await app.graphql<{ createExport: { __typename: string } }>(
    'mutation { createExport(input: {dataset: "deals"}) { __typename } }',
    {},
    secret,
  )
  expect(created.data?.createExport.__typename).toBe('CreateExportSuccess')
  const { id } = await acceptExport(app, { dataset: 'deals' })
  for (const query of [
    '{ exports { edges { node { id } } } }',
    '{ datasets { name } }',
    `{ node(id: "${id}") { id ... on Export { name } } }`,
    `{ export(id: "${id}") { name } }`,
  ]) {
    const { data, errors } = await app.graphql(query, {}, secret)
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
    expect(JSON.stringify(data ?? {})).not.toContain('Deals')
  }
})

test('a key with admin may do everything', async () => {
  const { secret } = await keyWith(['admin'])
  const { export: row } = await createExport(app, { dataset: 'deals' }, secret)
  expect(await settle(app, row!.id, secret)).toMatchObject({ status: 'COMPLETED' })
})

test('the viewer is the key with its organization, plan and scopes', async () => {
  const expiresAt = new Date(clock.now().getTime() + 3_600_000)
  const { secret } = await keyWith(['exports:read'], { expiresAt })
  const { data } = await app.graphql(
    `{ viewer { keyName scopes expiresAt organization { name externalId plan {
         name exportsPerHour maxConcurrentExports maxRowsPerExport linkLifetimeSeconds fileLifetimeSeconds recordLifetimeSeconds } } } }`,
    {},
    secret,
  )
  expect(data).toEqual({
    viewer: {
      keyName: 'exports:read',
      scopes: ['EXPORTS_READ'],
      expiresAt: expiresAt.toISOString(),
      organization: {
        name: 'Demo',
        externalId: 'demo',
        plan: {
          name: 'unlimited',
          exportsPerHour: null,
          maxConcurrentExports: null,
          maxRowsPerExport: null,
          linkLifetimeSeconds: 3600,
          fileLifetimeSeconds: 604_800,
          recordLifetimeSeconds: 2_592_000,
        },
      },
    },
  })
})

test('export finds one by global id and by UUID in any case, and nothing by anything else', async () => {
  const { id } = await acceptExport(app, { dataset: 'deals' })
  const find = async (word: string) => {
    const { data, errors } = await app.graphql<{ export: { id: string } | null }>(
      'query ($id: ID!) { export(id: $id) { id } }',
      { id: word },
    )
    expect(errors).toBeUndefined()
    return data!.export
  }
  const uuid = uuidOf(id)
  expect(uuid).toMatch(/^[0-9a-f-]{36}$/)
  expect(await find(id)).toEqual({ id })
  expect(await find(uuid)).toEqual({ id })
  expect(await find(uuid.toUpperCase())).toEqual({ id })
  const garbage = [
    '',
    'x',
    '1',
    '%',
    `${uuid} `,
    "' OR 1=1 --",
    '\0',
    '🦩',
    Buffer.from(`Dataset:${uuid}`).toString('base64'),
    Buffer.from('Export:1').toString('base64'),
    '0190a000-0000-7000-8000-000000000000',
  ]
  for (const word of garbage) expect(await find(word)).toBeNull()
})

test('node and nodes find exports by global id, in the order asked, with null for what is not there', async () => {
  const first = await acceptExport(app, { dataset: 'deals', name: 'one' })
  const second = await acceptExport(app, { dataset: 'deals', name: 'two' })
  const missing = Buffer.from('Export:0190a000-0000-7000-8000-000000000000').toString('base64')
  const { data } = await app.graphql(
    `query ($id: ID!, $ids: [ID!]!) {
       node(id: $id) { __typename id ... on Export { name } }
       nodes(ids: $ids) { ... on Export { name } } }`,
    { id: first.id, ids: [second.id, missing, first.id, second.id] },
  )
  expect(data).toEqual({
    node: { __typename: 'Export', id: first.id, name: 'one' },
    nodes: [{ name: 'two' }, null, { name: 'one' }, { name: 'two' }],
  })
})

test('datasets describe their columns, with those that only this organization has', async () => {
  interface Column {
    name: string
    label: string
    type: string
    isList: boolean
    isDefault: boolean
    isSortable: boolean
    kind: string
    filters: { operator: string; takes: string }[]
    options: { value: string; label: string }[] | null
  }
  const query = `query ($name: String!) { dataset(name: $name) { name label(language: "de") key columns {
    name label(language: "de") type isList isDefault isSortable kind filters { operator takes } options { value label(language: "de") } } } }`
  const { data } = await app.graphql<{
    dataset: { name: string; label: string; key: string[]; columns: Column[] }
  }>(query, { name: 'deals' })
  const columns = new Map(data!.dataset.columns.map((column) => [column.name, column]))
  expect(data!.dataset).toMatchObject({ name: 'deals', key: ['id'] })
  expect(columns.get('amount')).toMatchObject({
    label: 'Betrag',
    type: 'DECIMAL',
    isList: false,
    isDefault: true,
    isSortable: true,
    kind: 'number',
    filters: expect.arrayContaining([
      { operator: 'eq', takes: 'VALUE' },
      { operator: 'between', takes: 'RANGE' },
    ]),
    options: null,
  })
  expect(columns.get('deal_status')?.options).toContainEqual({ value: 'Closed Won', label: 'Gewonnen' })
  expect(columns.get('drivers')).toMatchObject({ type: 'TEXT', isList: true, kind: 'textList' })
  const dynamic = [...columns.keys()].filter((name) => name.startsWith('crm_') || name.startsWith('custom_'))
  expect(dynamic.length).toBeGreaterThan(0)

  const other = await app.addOrganization('without properties')
  const theirs = await app.graphql<{ dataset: { columns: Column[] } }>(query, { name: 'deals' }, other.key)
  const theirNames = theirs.data!.dataset.columns.map(({ name }) => name)
  expect(theirNames).toContain('amount')
  expect(theirNames.filter((name) => dynamic.includes(name))).toEqual([])
  // Whoever guesses the name of a dynamic column of another organization does not get it either.
  expect(
    await createExport(app, { dataset: 'deals', columns: [{ name: dynamic[0] }] }, other.key),
  ).toMatchObject({
    __typename: 'ValidationError',
  })

  const none = await app.graphql(query, { name: 'nothing' })
  expect(none).toMatchObject({ data: { dataset: null } })
  expect(none.errors).toBeUndefined()
})

test('a dynamic column can be exported by the name that datasets give', async () => {
  const { data } = await app.graphql<{ dataset: { columns: { name: string }[] } }>(
    '{ dataset(name: "deals") { columns { name } } }',
  )
  const dynamic = data!.dataset.columns.map(({ name }) => name).filter((name) => name.startsWith('custom_'))
  const { id } = await acceptExport(app, {
    dataset: 'deals',
    columns: dynamic.map((name) => ({ name })),
  })
  expect(await settle(app, id)).toMatchObject({ status: 'COMPLETED', rowsExported: 100 })
})

test('a second organization sees nothing of the first, whatever it asks', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'deals',
    name: 'confidential',
    columns: [{ name: 'id' }],
  })
  const last = await settle(app, id)
  const intruder = await app.addOrganization('intruder')
  const uuid = uuidOf(id)
  const everything = `query ($id: ID!, $uuid: ID!) {
    byId: export(id: $id) { name } byUuid: export(id: $uuid) { name }
    node(id: $id) { id } nodes(ids: [$id]) { id }
    exports(first: 200) { totalCount edges { node { name files { url } events { message } } } }
    exportsAgain: exports(last: 200, filter: {status: [COMPLETED], dataset: ["deals"]}) { totalCount edges { node { id } } } }`
  const { data, errors } = await app.graphql(everything, { id, uuid }, intruder.key)
  expect(errors).toBeUndefined()
  expect(data).toEqual({
    byId: null,
    byUuid: null,
    node: null,
    nodes: [null],
    exports: { totalCount: 0, edges: [] },
    exportsAgain: { totalCount: 0, edges: [] },
  })
  // The first organization's own cursor opens nothing either.
  const mine = await app.graphql<{ exports: { pageInfo: { startCursor: string } } }>(
    '{ exports(first: 1) { pageInfo { startCursor } } }',
  )
  const after = await app.graphql(
    'query ($after: String) { exports(first: 200, after: $after) { edges { node { id } } } }',
    { after: mine.data!.exports.pageInfo.startCursor },
    intruder.key,
  )
  expect(after.data).toEqual({ exports: { edges: [] } })

  // Their exports of the same dataset hold none of the first one's rows.
  const theirs = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] }, intruder.key)
  expect(await settle(app, theirs.id, intruder.key)).toMatchObject({ status: 'COMPLETED', rowsExported: 0 })

  // A link cannot be made up: not for another file, not without a signature, not with one's own.
  const link = new URL(last.files[0]!.url.replace('localhost', '127.0.0.1'))
  const own = new URL(
    (await settle(app, theirs.id, intruder.key)).files[0]!.url.replace('localhost', '127.0.0.1'),
  )
  expect((await fetch(link)).status).toBe(200)
  const guesses = [
    `${link.origin}${link.pathname}`,
    `${link.origin}${link.pathname}${own.search}`,
    `${link.origin}${link.pathname}?expires=9999999999&key=${link.searchParams.get('key')}&signature=${link.searchParams.get('signature')}`,
  ]
  for (const guess of guesses) {
    const answer = await fetch(guess, { headers: { Authorization: `Bearer ${intruder.key}` } })
    expect(answer.status).toBe(403)
    await answer.body?.cancel()
  }
})

test('an export keeps its state when it is asked for with every field', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'deals',
    columns: [{ name: 'id', label: 'Number' }],
    filter: { field: { column: 'id', is: { text: { ne: 'x' } } } },
    sort: [{ column: 'id', direction: 'DESC' }],
    name: 'All of it',
  })
  await settle(app, id)
  const { data } = await app.graphql<{ export: ExportState & Record<string, unknown> }>(
    `query ($id: ID!) { export(id: $id) { id name dataset format status door createdAt startedAt completedAt
       requestedBy { name prefix } events { type attempt }
       spec { dataset format compression columns { name header } sort { column direction nulls } filter options } } }`,
    { id },
  )
  expect(data!.export).toMatchObject({
    id,
    name: 'All of it',
    dataset: 'deals',
    format: 'CSV',
    door: 'graphql',
    requestedBy: { name: 'test', prefix: expect.stringMatching(/^slc_/) },
    events: [
      { type: 'created', attempt: 0 },
      { type: 'started', attempt: 1 },
      { type: 'completed', attempt: 1 },
    ],
    spec: {
      dataset: 'deals',
      format: 'CSV',
      compression: 'NONE',
      columns: [{ name: 'id', header: 'Number' }],
      sort: [{ column: 'id', direction: 'desc', nulls: 'first' }],
      filter: { field: { column: 'id', operator: 'ne', value: 'x' } },
      options: expect.objectContaining({ formulaGuard: true, timeZone: 'UTC' }),
    },
  })
  const times = ['createdAt', 'startedAt', 'completedAt'].map((name) =>
    Date.parse(String(data!.export[name])),
  )
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

import { createHash, hash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readTrustedDocuments } from '../../../src/api/graphql/trusted-documents.ts'
import { createClient } from '../../../src/client/client.ts'
import * as clientDocuments from '../../../src/client/documents.ts'
import { createApiKey } from '../../../src/lifecycle/api-keys.ts'
import { runSluice, settingsOf } from '../../cli/run-sluice.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { acceptExport } from '../../support/exports.ts'
import {
  type Door,
  overGet,
  overPost,
  overServerSentEvents,
  overWebSocket,
} from '../../support/graphql-doors.ts'
import { startServer } from '../../support/server-process.ts'

const query = 'query Viewer { viewer { keyName } }'
const subscription = 'subscription Watch($id: ID!) { exportProgress(id: $id) { status } }'
const sha256 = (text: string) => hash('sha256', text)
const md5 = (text: string) => createHash('md5').update(text).digest('hex')
/** As relay-compiler names them. */
const manifest = { [md5(query)]: query, [md5(subscription)]: subscription }

let folder: string
let app: TestApp

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-trusted-'))
  app = await startApp({ deals: 100, settings: { trustedDocuments: fileOf(manifest) } })
})

afterAll(async () => {
  await app.stop()
  rmSync(folder, { recursive: true })
})

let files = 0
function fileOf(content: unknown): string {
  files += 1
  const file = join(folder, `${files}.json`)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const persistedQuery = (sha256Hash: string) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
})

const doors: [name: string, door: Door][] = [
  ['POST', overPost],
  ['GET', overGet],
  ['WebSocket', overWebSocket],
]

describe.each(doors)('over %s', (_, door) => {
  test.each([
    ["the manifest's own id", { documentId: md5(query) }],
    ['its SHA-256', { documentId: `sha256:${sha256(query)}` }],
    ["Apollo's extension", persistedQuery(sha256(query))],
    ["Apollo's extension with the manifest's id", persistedQuery(md5(query))],
    ['its text', { query }],
    ['its text and its hash', { query, ...persistedQuery(sha256(query)) }],
  ])('a trusted document runs by %s', async (_name, params) => {
    expect((await door(app, params)).data).toEqual({ viewer: { keyName: 'test' } })
  })

  test.each([
    ['another text', { query: '{ viewer { keyName } }' }],
    ['the same with a space more', { query: `${query} ` }],
    ['another text with its hash', { query: '{ __typename }', ...persistedQuery(sha256('{ __typename }')) }],
    ['an unknown id', { documentId: 'unknown' }],
    ['an unknown hash', persistedQuery(sha256('{ __typename }'))],
    ["an object's own words", { documentId: '__proto__' }],
    ['introspection', { query: getIntrospectionQuery() }],
  ])('%s is refused', async (_name, params) => {
    const { status, data, errors } = await door(app, params)
    expect([status, data]).toEqual([door === overWebSocket ? null : 403, undefined])
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('trusted documents only'),
        extensions: { code: 'DOCUMENT_NOT_TRUSTED' },
      },
    ])
  })
})

test('a key with the scope admin runs nothing else either', async () => {
  const { secret } = await createApiKey(
    app.api.services,
    { id: app.organizationId },
    { name: 'operator', scopes: ['admin'] },
  )
  expect((await overPost(app, { query: '{ __typename }' }, secret)).status).toBe(403)
  const page = await fetch(`${app.url}/graphql`, { headers: { Accept: 'text/html' } })
  expect(await page.text()).not.toContain('<html')
})

test('a request that names no document at all is told so', async () => {
  expect(await overPost(app, {})).toMatchObject({
    status: 400,
    errors: [{ message: 'Must provide query string.' }],
  })
})

test('the typed client and the command line go on working, and what they made can be watched by id', async () => {
  const client = createClient({ url: app.url, apiKey: app.key })
  const { export: made } = await client.export({ dataset: 'deals', columns: [{ name: 'id' }] })
  expect(made).toMatchObject({ status: 'COMPLETED', rowsExported: 100 })
  expect((await client.datasets()).length).toBeGreaterThan(10)
  for (const door of [overServerSentEvents, overWebSocket]) {
    const { data } = await door(app, { documentId: md5(subscription), variables: { id: made.id } })
    expect(data).toEqual({ exportProgress: { status: 'COMPLETED' } })
  }
  const listed = await runSluice(['list'], { env: settingsOf(app) })
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('deals') })
  // The test's own words are not on the list.
  await expect(acceptExport(app, { dataset: 'deals' })).rejects.toThrow('DOCUMENT_NOT_TRUSTED')
})

test.each(Object.entries(clientDocuments))("the client's %s is trusted", async (_, document) => {
  const { errors = [] } = await overPost(app, { query: document.toString() })
  expect(errors.map(({ extensions }) => extensions?.code)).not.toContain('DOCUMENT_NOT_TRUSTED')
})

const settings = { introspection: true }

test.each([
  ['graphql-codegen', { [sha256(query)]: query }],
  ['relay-compiler', { [md5(query)]: query }],
  ['GraphQL over HTTP', { [`sha256:${sha256(query)}`]: query }],
  [
    'Apollo',
    {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: sha256(query), name: 'Viewer', type: 'query', body: query }],
    },
  ],
])('the manifest is read as %s writes it', async (_, content) => {
  const trusted = await readTrustedDocuments(fileOf(content), ['{ __typename }'], settings)
  expect(trusted.get(sha256(query))).toBe(query)
  expect([...trusted.values()].every((text) => [query, '{ __typename }'].includes(text))).toBe(true)
})

test.each([
  ['is none', '{"a": "{ viewer', 'cannot be read'],
  ['is a list', ['{ __typename }'], 'must be an object of ids and texts'],
  ['has numbers', { a: 1 }, 'must be an object of ids and texts'],
  ['has a text that is no document', { a: '{ viewer' }, 'cannot run, a: Syntax Error'],
  [
    'has a document for another schema',
    { a: query, b: '{ viewer { name } }' },
    'cannot run, b: Cannot query field "name"',
  ],
  [
    'has a document beyond the limits',
    { a: `{ viewer { ${Array.from({ length: 40 }, (_, index) => `a${index}: keyName`).join(' ')} } }` },
    'cannot run, a: The operation is too large',
  ],
  ['names two documents alike', { a: query, 'sha256:a': '{ __typename }' }, 'two documents with the id a'],
])('a manifest that %s is refused', async (_, content, message) => {
  const file = fileOf(content)
  await expect(readTrustedDocuments(file, [], settings)).rejects.toThrow(
    expect.objectContaining({
      code: 'TRUSTED_DOCUMENTS_INVALID',
      message: expect.stringContaining(message),
    }),
  )
  await expect(readTrustedDocuments(file, [], settings)).rejects.toThrow(file)
})

test('a server whose manifest is missing does not start, and says why in one line', async () => {
  const server = startServer(
    {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
      SLUICE_TRUSTED_DOCUMENTS: join(folder, 'missing.json'),
    },
    ['api'],
  )
  const { code } = await server.end()
  expect([code, server.stderr()]).toEqual([
    1,
    expect.stringMatching(
      /^sluice: The file of SLUICE_TRUSTED_DOCUMENTS, .*missing\.json, cannot be read: ENOENT.*\n$/,
    ),
  ])
})

import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PersistedDocuments } from '../../../src/api/graphql/persisted-documents.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { acceptExport, cancelExport } from '../../support/exports.ts'
import {
  type Door,
  overGet,
  overPost,
  overServerSentEvents,
  overWebSocket,
} from '../../support/graphql-doors.ts'

let app: TestApp
/** Of an export that has ended: a subscription to it has one state. */
let id: string

beforeAll(async () => {
  app = await startApp({ deals: 0, workers: 0 })
  id = (await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })).id
  await cancelExport(app, id)
})

afterAll(() => app.stop())

const sha256 = (text: string) => hash('sha256', text)
const persistedQuery = (sha256Hash: string) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
})

const query = 'query ($id: ID!) { export(id: $id) { status } }'
const subscription = 'subscription ($id: ID!) { exportProgress(id: $id) { status } }'
const doors: [name: string, door: Door, document: string][] = [
  ['POST', overPost, query],
  ['GET', overGet, query],
  ['server-sent events', overServerSentEvents, subscription],
  ['WebSocket', overWebSocket, subscription],
]

let documents = 0
/** A document that nobody has sent yet. */
function unseen(text: string): string {
  documents += 1
  return `${text} # ${documents}`
}

describe.each(doors)('over %s', (_, door, document) => {
  test('a document is sent once with its hash, and then by its hash alone', async () => {
    const text = unseen(document)
    const asked = { variables: { id }, ...persistedQuery(sha256(text)) }
    const unknown = await door(app, asked)
    expect(unknown.errors).toEqual([
      expect.objectContaining({
        message: 'PersistedQueryNotFound',
        extensions: expect.objectContaining({ code: 'PERSISTED_QUERY_NOT_FOUND' }),
      }),
    ])
    expect(unknown.status).toBeOneOf([404, null])
    const registered = await door(app, { query: text, ...asked })
    expect(Object.values(registered.data!)).toEqual([{ status: 'CANCELED' }])
    const { status, data } = registered
    expect(await door(app, asked)).toMatchObject({ status, data })
    // The other name for the same.
    const documentId = `sha256:${sha256(text)}`
    expect(await door(app, { variables: { id }, documentId })).toMatchObject({ status, data })
  })

  test('a hash of another text is refused, and the text is not kept under it', async () => {
    const text = unseen(document)
    const other = persistedQuery(sha256(unseen(document)))
    const { status, errors } = await door(app, { query: text, variables: { id }, ...other })
    expect(status).toBeOneOf([400, null])
    expect(errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_MISMATCH' } }])
    expect((await door(app, { variables: { id }, ...other })).errors).toMatchObject([
      { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ])
  })

  test.each([
    { extensions: { persistedQuery: { version: 2, sha256Hash: sha256('') } } },
    { extensions: { persistedQuery: 'abc' } },
    { extensions: { persistedQuery: { version: 1, sha256Hash: 7 } } },
  ])('a wrong form is named: %j', async (params) => {
    const { status, errors } = await door(app, params)
    expect(status).toBeOneOf([400, null])
    expect(errors).toMatchObject([
      { message: expect.stringContaining('version: 1'), extensions: { code: 'BAD_REQUEST' } },
    ])
  })

  test('what is refused for its size, or comes without a key, is not kept', async () => {
    const aliases = Array.from({ length: 40 }, (_, index) => `a${index}: keyName`).join(' ')
    const tooLarge = unseen(`{ viewer { ${aliases} } }`)
    const refused = await door(app, { query: tooLarge, ...persistedQuery(sha256(tooLarge)) })
    expect(refused.errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_LARGE' } }])
    expect((await door(app, persistedQuery(sha256(tooLarge)))).errors).toMatchObject([
      { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ])

    if (door === overWebSocket) return // Nobody gets in without a key.
    const text = unseen(document)
    const asked = { variables: { id }, ...persistedQuery(sha256(text)) }
    expect((await door(app, { query: text, ...asked }, null)).errors).not.toBeUndefined()
    expect((await door(app, asked)).errors).toMatchObject([
      { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ])
  })
})

test('a document that one door was given is known at the other', async () => {
  const text = unseen(query)
  await overWebSocket(app, { query: text, variables: { id }, ...persistedQuery(sha256(text)) })
  const { data } = await overPost(app, { variables: { id }, ...persistedQuery(sha256(text)) })
  expect(data).toEqual({ export: { status: 'CANCELED' } })
})

test('a mutation that is known by its hash runs by POST of JSON only', async () => {
  const text = unseen('mutation ($id: ID!) { deleteExport(id: $id) { __typename } }')
  const asked = { variables: { id: 'none' }, ...persistedQuery(sha256(text)) }
  const done = await overPost(app, { query: text, ...asked })
  expect(done.data).toEqual({ deleteExport: { __typename: 'NotFoundError' } })
  expect(await overPost(app, asked)).toMatchObject({ status: done.status, data: done.data })

  const byGet = await overGet(app, asked)
  expect([byGet.status, byGet.data]).toEqual([405, undefined])
  const byForm = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain', Authorization: `Bearer ${app.key}` },
    body: JSON.stringify(asked),
  })
  expect(byForm.status).toBe(415)
})

test('extensions that are no JSON are the fault of the request', async () => {
  for (const search of [
    'extensions={',
    'query={__typename}&variables={',
    'query={__typename}&extensions=7',
    'documentId=',
  ]) {
    const answer = await fetch(`${app.url}/graphql?${search}`, {
      headers: { Accept: 'application/graphql-response+json', Authorization: `Bearer ${app.key}` },
    })
    expect([search, answer.status]).toEqual([search, 400])
  }
})

test('an answer that a document is not known is kept by no cache, and is 200 for those who know no other media type', async () => {
  const search = new URLSearchParams({
    extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash: sha256('nothing') } }),
  })
  const answer = await fetch(`${app.url}/graphql?${search}`, { headers: { Accept: 'application/json' } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toMatch(/private|no-store/)
  expect(await answer.json()).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound' }] })
})

test('with the setting off nothing is kept, and clients are told to send the text', async () => {
  const plain = await startApp({ deals: 0, workers: 0, settings: { persistedQueries: false } })
  onTestFinished(() => plain.stop())
  const text = '{ viewer { keyName } }'
  const asked = persistedQuery(sha256(text))
  for (const door of [overPost, overGet, overWebSocket]) {
    expect((await door(plain, { query: text, ...asked })).data).toEqual({ viewer: { keyName: 'test' } })
    expect((await door(plain, asked)).errors).toEqual([
      expect.objectContaining({
        message: 'PersistedQueryNotSupported',
        extensions: expect.objectContaining({ code: 'PERSISTED_QUERY_NOT_SUPPORTED' }),
      }),
    ])
  }
})

describe('what is kept is bounded', () => {
  const keepAll = (texts: string[]) => {
    const kept = new PersistedDocuments({ trusted: null, automatic: true })
    for (const text of texts) kept.keep({ query: text, documentId: sha256(text) })
    return texts.filter((text) => {
      try {
        return kept.textOf({ documentId: sha256(text) }) === text
      } catch {
        return false
      }
    })
  }

  test('in number: of 10,000 documents the last thousand are left', () => {
    const texts = Array.from({ length: 10_000 }, (_, index) => `{ viewer { keyName } } # ${index}`)
    expect(keepAll(texts)).toEqual(texts.slice(-1_000))
  })

  test('in bytes: of 60 kB each about seventy, and none of more than 64 KiB', () => {
    const texts = Array.from({ length: 200 }, (_, index) => `# ${'x'.repeat(60_000)} ${index}`)
    expect(keepAll(texts)).toEqual(texts.slice(-69))
    expect(keepAll([`# ${'x'.repeat(70_000)}`, `# ${'ä'.repeat(40_000)}`])).toEqual([])
  })

  test('and what is asked for stays', () => {
    const kept = new PersistedDocuments({ trusted: null, automatic: true })
    const [first = '', ...others] = Array.from({ length: 3_000 }, (_, index) => `{ a } # ${index}`)
    kept.keep({ query: first, documentId: sha256(first) })
    for (const text of others) {
      kept.keep({ query: text, documentId: sha256(text) })
      expect(kept.textOf({ documentId: sha256(first) })).toBe(first)
    }
  })
})

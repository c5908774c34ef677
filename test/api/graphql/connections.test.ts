import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { createGraphql } from '../../../src/api/graphql/yoga.ts'
import { serveWebSocket } from '../../../src/api/http/websocket.ts'
import { createApiKey, revokeApiKey } from '../../../src/lifecycle/api-keys.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { queriesOf } from '../../support/count-queries.ts'
import { acceptExport, settle } from '../../support/exports.ts'
import { closeGate, datasetsWithGate, waitingAtGate } from '../../support/gated-dataset.ts'
import { openSocket, type RawSocket } from '../../support/raw-socket.ts'
import { sql } from '../../support/sql.ts'
import { subscribeBySse } from '../../support/sse.ts'
import { until } from '../../support/until.ts'

let app: TestApp
/** An app that takes few connections. */
let small: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 300, overrides: { datasets: datasetsWithGate } })
  small = await startApp({
    deals: 0,
    workers: 0,
    settings: { maxConnections: 5, maxOrganizationConnections: 3 },
  })
})

afterAll(() => Promise.all([app.stop(), small.stop()]))

// Whatever a test did: nothing is kept for clients that are gone.
afterEach(async () => {
  for (const { api } of [app, small]) {
    await until('no connection is counted', () => api.services.connections.openCount === 0)
    await until('no subscriber is left', () => api.services.feed.subscriberCount === 0)
  }
})

const everything = 'subscription { exportUpdated { id } }'

async function newKey(expiresAt: Date | null = null): Promise<{ id: string; secret: string }> {
  const { key, secret } = await createApiKey(
    app.api.services,
    { id: app.organizationId },
    { name: 'short-lived', expiresAt },
  )
  return { id: key.id, secret }
}

/** A socket and an event stream of one key, both in the middle of a subscription. */
async function listenWith(secret: string): Promise<{ raw: RawSocket; events: Promise<unknown[]> }> {
  const before = app.api.services.feed.subscriberCount
  const raw = await openSocket(app.url, secret)
  await raw.next(({ type }) => type === 'connection_ack')
  raw.send({ id: '1', type: 'subscribe', payload: { query: everything } })
  const events = (async () => {
    const all = []
    for await (const event of subscribeBySse(app, everything, {}, secret)) all.push(event)
    return all
  })()
  await until('both listen', () => app.api.services.feed.subscriberCount === before + 2)
  return { raw, events }
}

async function expectEnded({ raw, events }: Awaited<ReturnType<typeof listenWith>>): Promise<void> {
  expect(await raw.closed).toEqual({ code: 4403, reason: 'Forbidden' })
  expect(await events).toEqual([
    {
      event: 'next',
      data: {
        errors: [
          expect.objectContaining({
            message: 'This API key has expired or was revoked.',
            extensions: { code: 'UNAUTHENTICATED' },
          }),
        ],
      },
    },
    { event: 'complete', data: null },
  ])
}

test.each<[string, (id: string) => Promise<unknown>]>([
  ['revoked', (id) => revokeApiKey(app.api.services, id)],
  [
    'revoked by hand in the database',
    (id) => sql(app.database.ownerUrl, 'UPDATE sluice.api_keys SET revoked_at = now() WHERE id = $1', [id]),
  ],
  ['deleted', (id) => sql(app.database.ownerUrl, 'DELETE FROM sluice.api_keys WHERE id = $1', [id])],
  [
    'given an earlier expiry',
    (id) =>
      sql(
        app.database.ownerUrl,
        `UPDATE sluice.api_keys SET expires_at = now() + interval '200 ms' WHERE id = $1`,
        [id],
      ),
  ],
])(
  'a key that is %s ends its sockets with 4403 and its event streams, within a second, and no others',
  async (_what, end) => {
    const { id, secret } = await newKey()
    const otherKey = await newKey()
    const other = await listenWith(otherKey.secret)
    const ended = await listenWith(secret)
    const beganAt = performance.now()
    await end(id)
    await expectEnded(ended)
    expect(performance.now() - beganAt).toBeLessThan(1_500)
    expect(other.raw.socket.readyState).toBe(other.raw.socket.OPEN)
    await until('what it held is freed', () => app.api.services.feed.subscriberCount === 2)
    await revokeApiKey(app.api.services, otherKey.id)
    await expectEnded(other)
  },
)

test('a key that expires ends them when its time has come, not before', async () => {
  const expiresAt = new Date(Date.now() + 700)
  const listening = await listenWith((await newKey(expiresAt)).secret)
  await expectEnded(listening)
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime())
  expect(Date.now()).toBeLessThan(expiresAt.getTime() + 1_500)
})

test('a key that is revoked while the listening connection is down ends them when it is back', async () => {
  const { id, secret } = await newKey()
  const listening = await listenWith(secret)
  const database = new URL(app.database.adminUrl).pathname.slice(1)
  await sql(inject('adminUrl'), `ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
  try {
    const [listener] = await sql<{ pid: number }>(
      inject('adminUrl'),
      `SELECT pid FROM pg_stat_activity WHERE datname = $1 AND application_name = 'sluice-listener'`,
      [database],
    )
    await sql(inject('adminUrl'), 'SELECT pg_terminate_backend($1, 5000)', [listener!.pid])
    await app.api.services.orm.em
      .fork()
      .execute('update sluice.api_keys set revoked_at = now() where id = ?', [id])
  } finally {
    await sql(inject('adminUrl'), `ALTER DATABASE ${database} ALLOW_CONNECTIONS true`)
  }
  await expectEnded(listening)
})

test('an organization with all its connections gets 1013, or 503 for events; others still get theirs', async () => {
  const other = await small.addOrganization('other')
  const sockets: RawSocket[] = []
  for (let index = 0; index < 3; index += 1) {
    const raw = await openSocket(small.url, small.key)
    await raw.next(({ type }) => type === 'connection_ack')
    sockets.push(raw)
  }
  const fourth = await openSocket(small.url, small.key)
  expect(await fourth.closed).toEqual({ code: 1013, reason: 'Too many connections' })
  const response = await streamOf(small)
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('10')
  expect(await response.text()).toContain('TOO_MANY_CONNECTIONS')
  const theirs = await openSocket(small.url, other.key)
  await theirs.next(({ type }) => type === 'connection_ack')

  // One that goes makes room for one that comes.
  sockets[0]!.socket.close()
  await sockets[0]!.closed
  const fifth = await openSocket(small.url, small.key)
  await fifth.next(({ type }) => type === 'connection_ack')
  for (const { socket } of [...sockets, theirs, fifth]) socket.terminate()
})

test('a full server closes further sockets with 1013, also those that have said nothing, and refuses events with 503', async () => {
  const silent: RawSocket[] = []
  for (let index = 0; index < 5; index += 1) silent.push(await openSocket(small.url))
  const sixth = await openSocket(small.url, small.key)
  expect(await sixth.closed).toEqual({ code: 1013, reason: 'Try again later' })
  expect((await streamOf(small)).status).toBe(503)
  // What is no connection is still answered.
  expect((await small.graphql('{ viewer { keyName } }')).data).toEqual({ viewer: { keyName: 'test' } })
  for (const { socket } of silent) socket.terminate()
})

function streamOf({ url, key }: TestApp): Promise<Response> {
  const hangUp = new AbortController()
  onTestFinished(() => hangUp.abort())
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      Accept: 'text/event-stream',
      'Content-Type': 'application/json',
      Authorization: `Bearer ${key}`,
    },
    body: JSON.stringify({ query: everything }),
    signal: hangUp.signal,
  })
}

test('a connection runs 100 operations at once; the next is refused, until one completes', async () => {
  const raw = await openSocket(app.url, app.key)
  await raw.next(({ type }) => type === 'connection_ack')
  const subscribe = (id: string) => raw.send({ id, type: 'subscribe', payload: { query: everything } })
  for (let index = 1; index <= 101; index += 1) subscribe(String(index))
  const refused = await raw.next(({ type }) => type === 'error')
  expect(refused).toMatchObject({ id: '101', payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS' } }] })
  await until('100 listen', () => app.api.services.feed.subscriberCount === 100)
  raw.send({ id: '1', type: 'complete' })
  subscribe('102')
  await until('one more in its place', () => app.api.services.feed.subscriberCount === 100)
  expect(raw.received.filter(({ type }) => type === 'error')).toHaveLength(1)
  raw.socket.terminate()
})

test('a message of more than 256 KiB closes the connection with 1009', async () => {
  const raw = await openSocket(app.url, app.key)
  await raw.next(({ type }) => type === 'connection_ack')
  raw.send({ id: '1', type: 'subscribe', payload: { query: `{ __typename }${' '.repeat(256 * 1024)}` } })
  expect((await raw.closed).code).toBe(1009)
})

test('what is no message of the protocol closes the connection with 4400', async () => {
  for (const text of ['{', '[]', '{"type":"nothing"}', '\u0000']) {
    const raw = await openSocket(app.url, app.key)
    await raw.next(({ type }) => type === 'connection_ack')
    raw.socket.send(text)
    expect((await raw.closed).code).toBe(4400)
  }
})

/** The same server, with less patience. */
async function startImpatient(): Promise<string> {
  const server = createServer()
  const webSocket = serveWebSocket(server, createGraphql(app.api.services), app.api.services, 0, {
    connectionInitTimeoutMs: 150,
    pingMs: 150,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await webSocket.stop()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a connection that does not say who it is, is closed with 4408', async () => {
  const raw = await openSocket(await startImpatient())
  expect(await raw.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' })
})

test('a peer that answers no ping is dropped with everything it held; one that answers stays', async () => {
  const url = await startImpatient()
  const dead = await openSocket(url, app.key)
  const alive = await openSocket(url, app.key)
  for (const raw of [dead, alive]) {
    await raw.next(({ type }) => type === 'connection_ack')
    raw.send({ id: '1', type: 'subscribe', payload: { query: everything } })
  }
  await until('both listen', () => app.api.services.feed.subscriberCount === 2)
  let pings = 0
  alive.socket.on('ping', () => {
    pings += 1
  })
  // It neither reads nor says goodbye, like a laptop that was shut.
  ;(dead.socket as unknown as { _socket: Socket })._socket.pause()
  await until('the dead one is dropped', () => app.api.services.feed.subscriberCount === 1, 3_000)
  await until('the other was asked several times', () => pings >= 4)
  expect(alive.socket.readyState).toBe(alive.socket.OPEN)
  alive.socket.terminate()
  dead.socket.terminate()
})

test('2,000 subscribers of one export all get its terminal state, and its files are read once for all of them', async () => {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const { id } = await acceptExport(app, { dataset: 'gated_deals' })
  await waitingAtGate(app, id)
  const query = `subscription ($id: ID!) { exportProgress(id: $id) { status progress files { name url sha256 } } }`
  const sockets: RawSocket[] = []
  for (let index = 0; index < 20; index += 1) sockets.push(await openSocket(app.url, app.key))
  for (const raw of sockets) {
    await raw.next(({ type }) => type === 'connection_ack')
    for (let index = 0; index < 100; index += 1)
      raw.send({ id: String(index), type: 'subscribe', payload: { query, variables: { id } } })
  }
  await until('all listen', () => app.api.services.feed.subscriberCount === 2_000, 20_000)
  await until('all have the first state', () =>
    sockets.every(({ received }) => received.filter(({ type }) => type === 'next').length >= 100),
  )
  const queries = await queriesOf(async () => {
    await gate.open()
    await until(
      'all are told of the end',
      () =>
        sockets.every(({ received }) => received.filter(({ type }) => type === 'complete').length === 100),
      20_000,
    )
  })
  expect(queries.filter((query) => query.includes('export_files')).length).toBeLessThan(5)
  for (const { received, socket } of sockets) {
    const last = new Map(received.filter(({ type }) => type === 'next').map((state) => [state.id, state]))
    expect(last.size).toBe(100)
    for (const { payload } of last.values()) {
      expect(payload).toMatchObject({
        data: {
          exportProgress: { status: 'COMPLETED', progress: 100, files: [{ sha256: expect.any(String) }] },
        },
      })
    }
    socket.terminate()
  }
})

test('sockets that come back together share the look at their key, and none is let in by an earlier look', async () => {
  const { gate } = app.api.services
  const { id, secret } = await newKey()
  const comeIn = async (): Promise<(string | undefined)[]> => {
    const caller = await gate.meet('127.0.0.1')
    const all = await Promise.all(Array.from({ length: 50 }, () => gate.admit(caller, secret)))
    return all.map((principal) => principal?.keyId)
  }
  const queries = await queriesOf(async () => expect(new Set(await comeIn())).toEqual(new Set([id])))
  // The first asks for itself, all others together.
  expect(queries.filter((query) => query.startsWith('select'))).toHaveLength(2)
  const [, afterwards] = await Promise.all([comeIn(), revokeApiKey(app.api.services, id).then(comeIn)])
  expect(new Set(afterwards)).toEqual(new Set([undefined]))
})

test('subscriptions that differ in their variables or rights share nothing', async () => {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const { id } = await acceptExport(app, { dataset: 'gated_deals' })
  await waitingAtGate(app, id)
  const query = `subscription ($id: ID!, $name: Boolean!) { exportProgress(id: $id) { status name @include(if: $name) files @skip(if: $name) { name } } }`
  const last = async (name: boolean) => {
    let state: object | undefined
    for await (const { data } of app
      .webSocket()
      .iterate<{ exportProgress: object }>({ query, variables: { id, name } }))
      state = data?.exportProgress
    return state
  }
  const both = Promise.all([last(true), last(false)])
  await until('both listen', () => app.api.services.feed.subscriberCount === 2)
  await gate.open()
  const [named, filed] = await both
  expect(Object.keys(named!)).toEqual(['status', 'name'])
  expect(Object.keys(filed!)).toEqual(['status', 'files'])
  await settle(app, id)
})

import { expect, onTestFinished, test } from 'vitest'
import { addressOf, networkOf } from '../../src/api/caller.ts'
import type { RateLimit } from '../../src/core/errors.ts'
import { startApp, type TestApp, type TestAppOptions } from '../support/app.ts'
import { acceptExport, cancelExport } from '../support/exports.ts'
import { openSocket } from '../support/raw-socket.ts'
import { sql } from '../support/sql.ts'
import { subscribeBySse } from '../support/sse.ts'

let app: TestApp

async function start(options: TestAppOptions = {}, requestsPerMinute: number | null = null): Promise<void> {
  app = await startApp({ deals: 0, workers: 0, ...options })
  onTestFinished(() => app.stop())
  await sql(app.database.ownerUrl, 'UPDATE sluice.plans SET requests_per_minute = $1', [requestsPerMinute])
}

const viewer = JSON.stringify({ query: '{ viewer { keyName } }' })

function ask(key: string | null, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: viewer,
  })
}

test('a key that asks more often than its plan allows gets 429 with the time to wait, another key does not', async () => {
  await start({}, 3)
  const other = await app.addOrganization('other')
  for (const left of [2, 1, 0]) {
    const answer = await ask(app.key)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('ratelimit-policy')).toBe('"minute";q=3;w=60')
    expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`^"minute";r=${left};t=\\d+$`))
  }
  const refused = await ask(app.key)
  expect(refused.status).toBe(429)
  const seconds = Number(refused.headers.get('retry-after'))
  expect(seconds).toBeGreaterThanOrEqual(1)
  expect(seconds).toBeLessThanOrEqual(60)
  expect(await refused.json()).toMatchObject({
    errors: [
      {
        message: expect.stringContaining('3 requests a minute'),
        extensions: {
          code: 'RATE_LIMITED',
          retryAfterSeconds: expect.any(Number),
          rateLimit: { limit: 3, remaining: 0, resetSeconds: expect.any(Number) },
        },
      },
    ],
  })
  expect((await ask(other.key)).status).toBe(200)

  // The same count at the other doors, in their own shapes.
  const rest = await fetch(`${app.url}/api/v1/deals/export/exp_abc123`, {
    headers: { Authorization: `Bearer ${app.key}` },
  })
  expect([rest.status, rest.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)])
  expect(await rest.json()).toMatchObject({ status: 429 })
})

test('operations on a WebSocket count like requests', async () => {
  await start({}, 3)
  const raw = await openSocket(app.url, app.key)
  await raw.next(({ type }) => type === 'connection_ack')
  const subscribe = (id: string) =>
    raw.send({ id, type: 'subscribe', payload: { query: '{ viewer { keyName } }' } })
  for (const id of ['1', '2', '3']) subscribe(id)
  const message = await raw.next(({ type }) => type === 'error')
  expect(message).toMatchObject({
    id: '3',
    payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } }],
  })
  // Whoever has nothing left cannot connect again either, and is told that later it can.
  const late = await openSocket(app.url, app.key)
  expect((await late.closed).code).toBe(1013)
})

test('every answer over HTTP says where the key stands, in its extensions as in its headers', async () => {
  await start({}, 10)
  const ask = async (query: string) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${app.key}` },
      body: JSON.stringify({ query }),
    })
    const answer = (await response.json()) as { errors?: unknown; extensions?: { rateLimit: RateLimit } }
    const { limit, remaining, resetSeconds } = answer.extensions!.rateLimit
    expect(response.headers.get('ratelimit-policy')).toBe(`"minute";q=${limit};w=60`)
    expect(response.headers.get('ratelimit')).toBe(`"minute";r=${remaining};t=${resetSeconds}`)
    return { hasErrors: answer.errors !== undefined, limit, remaining }
  }
  expect(await ask('{ viewer { keyName } }')).toEqual({ hasErrors: false, limit: 10, remaining: 9 })
  expect(await ask('{ auditEvents { edges { cursor } } }')).toEqual({
    hasErrors: true,
    limit: 10,
    remaining: 8,
  })
  const aliased = (alias: string) =>
    `${alias}: exports(first: 200) { edges { node { events { at type message attempt } files { name url bytes rows sha256 } } } }`
  const costly = `{ ${['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(aliased).join(' ')} }`
  expect(await ask(costly)).toEqual({ hasErrors: true, limit: 10, remaining: 7 })
})

test('over a WebSocket each operation says where the key stood, and a subscription once', async () => {
  await start({}, 20)
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  const raw = await openSocket(app.url, app.key)
  await raw.next(({ type }) => type === 'connection_ack')
  const answersTo = (operation: string) =>
    raw.received.flatMap(({ id, type, payload }) =>
      id === operation && type === 'next' ? [payload as { extensions?: { rateLimit: RateLimit } }] : [],
    )
  // Two that share what each event becomes, and one in between.
  const watch = { query: 'subscription ($id: ID!) { exportProgress(id: $id) { status } }', variables: { id } }
  raw.send({ id: 'watch 1', type: 'subscribe', payload: watch })
  raw.send({ id: 'query', type: 'subscribe', payload: { query: '{ viewer { keyName } }' } })
  raw.send({ id: 'watch 2', type: 'subscribe', payload: watch })
  for (const operation of ['watch 1', 'query', 'watch 2'])
    await raw.next((message) => message.id === operation)
  await cancelExport(app, id)
  for (const operation of ['watch 1', 'watch 2'])
    await raw.next((message) => message.id === operation && message.type === 'complete')

  // createExport was the first, the connection the second.
  const rate = (remaining: number) => ({ limit: 20, remaining, resetSeconds: expect.any(Number) })
  for (const [operation, remaining] of [
    ['watch 1', 17],
    ['watch 2', 15],
  ] as const) {
    expect(answersTo(operation)).toEqual([
      {
        data: { exportProgress: { status: 'PENDING' } },
        extensions: { rateLimit: rate(remaining) },
      },
      { data: { exportProgress: { status: 'CANCELED' } } },
    ])
  }
  expect(answersTo('query')).toEqual([
    { data: { viewer: { keyName: 'test' } }, extensions: { rateLimit: rate(16) } },
  ])
})

test('server-sent events say it once too', async () => {
  await start({}, 20)
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  const told: boolean[] = []
  const query = 'subscription ($id: ID!) { exportProgress(id: $id) { status } }'
  for await (const { data } of subscribeBySse<{ exportProgress: { status: string } }>(app, query, { id })) {
    if (!data) break
    told.push('extensions' in data)
    if (data.data?.exportProgress.status === 'PENDING') await cancelExport(app, id)
  }
  expect(told).toEqual([true, false])
})

test('an address that asks too often is refused everywhere but at the health checks', async () => {
  await start({ settings: { addressRequestsPerMinute: 3 } })
  for (let count = 0; count < 3; count += 1) expect((await ask(null)).status).toBe(401)
  expect((await ask(null)).status).toBe(429)
  for (const path of ['/openapi.json', '/files/x/y', '/api/v1/deals/export/exp_abc123']) {
    const answer = await fetch(app.url + path, { headers: { Authorization: `Bearer ${app.key}` } })
    expect([path, answer.status]).toEqual([path, 429])
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
  }
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200)
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200)
})

test('60 keys that do not work close an address out, whatever key it sends next', async () => {
  await start({ settings: { trustedProxies: 1 } })
  const from = (address: string) => ({ 'X-Forwarded-For': `203.0.113.9, ${address}` })
  for (let count = 0; count < 60; count += 1) {
    expect((await ask(`slc_wrong-${count}`, from('198.51.100.1'))).status).toBe(401)
  }
  expect((await ask('slc_wrong', from('198.51.100.1'))).status).toBe(429)
  expect((await ask(app.key, from('198.51.100.1'))).status).toBe(429)
  expect((await ask(app.key, from('198.51.100.2'))).status).toBe(200)
})

test('with the setting off nothing is counted', async () => {
  await start({ settings: { limitRates: false, addressRequestsPerMinute: 1 } }, 1)
  for (let count = 0; count < 5; count += 1) {
    const answer = await ask(app.key)
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, null])
    expect(await answer.json()).toEqual({ data: { viewer: { keyName: 'test' } } })
  }
})

test.each([
  ['10.0.0.1', '1.2.3.4', 0, '10.0.0.1'],
  ['::ffff:10.0.0.1', undefined, 0, '10.0.0.1'],
  ['10.0.0.1', '6.6.6.6, 1.2.3.4', 1, '1.2.3.4'],
  ['10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
  ['10.0.0.1', undefined, 1, '10.0.0.1'],
  [undefined, undefined, 0, ''],
])('peer %s with X-Forwarded-For %s and %i proxies is %s', (peer, forwarded, proxies, address) => {
  expect(addressOf(peer, forwarded, proxies)).toBe(address)
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { GraphQLFormattedError } from 'graphql'
import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { createGraphql } from '../../../src/api/graphql/yoga.ts'
import { serveWebSocket } from '../../../src/api/http/websocket.ts'
import { createApiKey } from '../../../src/lifecycle/api-keys.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { connect } from '../../support/database.ts'
import { acceptExport, cancelExport, type ExportState, settle, watchExport } from '../../support/exports.ts'
import { closeGate, datasetsWithGate, uuidOf, waitingAtGate } from '../../support/gated-dataset.ts'
import { type Message, openSocket } from '../../support/raw-socket.ts'
import { sql } from '../../support/sql.ts'
import { subscribeBySse } from '../../support/sse.ts'
import { until } from '../../support/until.ts'
import { startSecondApi } from '../../support/worker.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 300, overrides: { datasets: datasetsWithGate } })
})

afterAll(() => app.stop())

// Whatever a test did: nothing is kept for clients that are gone.
afterEach(async () => {
  await until('no subscriber is left', () => app.api.services.feed.subscriberCount === 0)
})

const progressQuery = `subscription ($id: ID!) { exportProgress(id: $id) { id version status progress rowsExported attempt } }`
type Progress = Pick<ExportState, 'id' | 'version' | 'status' | 'progress' | 'rowsExported' | 'attempt'>

async function exportUnderWay(): Promise<{ id: string; open(): Promise<void> }> {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const { id } = await acceptExport(app, { dataset: 'gated_deals' })
  await waitingAtGate(app, id)
  return { id, open: () => gate.open() }
}

/** An export that nobody works on: the test is its worker. */
async function exportOfNobody(
  input: object = {},
): Promise<{ id: string; change(assignments: string): Promise<void> }> {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }], ...input })
  await settle(app, id)
  const worker = await connect(app.database.ownerUrl)
  const change = (assignments: string) =>
    worker
      .query(`UPDATE sluice.exports SET ${assignments}, version = version + 1 WHERE id = $1`, [uuidOf(id)])
      .then(() => {})
  await change("status = 'processing', progress = 0, rows_exported = 0, completed_at = null")
  return { id, change }
}

function expectMonotonic(states: readonly Progress[]): void {
  for (const [index, state] of states.entries()) {
    const before = states[index - 1]
    if (!before) continue
    expect(state.version).toBeGreaterThan(before.version)
    expect(state.progress).toBeGreaterThanOrEqual(before.progress)
    expect(state.rowsExported).toBeGreaterThanOrEqual(before.rowsExported)
  }
}

async function collect(
  id: string,
  onState: (state: ExportState, index: number) => unknown,
): Promise<ExportState[]> {
  const states: ExportState[] = []
  for await (const state of watchExport(app, id)) {
    await onState(state, states.length)
    states.push(state)
  }
  return states
}

test('a WebSocket gets the current state at once, grows with it, ends with the terminal state and completes', async () => {
  const { id, open } = await exportUnderWay()
  const states = await collect(id, (state, index) => {
    if (index === 0) expect(state.status).toBe('PROCESSING')
    return state.rowsExported > 0 ? open() : undefined
  })
  expect(states.length).toBeGreaterThanOrEqual(2)
  expectMonotonic(states)
  expect(states.some(({ progress }) => progress > 0 && progress < 100)).toBe(true)
  expect(states.at(-1)).toMatchObject({ status: 'COMPLETED', progress: 100, rowsExported: 300 })
  expect(states.filter(({ status }) => status === 'COMPLETED')).toHaveLength(1)
})

test('server-sent events say the same: current state at once, terminal state, complete', async () => {
  const { id, open } = await exportUnderWay()
  const states: Progress[] = []
  let completed = false
  for await (const { event, data } of subscribeBySse<{ exportProgress: Progress }>(app, progressQuery, {
    id,
  })) {
    if (event === 'complete') {
      completed = true
      continue
    }
    expect(event).toBe('next')
    states.push(data!.data!.exportProgress)
    if (states.length === 1) {
      expect(states[0]!.status).toBe('PROCESSING')
      await open()
    }
  }
  expect(completed).toBe(true)
  expectMonotonic(states)
  expect(states.at(-1)).toMatchObject({ status: 'COMPLETED', progress: 100 })
})

test('server-sent events of an export that has ended are its state and the end', async () => {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  await settle(app, id)
  const events = []
  for await (const event of subscribeBySse<{ exportProgress: Progress }>(app, progressQuery, { id }))
    events.push(event)
  expect(events.map(({ event }) => event)).toEqual(['next', 'complete'])
  expect(events[0]!.data?.data?.exportProgress.status).toBe('COMPLETED')
})

test('a foreign export and an unknown one cannot be told apart, over WebSocket and over events', async () => {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  await settle(app, id)
  const other = await app.addOrganization('listener')
  const ids = [id, uuidOf(id), '0190a000-0000-7000-8000-000000000000', 'garbage']
  const answers: unknown[] = []
  for (const word of ids) {
    const events = app.webSocket(other.key).iterate({ query: progressQuery, variables: { id: word } })
    const over = await events.next()
    answers.push(
      over.value?.errors?.map((error: GraphQLFormattedError) => ({
        message: error.message,
        extensions: error.extensions,
      })),
    )
    expect((await events.next()).done).toBe(true)
    const all = []
    for await (const { data } of subscribeBySse(app, progressQuery, { id: word }, other.key))
      if (data) all.push(data)
    answers.push(all[0]?.errors?.map(({ message, extensions }) => ({ message, extensions })))
  }
  for (const answer of answers) {
    expect(answer).toEqual([{ message: 'There is no such export.', extensions: { code: 'NOT_FOUND' } }])
  }
})

test('unsubscribing while a subscription begins or waits frees everything it held', async () => {
  const { id } = await exportUnderWay()
  const raw = await openSocket(app.url, app.key)
  await raw.next(({ type }) => type === 'connection_ack')
  const subscribe = (name: string) =>
    raw.send({ id: name, type: 'subscribe', payload: { query: progressQuery, variables: { id } } })
  // At once, before the server can have begun.
  for (let round = 0; round < 20; round += 1) {
    subscribe(`early-${round}`)
    raw.send({ id: `early-${round}`, type: 'complete' })
  }
  // While it waits for the next change.
  subscribe('waiting')
  await raw.next((message) => message.id === 'waiting' && message.type === 'next')
  expect(app.api.services.feed.subscriberCount).toBe(1)
  raw.send({ id: 'waiting', type: 'complete' })
  await until('nothing is held', () => app.api.services.feed.subscriberCount === 0, 2_000)
  // The connection is as good as before.
  subscribe('again')
  await raw.next((message) => message.id === 'again' && message.type === 'next')
  raw.socket.close()
  await until('the closed socket is freed', () => app.api.services.feed.subscriberCount === 0, 2_000)
  await cancelExport(app, id)
})

test('a socket that is torn down, and events that are hung up on, free everything', async () => {
  const { id } = await exportUnderWay()
  const raw = await openSocket(app.url, app.key)
  await raw.next(({ type }) => type === 'connection_ack')
  for (const query of [
    progressQuery,
    'subscription { exportUpdated { id } }',
    'subscription { exportUpdated(filter: {status: [FAILED]}) { id } }',
  ])
    raw.send({ id: query, type: 'subscribe', payload: { query, variables: { id } } })
  await until('all listen', () => app.api.services.feed.subscriberCount === 3)
  raw.socket.terminate()
  await until('the socket is freed', () => app.api.services.feed.subscriberCount === 0, 2_000)

  for (const query of [progressQuery, 'subscription { exportUpdated { id } }']) {
    for await (const { event } of subscribeBySse(app, query, { id })) if (event === 'next') break
    await until('the events are freed', () => app.api.services.feed.subscriberCount === 0, 2_000)
  }
  // One that waits for a change that its filter never lets through.
  const quiet = subscribeBySse(app, 'subscription { exportUpdated(filter: {status: [FAILED]}) { id } }')
  const waiting = quiet.next()
  await until('it listens', () => app.api.services.feed.subscriberCount === 1)
  await cancelExport(app, id)
  void waiting.catch(() => {})
  void quiet.return(undefined)
  const hangUp = new AbortController()
  const hanging = fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      Accept: 'text/event-stream',
      'Content-Type': 'application/json',
      Authorization: `Bearer ${app.key}`,
    },
    body: JSON.stringify({ query: 'subscription { exportUpdated(filter: {status: [EXPIRED]}) { id } }' }),
    signal: hangUp.signal,
  })
  await until('both listen', () => app.api.services.feed.subscriberCount === 2)
  hangUp.abort()
  await hanging.then((response) => response.text()).catch(() => {})
  await until('the one that hung up is freed', () => app.api.services.feed.subscriberCount === 1, 2_000)
  await until('its connection is free again', () => app.api.services.connections.openCount === 1, 2_000)
  const { id: failed, change } = await exportOfNobody()
  await change("status = 'failed', error_code = 'INTERNAL', completed_at = now()")
  expect((await waiting).value?.data?.data).toEqual({ exportUpdated: { id: failed } })
})

test('a listening connection that is killed comes back by itself, and nothing is missed meanwhile', async () => {
  const { id, open } = await exportUnderWay()
  const admin = inject('adminUrl')
  const database = new URL(app.database.adminUrl).pathname.slice(1)
  const listeners = () =>
    sql<{ pid: number }>(
      app.database.adminUrl,
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sluice-listener'`,
    )
  const states = await collect(id, async (_state, index) => {
    if (index > 0) return
    const [listener] = await listeners()
    // Nobody can connect: whatever is announced now, is announced to no one.
    await sql(admin, `ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
    try {
      await sql(admin, 'SELECT pg_terminate_backend($1)', [listener!.pid])
      await until('it is gone', async () => {
        const rows = await sql(admin, 'SELECT 1 FROM pg_stat_activity WHERE pid = $1', [listener!.pid])
        return rows.length === 0
      })
      await open()
      await until('the export is completed', async () => {
        const { data } = await app.graphql<{ export: { status: string } }>(
          'query ($id: ID!) { export(id: $id) { status } }',
          { id },
        )
        return data?.export.status === 'COMPLETED'
      })
    } finally {
      await sql(admin, `ALTER DATABASE ${database} ALLOW_CONNECTIONS true`)
    }
  })
  expect(states.at(-1)).toMatchObject({ status: 'COMPLETED', progress: 100 })
  expect(await listeners()).toHaveLength(1)
})

test('a listening connection that is killed again and again loses no terminal state', async () => {
  const killer = setInterval(() => {
    void sql(
      app.database.adminUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sluice-listener'`,
    )
  }, 40)
  try {
    for (let round = 0; round < 6; round += 1) {
      const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
      expect(await settle(app, id)).toMatchObject({ status: 'COMPLETED' })
    }
  } finally {
    clearInterval(killer)
  }
})

/** The same server, whose ends of the connections can be looked at. */
async function startOpenServer(): Promise<{ url: string; streams: Socket[] }> {
  const server = createServer()
  const streams: Socket[] = []
  server.on('connection', (stream) => streams.push(stream))
  const { services } = app.api
  const webSocket = serveWebSocket(server, createGraphql(services), services, 0)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    await webSocket.stop()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, streams }
}

test('for a consumer that stops reading the server keeps one state that it sends, skips the others, and has the last one for it', async () => {
  // Large states fill the kernel's buffers between the two ends, so that the server feels the reader stop.
  const ids = Array.from({ length: 5_000 }, (_, index) => `deal ${index} ${'x'.repeat(40)}`)
  const { id, change } = await exportOfNobody({
    filter: { field: { column: 'id', is: { text: { in: ids } } } },
  })
  const { url, streams } = await startOpenServer()
  const raw = await openSocket(url, app.key)
  await raw.next(({ type }) => type === 'connection_ack')
  raw.send({
    id: 'slow',
    type: 'subscribe',
    payload: {
      query: `subscription ($id: ID!) { exportProgress(id: $id) {
        id version status progress rowsExported attempt spec { filter } } }`,
      variables: { id },
    },
  })
  const first = await raw.next((message) => message.type === 'next')
  raw.socket.pause()
  const changes = 250
  let unsentBytes = 0
  for (let step = 1; step <= changes; step += 1) {
    await change(`rows_exported = ${step}, progress = ${Math.floor((step * 99) / changes)}`)
    unsentBytes = Math.max(unsentBytes, streams[0]!.writableLength)
  }
  await change(`status = 'completed', progress = 100, completed_at = now()`)
  expect(unsentBytes).toBeGreaterThan(0)
  expect(unsentBytes).toBeLessThan(1.1 * JSON.stringify(first).length)
  raw.socket.resume()
  await raw.next((message) => message.type === 'complete')
  const states = raw.received
    .filter((message) => message.type === 'next')
    .map((message) => (message.payload as { data: { exportProgress: Progress } }).data.exportProgress)
  expectMonotonic(states)
  expect(states.at(-1)).toMatchObject({ status: 'COMPLETED', progress: 100, rowsExported: changes })
  expect(states.length).toBeLessThan(changes / 2)
  raw.socket.close()
})

test('what a state shows beside itself is as it is when the state is told, not as it was when the subscription began', async () => {
  const { id, change } = await exportOfNobody()
  const { requestedBy, linkSeconds } = await rowsBesides(id)
  onTestFinished(() => besides(requestedBy, 'test', linkSeconds))
  interface Updated {
    requestedBy: { name: string }
    files: { expiresAt: string }[]
  }
  const states = app.webSocket().iterate<{ exportUpdated: Updated }>({
    query: 'subscription { exportUpdated { requestedBy { name } files { expiresAt } } }',
  })
  await states.next()
  await change("status = 'completed', progress = 100, completed_at = now()")
  const before = (await states.next()).value!.data!.exportUpdated
  await besides(requestedBy, 'renamed', 60)
  await change('rows_exported = 1')
  const after = (await states.next()).value!.data!.exportUpdated
  await states.return?.()
  expect([before.requestedBy.name, after.requestedBy.name]).toEqual(['test', 'renamed'])
  expect(linkSeconds).toBeGreaterThan(120)
  expect(Date.parse(before.files[0]!.expiresAt)).toBeGreaterThan(Date.now() + 60_000)
  expect(Date.parse(after.files[0]!.expiresAt)).toBeLessThanOrEqual(Date.now() + 60_000)
})

async function rowsBesides(id: string): Promise<{ requestedBy: string; linkSeconds: number }> {
  const [row] = await sql<{ requestedBy: string; linkSeconds: number }>(
    app.database.ownerUrl,
    `SELECT requested_by_id AS "requestedBy", link_lifetime_seconds AS "linkSeconds"
       FROM sluice.exports JOIN sluice.organizations o ON o.id = organization_id JOIN sluice.plans p ON p.name = plan_name
      WHERE exports.id = $1`,
    [uuidOf(id)],
  )
  return row!
}

async function besides(keyId: string, name: string, linkSeconds: number): Promise<void> {
  const { ownerUrl } = app.database
  await sql(ownerUrl, 'UPDATE sluice.api_keys SET name = $2 WHERE id = $1', [keyId, name])
  await sql(ownerUrl, `UPDATE sluice.plans SET link_lifetime_seconds = $1 WHERE name = 'unlimited'`, [
    linkSeconds,
  ])
}

test('whoever does not take a state gets only the newest one later: memory does not grow with changes', async () => {
  const { id, change } = await exportOfNobody()
  const states = (await app.api.services.feed.watchOne(app.organizationId, uuidOf(id)))!
  onTestFinished(() => states.end())
  const first = await states.next()
  for (let step = 1; step <= 50; step += 1) await change(`rows_exported = ${step}`)
  const { id: other } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  // What is announced in order is read in order: the other's end says that all of the fifty were heard.
  await settle(app, other)
  const next = await states.next()
  expect(next.value?.rowsExported).toBe(50)
  expect(next.value?.version).toBe((first.value?.version ?? 0) + 50)
  await change("status = 'completed', completed_at = now()")
  expect((await states.next()).value?.status).toBe('completed')
  expect((await states.next()).done).toBe(true)
})

test('exportUpdated begins with what is under way, then tells of every change that its filter lets through', async () => {
  const { id, open } = await exportUnderWay()
  interface Updated {
    id: string
    status: string
    dataset: string
  }
  const listen = (filter: string) => {
    const seen: Updated[] = []
    const dispose = app.webSocket().subscribe<{ exportUpdated: Updated }>(
      { query: `subscription { exportUpdated${filter} { id status dataset } }` },
      {
        next: ({ data }) => seen.push(data!.exportUpdated),
        error: () => {},
        complete: () => {},
      },
    )
    onTestFinished(dispose)
    return { seen, dispose }
  }
  const all = listen('')
  const completedOnly = listen('(filter: {status: [COMPLETED]})')
  const contactsOnly = listen('(filter: {dataset: ["contacts"]})')
  await until('all three listen', () => app.api.services.feed.subscriberCount === 3)
  await until('the first state is there', () => all.seen.length > 0)
  expect(all.seen[0]).toEqual({ id, status: 'PROCESSING', dataset: 'gated_deals' })

  const contacts = await acceptExport(app, { dataset: 'contacts', columns: [{ name: 'id' }] })
  await until('the contacts are told of', () =>
    contactsOnly.seen.some(({ status }) => status === 'COMPLETED'),
  )
  await open()
  await until('the gated one is told of', () => completedOnly.seen.some((state) => state.id === id))
  await until('all know it', () => all.seen.some((state) => state.id === id && state.status === 'COMPLETED'))

  expect(new Set(contactsOnly.seen.map((state) => state.id))).toEqual(new Set([contacts.id]))
  expect(completedOnly.seen.map((state) => state.id).sort()).toEqual([contacts.id, id].sort())
  expect(completedOnly.seen.every(({ status }) => status === 'COMPLETED')).toBe(true)
  expect(new Set(all.seen.map((state) => state.id))).toEqual(new Set([contacts.id, id]))
  for (const { dispose } of [all, completedOnly, contactsOnly]) dispose()
})

test("exportUpdated tells nothing of another organization's exports", async () => {
  const other = await app.addOrganization('eavesdropper')
  const seen: unknown[] = []
  const dispose = app
    .webSocket(other.key)
    .subscribe<{ exportUpdated: { id: string } }>(
      { query: 'subscription { exportUpdated { id } }' },
      { next: ({ data }) => seen.push(data?.exportUpdated.id), error: () => {}, complete: () => {} },
    )
  onTestFinished(dispose)
  await until('it listens', () => app.api.services.feed.subscriberCount === 1)
  const mine = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  await settle(app, mine.id)
  const theirs = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] }, other.key)
  await settle(app, theirs.id, other.key)
  await until('their own is told of', () => seen.length > 0)
  expect(new Set(seen)).toEqual(new Set([theirs.id]))
  dispose()
})

test('200 subscribers of one export on ten sockets all get its terminal state', async () => {
  const { id, open } = await exportUnderWay()
  const clients = Array.from({ length: 10 }, () => app.webSocket())
  onTestFinished(async () => {
    for (const client of clients) await client.dispose()
  })
  const last = (client: Client) =>
    new Promise<Progress | undefined>((resolve, reject) => {
      let state: Progress | undefined
      client.subscribe<{ exportProgress: Progress }>(
        { query: progressQuery, variables: { id } },
        {
          next: ({ data }) => {
            state = data?.exportProgress
          },
          error: reject,
          complete: () => resolve(state),
        },
      )
    })
  const ends = Array.from({ length: 200 }, (_, index) => last(clients[index % clients.length]!))
  await until('all listen', () => app.api.services.feed.subscriberCount === 200)
  await open()
  const states = await Promise.all(ends)
  expect(states.filter((state) => state?.status === 'COMPLETED' && state.progress === 100)).toHaveLength(200)
})

test('another API process pushes the same states', async () => {
  const second = await startSecondApi(app)
  onTestFinished(() => second.stop())
  const { id, open } = await exportUnderWay()
  const raw = await openSocket(second.url, app.key)
  await raw.next(({ type }) => type === 'connection_ack')
  raw.send({ id: '1', type: 'subscribe', payload: { query: progressQuery, variables: { id } } })
  await raw.next(({ type }) => type === 'next')
  await open()
  await raw.next(({ type }) => type === 'complete')
  const states = raw.received.filter(({ type }) => type === 'next')
  expect(states.at(-1)?.payload).toMatchObject({ data: { exportProgress: { status: 'COMPLETED' } } })
  raw.socket.close()
})

test('a server that stops closes its sockets with 1012, so that clients come back, and does not wait for event streams', async () => {
  const second = await startSecondApi(app)
  const { id } = await exportUnderWay()
  const raw = await openSocket(second.url, app.key)
  await raw.next(({ type }) => type === 'connection_ack')
  raw.send({ id: '1', type: 'subscribe', payload: { query: progressQuery, variables: { id } } })
  await raw.next(({ type }) => type === 'next')
  const events = subscribeBySse<{ exportProgress: Progress }>({ ...app, url: second.url }, progressQuery, {
    id,
  })
  await events.next()
  const beganAt = performance.now()
  await second.stop()
  expect(performance.now() - beganAt).toBeLessThan(5_000)
  expect(await raw.closed).toEqual({ code: 1012, reason: 'Service restart' })
  await until('nobody is held on to', () => second.api.services.feed.subscriberCount === 0)
  await (async () => {
    for await (const _ of events);
  })().catch(() => {})
  await cancelExport(app, id)
})

test.each([
  ['a wrong key', 'slc_nobody-has-this-one'],
  ['no key', null],
])('a connection with %s is closed with 4403', async (_what, key) => {
  const raw = await openSocket(app.url, key)
  expect(await raw.closed).toEqual({ code: 4403, reason: 'Forbidden' })
  expect(raw.received).toEqual([])
})

test('a subscription before connection_init is closed with 4401, a second connection_init with 4429', async () => {
  const early = await openSocket(app.url)
  early.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { exportUpdated { id } }' } })
  expect((await early.closed).code).toBe(4401)
  const twice = await openSocket(app.url, app.key)
  twice.send({ type: 'connection_init', payload: { Authorization: `Bearer ${app.key}` } })
  expect((await twice.closed).code).toBe(4429)
})

test('an operation that is wrong is answered with an error, and the connection stays', async () => {
  const raw = await openSocket(app.url, app.key)
  await raw.next(({ type }) => type === 'connection_ack')
  const wrong: [string, object, code: string][] = [
    ['syntax', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    ['unknown field', { query: 'subscription { nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['missing variable', { query: progressQuery }, 'BAD_REQUEST'],
    [
      'wrong enum',
      { query: 'subscription { exportUpdated(filter: {status: [NOTHING]}) { id } }' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ]
  for (const [id, payload, code] of wrong) {
    raw.send({ id, type: 'subscribe', payload })
    const answer = await raw.next((message) => message.id === id)
    const errors = answer.type === 'error' ? answer.payload : (answer.payload as { errors?: unknown }).errors
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.any(String),
        extensions: expect.objectContaining({ code }),
      }),
    ])
  }
  raw.send({ id: 'query', type: 'subscribe', payload: { query: '{ viewer { organization { name } } }' } })
  const answer = await raw.next((message) => message.id === 'query')
  expect(answer).toMatchObject({
    type: 'next',
    payload: { data: { viewer: { organization: { name: 'Demo' } } } },
  })
  raw.send({ type: 'ping' } satisfies Message)
  await raw.next(({ type }) => type === 'pong')
  expect(raw.socket.readyState).toBe(raw.socket.OPEN)
  raw.socket.close()
})

test('a subscription needs exports:read', async () => {
  const { secret } = await createApiKey(
    app.api.services,
    { id: app.organizationId },
    { name: 'writer', scopes: ['exports:write'] },
  )
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  for (const query of [progressQuery, 'subscription { exportUpdated { id } }']) {
    const events = app.webSocket(secret).iterate({ query, variables: { id } })
    const { value } = await events.next()
    expect(value?.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
    await events.return?.()
  }
})

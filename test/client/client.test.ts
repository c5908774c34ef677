import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createApi } from '../../src/app.ts'
import { type ClientOptions, createClient, type Export, type SluiceClient } from '../../src/client/client.ts'
import { ExportEndedError, SluiceClientError } from '../../src/client/errors.ts'
import { toFile } from '../../src/client/node.ts'
import { readConfig } from '../../src/config.ts'
import { revokeApiKey } from '../../src/lifecycle/api-keys.ts'
import { Export as ExportRow } from '../../src/platform/db/entities/export.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import { type LoopbackProxy, startProxy } from './loopback-proxy.ts'

/** One with a worker, and one whose exports stay where a test puts them. */
let app: TestApp
let still: TestApp
let folder: string

beforeAll(async () => {
  ;[app, still] = await Promise.all([startApp({ deals: 3_000 }), startApp({ deals: 0, workers: 0 })])
  folder = mkdtempSync(join(tmpdir(), 'sluice-client-'))
})

afterAll(async () => {
  await Promise.all([app.stop(), still.stop()])
  rmSync(folder, { recursive: true })
})

function clientOf(of: TestApp, options: Partial<ClientOptions> = {}): SluiceClient {
  return createClient({ url: of.url, apiKey: of.key, ...options })
}

async function failure(promise: Promise<unknown>): Promise<SluiceClientError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(SluiceClientError)
  return error as SluiceClientError
}

const columns = ['id', 'name', 'amount', 'summary'].map((name) => ({ name }))
const input = { dataset: 'deals', columns, options: { formulaGuard: false } }

function expected(): Promise<string> {
  return copyText(
    app.database.ownerUrl,
    `SELECT id, name, amount, summary FROM crm.deals WHERE organization_id = 'demo' ORDER BY id`,
  )
}

describe('an export from end to end', () => {
  test('export asks, watches, downloads and verifies: the file is what COPY gives', async () => {
    const states: Export[] = []
    const received: number[] = []
    const result = await clientOf(app).export(
      { ...input, sort: [{ column: 'id' }] },
      { onState: (state) => states.push(state), onProgress: (progress) => received.push(progress.received) },
    )
    expect(await result.files[0]?.text()).toBe(`id,name,amount,summary\n${await expected()}`)
    expect(result.export).toMatchObject({ status: 'COMPLETED', progress: 100, rowsExported: 3_000 })
    expect(states.at(-1)).toEqual(result.export)
    expect(states.every((state, index) => index === 0 || state.version > states[index - 1]!.version)).toBe(
      true,
    )
    expect(received.at(-1)).toBe(result.export.files[0]?.bytes)
  })

  test('exports can be listed page by page, found, and canceled', async () => {
    const client = clientOf(still)
    const made: string[] = []
    for (const name of ['one', 'two', 'three'])
      made.push((await client.createExport({ dataset: 'deals', name })).id)
    const first = await client.page({ first: 2 })
    expect(first.exports.map(({ name }) => name)).toEqual(['three', 'two'])
    expect(first.hasNextPage).toBe(true)
    const second = await client.page({ first: 2, after: first.endCursor })
    expect(second.exports.map(({ name }) => name)).toEqual(['one'])
    expect(await client.cancel(made[0]!)).toMatchObject({ status: 'CANCELED', id: made[0] })
    expect(await client.get(made[0]!)).toMatchObject({
      status: 'CANCELED',
      error: { code: 'CANCELED_BY_USER' },
    })
    expect((await client.page({ filter: { status: ['CANCELED'] } })).exports.map(({ id }) => id)).toEqual([
      made[0],
    ])
    const ended = await failure(client.finished(made[0]!))
    expect(ended).toBeInstanceOf(ExportEndedError)
    expect(ended.code).toBe('CANCELED_BY_USER')
    expect(await client.get('01890000-0000-7000-8000-000000000000')).toBeNull()
  })

  test('list goes over all pages, and asks for the next one only when it is needed', async () => {
    const { key } = await still.addOrganization('Long list')
    const creations = Array.from(
      { length: 20 },
      (_, index) => `x${index}: createExport(input: $input) { __typename }`,
    )
    for (let batch = 0; batch < 5; batch += 1) {
      await still.graphql(
        `mutation ($input: CreateExportInput!) { ${creations.join('\n')} }`,
        { input: { dataset: 'deals' } },
        key,
      )
    }
    await clientOf(still, { apiKey: key }).createExport({ dataset: 'deals' })
    let requests = 0
    const client = clientOf(still, {
      apiKey: key,
      fetch: (...args) => {
        requests += 1
        return fetch(...args)
      },
    })
    const numbers: number[] = []
    const requestsAt: number[] = []
    for await (const { number } of client.list()) {
      numbers.push(number)
      requestsAt.push(requests)
    }
    expect(numbers).toEqual(Array.from({ length: 101 }, (_, index) => 101 - index))
    expect([requestsAt[0], requestsAt[99], requestsAt[100]]).toEqual([1, 1, 2])
    const failed: Export[] = []
    for await (const each of client.list({ filter: { status: ['FAILED'] } })) failed.push(each)
    expect(failed).toEqual([])
  })

  test('a canceled export is made again by retry, and is gone after delete', async () => {
    const client = clientOf(still)
    const { id } = await client.createExport({ dataset: 'deals' })
    expect((await failure(client.retry(id))).code).toBe('CONFLICT')
    await client.cancel(id)
    expect(await client.retry(id)).toMatchObject({ id, status: 'PENDING', error: null })
    expect(await client.delete(id)).toBeUndefined()
    expect(await client.get(id)).toBeNull()
    expect((await failure(client.delete(id))).code).toBe('NOT_FOUND')
  })

  test('preview shows the cells of the file, and estimate counts its rows', async () => {
    const client = clientOf(app)
    const sorted = { ...input, sort: [{ column: 'id' }] }
    const preview = await client.preview(sorted, { rows: 2 })
    const file = `id,name,amount,summary\n${await expected()}`
    expect(preview.columns.map(({ header }) => header)).toEqual(['id', 'name', 'amount', 'summary'])
    expect(preview.rows).toHaveLength(2)
    expect(file.startsWith(preview.text!)).toBe(true)
    expect(file).toContain(`\n${preview.rows[1]?.[0]},`)
    expect(await client.estimate(sorted)).toMatchObject({ rows: 3_000, rowsExact: true })
    const wrong = await failure(client.preview({ dataset: 'deals', columns: [{ name: 'ammount' }] }))
    expect(wrong).toMatchObject({ code: 'VALIDATION_FAILED', issues: [{ path: 'columns.0.name' }] })
  })

  test('datasets say what a column picker needs', async () => {
    const client = clientOf(still)
    const all = await client.datasets()
    expect(all.map(({ name }) => name)).toContain('deals')
    const deals = await client.dataset('deals')
    expect(deals).toEqual(all.find(({ name }) => name === 'deals'))
    expect(deals?.columns.find(({ name }) => name === 'amount')).toMatchObject({
      type: 'DECIMAL',
      isNumeric: true,
    })
    expect(await client.dataset('nothing')).toBeNull()
  })
})

describe('errors', () => {
  test('a wrong request names everything that is wrong with it', async () => {
    const error = await failure(
      clientOf(still).createExport({ dataset: 'deals', columns: [{ name: 'ammount' }] }),
    )
    expect(error.code).toBe('VALIDATION_FAILED')
    expect(error.issues).toEqual([{ path: 'columns.0.name', message: expect.stringContaining("'amount'") }])
  })

  test('a reached limit says when to come back', async () => {
    const { key } = await still.addOrganization('Small', 'essentials')
    const client = clientOf(still, { apiKey: key })
    await client.createExport({ dataset: 'deals' })
    await client.createExport({ dataset: 'deals' })
    const error = await failure(client.createExport({ dataset: 'deals' }))
    expect(error.code).toBe('LIMIT_EXCEEDED')
    expect(error.retryAfterSeconds).toBeGreaterThan(0)
  })

  test('a request whose answer is lost is sent again, and makes one export', async () => {
    const { key } = await still.addOrganization('Lossy')
    let losses = 2
    const client = clientOf(still, {
      apiKey: key,
      fetch: async (...args) => {
        const response = await fetch(...args)
        if (losses-- > 0) throw new TypeError('terminated')
        return response
      },
    })
    const created = await client.createExport({ dataset: 'deals' })
    expect(created).toMatchObject({ number: 1, deduped: false })
    expect((await client.page()).exports.map(({ id }) => id)).toEqual([created.id])
    await client.cancel(created.id)
    losses = 1
    expect((await failure(client.retry(created.id))).code).toBe('UNREACHABLE')
    expect(await client.get(created.id)).toMatchObject({ status: 'PENDING' })
  })

  test('a rate that is exceeded is waited for when that is short, and left to the caller when it is long', async () => {
    const refusals = [0, 0, 3_600]
    const client = clientOf(still, {
      fetch: async (...args) => {
        const seconds = refusals.shift()
        if (seconds === undefined) return await fetch(...args)
        const headers = { 'Retry-After': String(seconds) }
        return new Response('slow down', { status: 429, headers })
      },
    })
    expect(await failure(client.datasets())).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 3_600 })
    refusals.push(0)
    expect(await client.dataset('deals')).toMatchObject({ name: 'deals' })
  })

  test('a key can be fetched anew for each request', async () => {
    const keys = [still.key, 'slc_wrong']
    const client = clientOf(still, { apiKey: async () => keys.shift()! })
    expect(await client.dataset('deals')).not.toBeNull()
    expect((await failure(client.dataset('deals'))).code).toBe('UNAUTHENTICATED')
  })

  test('a key that does not work is told from a server that does not answer', async () => {
    const client = clientOf(still, { apiKey: 'slc_wrong' })
    expect((await failure(client.page())).code).toBe('UNAUTHENTICATED')
    expect((await failure(client.watch('x').next())).code).toBe('UNAUTHENTICATED')
    const nobody = createClient({ url: 'http://127.0.0.1:1', apiKey: 'x' })
    expect((await failure(nobody.createExport({ dataset: 'deals' }))).code).toBe('UNREACHABLE')
    const page = createClient({ url: `${still.url}/healthz?`, apiKey: 'x' })
    expect((await failure(page.createExport({ dataset: 'deals' }))).code).toBe('UNREACHABLE')
  })

  test('an unknown export cannot be watched, and an aborted signal ends with its reason', async () => {
    const client = clientOf(still)
    expect((await failure(client.watch('01890000-0000-7000-8000-000000000000').next())).code).toBe(
      'NOT_FOUND',
    )
    const { id } = await client.createExport({ dataset: 'deals' })
    const stop = new AbortController()
    const states = client.watch(id, { signal: stop.signal })
    await states.next()
    const next = states.next()
    stop.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
  })
})

describe('watch', () => {
  let proxy: LoopbackProxy

  beforeEach(async () => {
    await proxy?.[Symbol.asyncDispose]()
    proxy = await startProxy(still.url)
  })

  afterAll(() => proxy[Symbol.asyncDispose]())

  /** What a worker would do to the row. */
  async function change(globalId: string, data: Partial<ExportRow>): Promise<void> {
    const { orm } = still.api.services
    const id = Buffer.from(globalId, 'base64').toString().split(':')[1]!
    await orm.em.fork().transactional(async (em) => {
      const row = await em.findOneOrFail(ExportRow, id)
      em.assign(row, { ...data, version: row.version + 1 } as never)
      await em.flush()
    })
  }

  test('a socket that is cut in the middle is replaced: what happened meanwhile is seen, nothing twice, nothing backwards', async () => {
    const client = clientOf(still, { url: proxy.url })
    const { id } = await client.createExport({ dataset: 'deals' })
    const states = client.watch(id)
    const seen: Export[] = []
    const next = async () => {
      const { value } = await states.next()
      if (value) seen.push(value)
      return value
    }
    expect(await next()).toMatchObject({ status: 'PENDING', version: 1 })
    await change(id, { status: 'processing', stage: 'exporting', progress: 40 })
    expect(await next()).toMatchObject({ progress: 40 })
    for (const progress of [50, 60, 70]) {
      proxy.cutSockets()
      await change(id, { progress })
      expect(await next()).toMatchObject({ progress })
    }
    await change(id, {
      status: 'failed',
      stage: 'done',
      errorCode: 'INTERNAL',
      errorMessage: 'x',
      errorRetryable: false,
    })
    expect(await next()).toMatchObject({ status: 'FAILED' })
    expect((await states.next()).done).toBe(true)
    expect(seen.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6])
    expect(proxy.socketCount).toBe(4)
  })

  test('many watches share one socket, which is closed after the last of them', async () => {
    const client = clientOf(still, { url: proxy.url })
    const { id } = await client.createExport({ dataset: 'deals' })
    const watches = Array.from({ length: 20 }, () => client.watch(id))
    for (const states of watches) await states.next()
    expect(proxy.openSockets).toBe(1)
    expect(proxy.socketCount).toBe(1)
    await client.cancel(id)
    for (const states of watches) {
      expect((await states.next()).value).toMatchObject({ status: 'CANCELED' })
      expect((await states.next()).done).toBe(true)
    }
    await vi.waitFor(() => expect(proxy.openSockets).toBe(0))
  })

  test('a server that restarts costs a moment: the watch goes on with the next one', async () => {
    const { dataDir, database } = still
    const restarted = await createApi(
      { ...readConfig({}), databaseUrl: database.appUrl, dataDir },
      { log: pino({ level: 'silent' }) },
    )
    proxy.target = `http://127.0.0.1:${await restarted.start({ port: 0, host: '127.0.0.1' })}`
    const client = clientOf(still, { url: proxy.url })
    const { id } = await client.createExport({ dataset: 'deals' })
    const states = client.watch(id)
    expect((await states.next()).value).toMatchObject({ status: 'PENDING' })
    const next = states.next()
    await restarted.stop()
    proxy.target = still.url
    await change(id, { status: 'processing', stage: 'exporting', progress: 40 })
    expect((await next).value).toMatchObject({ progress: 40 })
    await client.cancel(id)
    expect((await states.next()).value).toMatchObject({ status: 'CANCELED', progress: 40 })
    expect((await states.next()).done).toBe(true)
  })

  test('where sockets are blocked, it asks instead', async () => {
    proxy.refusesSockets = true
    const client = clientOf(still, { url: proxy.url })
    const { id } = await client.createExport({ dataset: 'deals' })
    const states = client.watch(id)
    expect((await states.next()).value).toMatchObject({ status: 'PENDING' })
    expect(proxy.socketCount).toBe(3)
    await client.cancel(id)
    expect((await states.next()).value).toMatchObject({ status: 'CANCELED' })
    expect((await states.next()).done).toBe(true)
  })

  test('a key that is revoked between two connections ends it', async () => {
    const { key } = await still.addOrganization('Brief')
    const client = clientOf(still, { url: proxy.url, apiKey: key })
    const { id } = await client.createExport({ dataset: 'deals' })
    const states = client.watch(id)
    await states.next()
    await revokeApiKey(still.api.services, key.slice(0, 12))
    proxy.cutSockets()
    expect((await failure(states.next())).code).toBe('UNAUTHENTICATED')
  })
})

describe('download', () => {
  let proxy: LoopbackProxy
  let client: SluiceClient
  let completed: Export
  let content: string

  beforeAll(async () => {
    completed = (await clientOf(app).export({ ...input, sort: [{ column: 'id' }] })).export
    content = `id,name,amount,summary\n${await expected()}`
  })

  beforeEach(async () => {
    await proxy?.[Symbol.asyncDispose]()
    proxy = await startProxy(app.url)
    client = clientOf(app, { url: proxy.url })
  })

  afterAll(() => proxy[Symbol.asyncDispose]())

  const file = () => completed.files[0]!
  const path = () => join(folder, 'Deals.csv')

  test('connections that break are resumed where they broke, and the file is whole', async () => {
    proxy.cuts.push(100_000, 150_000, 0)
    const received: number[] = []
    await client.download(file(), {
      destination: toFile(path()),
      onProgress: (progress) => received.push(progress.received),
    })
    expect(readFileSync(path(), 'utf8')).toBe(content)
    // A cut may lose what was on its way, so where exactly the next one begins is not ours to say.
    const starts = proxy.downloads.map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range ?? 'bytes=0-')?.[1]))
    expect(starts).toHaveLength(4)
    expect(starts[0]).toBe(0)
    expect(starts[1]).toBeGreaterThan(0)
    expect(starts[2]).toBeGreaterThan(starts[1]!)
    expect(starts[3]).toBe(starts[2])
    expect(received).toEqual(received.toSorted((a, b) => a - b))
    expect(readdirSync(folder)).toEqual(['Deals.csv'])
  })

  test('something on the way that knows no ranges costs time only', async () => {
    proxy.cuts.push(50_000)
    proxy.hidesRange = true
    expect(await (await client.download(file()))?.text()).toBe(content)
    expect(proxy.downloads).toHaveLength(2)
  })

  test('a changed byte is found, and nothing is left of the file: not even of its forerunner is a byte touched', async () => {
    writeFileSync(path(), 'yesterday')
    proxy.corruptAt = 12_345
    expect((await failure(client.download(file(), { destination: toFile(path()) }))).code).toBe(
      'CHECKSUM_MISMATCH',
    )
    expect(readFileSync(path(), 'utf8')).toBe('yesterday')
    expect(readdirSync(folder)).toEqual(['Deals.csv'])
    rmSync(path())
    expect((await failure(client.download(file(), { destination: toFile(path()) }))).code).toBe(
      'CHECKSUM_MISMATCH',
    )
    expect(existsSync(path())).toBe(false)
    expect((await failure(client.download(file()))).code).toBe('CHECKSUM_MISMATCH')
  })

  test('an abort in the middle leaves no file', async () => {
    const stop = new AbortController()
    const onProgress = () => stop.abort(new Error('enough'))
    await expect(
      client.download(file(), { destination: toFile(path()), signal: stop.signal, onProgress }),
    ).rejects.toThrow('enough')
    expect(readdirSync(folder)).toEqual([])
  })

  test('a link that expired on the way is replaced by a fresh one of the same file', async () => {
    let isExpired = true
    const expiring = clientOf(app, {
      url: proxy.url,
      fetch: async (...args) => {
        if (!isExpired || !String(args[0]).includes('/files/')) return await fetch(...args)
        isExpired = false
        return Response.json({ error: { code: 'LINK_EXPIRED', message: 'x' } }, { status: 403 })
      },
    })
    expect(await (await expiring.download(file()))?.text()).toBe(content)
    isExpired = true
    const { exportId: _, ...anonymous } = file()
    expect((await failure(expiring.download(anonymous))).code).toBe('LINK_EXPIRED')
  })

  test('a destination that cannot be written is the error, and nothing is left', async () => {
    await expect(
      client.download(file(), { destination: toFile(join(folder, 'missing', 'Deals.csv')) }),
    ).rejects.toMatchObject({ code: 'ENOENT' })
    expect(readdirSync(folder)).toEqual([])
  })

  test('a link that is not ours any more is refused with the words of the server, at once', async () => {
    const forged = { ...file(), url: file().url.replace(/signature=./, 'signature=_') }
    expect((await failure(client.download(forged))).code).toBe('SIGNATURE_INVALID')
    expect(proxy.downloads).toHaveLength(1)
  })
})

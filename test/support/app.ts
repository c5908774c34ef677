import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from 'graphql-ws'
import { pino } from 'pino'
import { type Api, createApi } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { createApiKey } from '../../src/lifecycle/api-keys.ts'
import { createOrganization } from '../../src/lifecycle/organizations.ts'
import { ensurePlans } from '../../src/lifecycle/plans.ts'
import { ensureSigningKey } from '../../src/lifecycle/signing-keys.ts'
import { closeServices, type Overrides, openServices } from '../../src/open-services.ts'
import { Worker } from '../../src/worker/worker.ts'
import { createDatabase, createDemoDatabase, type TestDatabase } from './database.ts'

/** A whole Sluice on a database and a folder of its own, on a free port. */
export interface TestApp {
  readonly url: string
  readonly api: Api
  readonly database: TestDatabase
  /** Where files are stored. */
  readonly dataDir: string
  /** The secret of the first organization's key. */
  readonly key: string
  readonly organizationId: string
  /** Sends an operation; the answer whole, with its errors. */
  graphql<T = Record<string, unknown>>(
    query: string,
    variables?: object,
    key?: string | null,
  ): Promise<GraphqlAnswer<T>>
  /** A graphql-ws client that stops with the app. */
  webSocket(key?: string): Client
  /** A second organization with a key of its own, and no rows. */
  addOrganization(name: string, plan?: string): Promise<{ organizationId: string; key: string }>
  /** What `stop` does first. */
  onStop(step: () => Promise<void>): void
  stop(): Promise<void>
}

export interface GraphqlAnswer<T> {
  readonly data?: T | null
  readonly errors?: readonly {
    message: string
    path?: (string | number)[]
    extensions?: Record<string, unknown>
  }[]
}

export interface TestAppOptions {
  /** Deals of the first organization, whose external id is `demo`. Default 200; 0: no data. */
  readonly deals?: number
  /** Workers in this process. Default 1; 0: jobs wait. */
  readonly workers?: number
  readonly plan?: string
  /** Default: one of its own on the server of the run, with `deals`. */
  readonly database?: TestDatabase
  /** Where the datasets' rows are read. Default: the app's own database. */
  readonly sourceUrl?: string
  /** Rows of a part. Default 2,000,000. */
  readonly partRows?: number
  /** Settings other than the defaults. */
  readonly settings?: Partial<Config>
  readonly overrides?: Overrides
}

/** Everything but administration. */
const keyScopes = ['exports:read', 'exports:write', 'datasets:read', 'pii:read']

export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { deals = 200, workers = 1, plan = 'unlimited', overrides = {} } = options
  const database = options.database ?? (deals > 0 ? await createDemoDatabase(deals) : await createDatabase())
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-app-'))
  const config = {
    ...readConfig({}),
    ...options.settings,
    databaseUrl: database.appUrl,
    sourceDatabaseUrl: options.sourceUrl ?? null,
    dataDir,
    workerConcurrency: 2,
    partRows: options.partRows ?? 2_000_000,
    logLevel: 'silent' as const,
  }
  const log = overrides.log ?? pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' })
  const api = await createApi(config, { ...overrides, log })
  await ensurePlans(api.services)
  await ensureSigningKey(api.services)
  const organization = await createOrganization(api.services, { name: 'Demo', externalId: 'demo', plan })
  const { secret: key } = await createApiKey(api.services, organization, { name: 'test', scopes: keyScopes })
  const port = await api.start({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${port}`

  const stops: (() => Promise<void>)[] = []
  for (let index = 0; index < workers; index += 1) {
    const services = await openServices(config, 'worker', { ...overrides, log })
    const worker = new Worker(services, { concurrency: config.workerConcurrency, publicUrl: url })
    await services.queue.start()
    await worker.start()
    stops.push(async () => {
      await worker.stop()
      await closeServices(services)
    })
  }
  const clients: Client[] = []
  return {
    url,
    api,
    database,
    dataDir,
    key,
    organizationId: organization.id,
    async graphql(query, variables = {}, withKey = key) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          ...(withKey === null ? {} : { Authorization: `Bearer ${withKey}` }),
        },
        body: JSON.stringify({ query, variables }),
      })
      return await response.json()
    },
    webSocket(withKey = key) {
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { Authorization: `Bearer ${withKey}` },
        retryAttempts: 0,
      })
      clients.push(client)
      return client
    },
    async addOrganization(name, planName = 'unlimited') {
      const other = await createOrganization(api.services, { name, plan: planName })
      const { secret } = await createApiKey(api.services, other, { name: 'test', scopes: keyScopes })
      return { organizationId: other.id, key: secret }
    },
    onStop(step) {
      stops.push(step)
    },
    async stop() {
      for (const client of clients) await client.dispose()
      await Promise.all(stops.map((step) => step()))
      await api.stop()
      await database.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A worker in a process of its own, as `npm start` runs it: it can be killed. Resolves when it takes jobs. */
export async function startWorkerProcess(app: TestApp): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('../../src/main.ts', import.meta.url)), ['worker'], {
    env: {
      ...process.env,
      DATABASE_URL: app.database.appUrl,
      SLUICE_DATA_DIR: app.dataDir,
      SLUICE_WORKER_CONCURRENCY: '2',
      SLUICE_PART_ROWS: String(app.api.services.partRows),
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  return child
}

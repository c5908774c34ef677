import { pino } from 'pino'
import { type Api, createApi } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Services } from '../../src/lifecycle/services.ts'
import { closeServices, type Overrides, openServices } from '../../src/open-services.ts'
import { Worker } from '../../src/worker/worker.ts'
import type { TestApp } from './app.ts'

export interface TestWorker {
  readonly services: Services
  /** Takes no further jobs; what runs goes back to the queue. */
  stop(): Promise<void>
}

function configOf(app: TestApp) {
  return {
    ...readConfig({}),
    databaseUrl: app.database.appUrl,
    sourceDatabaseUrl: app.api.services.source.url,
    dataDir: app.dataDir,
    workerConcurrency: 2,
    partRows: app.api.services.partRows,
    logLevel: 'silent' as const,
  }
}

/** One more worker on an app's database, in this process. It stops with the app when the test does not stop it. */
export async function startWorker(
  app: TestApp,
  overrides: Overrides = {},
  options: { concurrency?: number } = {},
): Promise<TestWorker> {
  const log = overrides.log ?? app.api.services.log ?? pino({ level: 'silent' })
  const { now, datasets } = app.api.services
  const services = await openServices(configOf(app), 'worker', { now, datasets, ...overrides, log })
  const worker = new Worker(services, { concurrency: options.concurrency ?? 2, publicUrl: app.url })
  await services.queue.start()
  await worker.start()
  let stopped: Promise<void> | null = null
  const stop = () => {
    stopped ??= worker.stop().then(() => closeServices(services))
    return stopped
  }
  app.onStop(stop)
  return { services, stop }
}

/** One more API on an app's database, on a port of its own, as a second process would be. */
export async function startSecondApi(
  app: TestApp,
): Promise<{ api: Api; url: string; stop(): Promise<void> }> {
  const { now, datasets, log } = app.api.services
  const api = await createApi(configOf(app), { now, datasets, log })
  const port = await api.start({ port: 0, host: '127.0.0.1' })
  let stopped: Promise<void> | null = null
  const stop = () => {
    stopped ??= api.stop()
    return stopped
  }
  app.onStop(stop)
  return { api, url: `http://127.0.0.1:${port}`, stop }
}

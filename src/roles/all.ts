import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { createApi } from '../app.ts'
import type { Config } from '../config.ts'
import { crmDatasets } from '../datasets/crm/datasets.ts'
import { ensureDemo } from '../lifecycle/ensure-demo.ts'
import { createLogger } from '../open-services.ts'
import { migrate, openDatabase } from './database.ts'
import { DatasetGuard } from './guard-datasets.ts'
import type { Role } from './role.ts'
import { StartupError } from './startup-error.ts'
import { welcome } from './welcome.ts'
import { WorkerProcess } from './worker-process.ts'

/** Everything in one command: the database, the API, and the workers in processes of their own. */
export async function startAll(config: Config): Promise<Role> {
  await assertPortIsFree(config)
  const log = createLogger(config.logLevel)
  // Closed in reverse, each whatever became of the others: a PostgreSQL of ours must not outlive us.
  const opened = new AsyncDisposableStack()
  try {
    const database = await openDatabase(config, log)
    opened.defer(() => database.stop())
    await migrate(config, database.urls)
    const api = await createApi({ ...config, databaseUrl: database.urls.app })
    opened.defer(() => api.stop())
    const guard = new DatasetGuard({ ...api.services, datasets: api.datasets, config })
    opened.defer(() => guard.stop())
    await guard.start()
    const workers: WorkerProcess[] = []
    const { datasets } = api.services
    const hasCrm = crmDatasets.some((dataset) => datasets.get(dataset.name) === dataset)
    const isDemo = (database.isEmbedded && hasCrm) || config.demoKey !== null
    const key = isDemo
      ? await ensureDemo(api.services, {
          ownerUrl: database.urls.owner,
          rows: hasCrm ? config.demoRows : 0,
          key: config.demoKey,
          keyFile: join(resolve(config.dataDir), 'demo-key'),
          onProgress: (message) => process.stdout.write(`${message}\n`),
        })
      : null
    opened.defer(async () => void (await Promise.all(workers.map((worker) => worker.stop()))))
    for (let index = 0; index < config.workers; index += 1) {
      const worker = new WorkerProcess({ DATABASE_URL: database.urls.app }, log)
      worker.start()
      workers.push(worker)
    }
    const port = await api.start(config)
    process.stdout.write(
      welcome({
        url: config.publicUrl ?? `http://localhost:${port}`,
        key,
        dataset: hasCrm ? 'deals' : (datasets.all()[0]?.name ?? 'deals'),
      }),
    )
    return {
      stop: () => opened.disposeAsync(),
      async reload() {
        for (const worker of workers) worker.reload()
        await guard.reload()
      },
    }
  } catch (error) {
    await opened.disposeAsync().catch((failure: unknown) => log.error({ err: failure }, 'not all could stop'))
    throw error
  }
}

/** Found out before a database is made for nothing. */
async function assertPortIsFree({ port, host }: Config): Promise<void> {
  const probe = createServer()
  await new Promise<void>((settle, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE'
      reject(
        isTaken
          ? new StartupError(
              `Port ${port} is in use. Stop the program that uses it, or choose another: PORT=${port + 1} npm start`,
            )
          : new StartupError(`The server cannot listen on port ${port}: ${error.message}.`),
      )
    })
    probe.listen({ port, ...(host ? { host } : {}) }, () => probe.close(() => settle()))
  })
}

import type { Config } from '../config.ts'
import { closeServices, openServices } from '../open-services.ts'
import { Worker } from '../worker/worker.ts'
import { DatasetGuard } from './guard-datasets.ts'
import { requireSessions } from './require-sessions.ts'
import type { Role } from './role.ts'
import { databaseError, StartupError } from './startup-error.ts'

/** A worker alone. Started by `all`, it also ends when its parent does. */
export async function startWorker(config: Config): Promise<Role> {
  if (!config.databaseUrl) {
    throw new StartupError(
      'The role worker needs DATABASE_URL: an embedded database belongs to `npm start`, which runs everything.',
    )
  }
  const services = await openServices({ ...config, databaseUrl: config.databaseUrl }, 'worker')
  const worker = new Worker(services, {
    concurrency: config.workerConcurrency,
    publicUrl: config.publicUrl ?? `http://localhost:${config.port}`,
  })
  const guard = new DatasetGuard({ ...services, config })
  try {
    await requireSessions(config.databaseUrl, 'DATABASE_URL')
    await guard.start()
    await services.queue.start()
    await worker.start()
  } catch (error) {
    guard.stop()
    throw databaseError(error, config.databaseUrl, 'DATABASE_URL')
  }
  process.send?.('ready')
  return {
    reload: () => guard.reload(),
    async stop() {
      guard.stop()
      await worker.stop()
      await closeServices(services)
    },
  }
}

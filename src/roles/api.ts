import { PortUnavailableError } from '../api/http/server.ts'
import { createApi } from '../app.ts'
import type { Config } from '../config.ts'
import { DatasetGuard } from './guard-datasets.ts'
import { requireSessions } from './require-sessions.ts'
import type { Role } from './role.ts'
import { databaseError, StartupError } from './startup-error.ts'

/** The API alone, on a database that has been migrated. Workers run elsewhere. */
export async function startApi(config: Config): Promise<Role> {
  if (!config.databaseUrl) {
    throw new StartupError(
      'The role api needs DATABASE_URL: an embedded database belongs to `npm start`, which runs everything.',
    )
  }
  const api = await createApi({ ...config, databaseUrl: config.databaseUrl })
  const guard = new DatasetGuard({ ...api.services, datasets: api.datasets, config })
  try {
    await requireSessions(config.databaseUrl, 'DATABASE_URL')
    await guard.start()
    const port = await api.start(config)
    api.services.log.info({ port }, 'the API listens')
    return {
      reload: () => guard.reload(),
      async stop() {
        guard.stop()
        await api.stop()
      },
    }
  } catch (error) {
    await api.stop().catch(() => {})
    guard.stop()
    throw error instanceof PortUnavailableError
      ? error
      : databaseError(error, config.databaseUrl, 'DATABASE_URL')
  }
}

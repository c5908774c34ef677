import { fileURLToPath } from 'node:url'
import { Migrator } from '@mikro-orm/migrations'
import { MikroORM, type Options } from '@mikro-orm/postgresql'
import { entities } from './entities.ts'
import { LazyBeginClient } from './lazy-begin-client.ts'

const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))

export type Orm = MikroORM

/** What every connection of Sluice's own database shares. */
export function ormOptions(url: string): Options {
  return {
    clientUrl: url,
    entities: [...entities],
    schema: 'sluice',
    // A request forks its own EntityManager; using the global one would share identities between tenants.
    allowGlobalContext: false,
    forceUtcTimezone: true,
    // The migrator reports by its return value; nothing else is said here.
    logger: () => {},
    extensions: [Migrator],
    migrations: {
      path: migrationsFolder,
      pathTs: migrationsFolder,
      glob: 'Migration!(*.d).{js,ts}',
      // The difference is taken against a database that the migrations made, not against a snapshot file.
      snapshot: false,
      tableName: 'migrations',
      schema: 'sluice',
      transactional: true,
      allOrNothing: true,
      dropTables: false,
    },
    schemaGenerator: {
      createForeignKeyConstraints: true,
      skipTables: ['migrations'],
      ignoreSchema: ['crm', 'pgboss'],
    },
  } as Options
}

export async function openOrm(
  url: string,
  options: { poolSize?: number; statementTimeoutMs?: number } = {},
): Promise<Orm> {
  const { poolSize = 10, statementTimeoutMs = 0 } = options
  return await MikroORM.init({
    ...ormOptions(url),
    pool: { min: 0, max: poolSize },
    // 0: none. @see PostgreSQL's statement_timeout
    driverOptions: { statement_timeout: statementTimeoutMs, Client: LazyBeginClient },
  })
}

import { fileURLToPath } from 'node:url'
import { Migrator } from '@mikro-orm/migrations'
import { type EntityManager, MikroORM, type Options } from '@mikro-orm/postgresql'
import type pg from 'pg'
import { readDatabaseUrl } from '../postgres/database-address.ts'
import { entities } from './entities.ts'
import { LazyBeginClient } from './lazy-begin-client.ts'

const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))

export type Orm = MikroORM

/** What every connection of Sluice's own database shares. */
export function ormOptions(url: string): Options {
  return {
    // Not `clientUrl`: of that, MikroORM drops the query, such as sslmode. pg reads all of it.
    driverOptions: { connectionString: url },
    dbName: readDatabaseUrl(url).database,
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

/** @param options.statementTimeoutMs default 0: none. @see PostgreSQL's statement_timeout */
export async function openOrm(
  url: string,
  options: { poolSize?: number; statementTimeoutMs?: number } = {},
): Promise<Orm> {
  const { poolSize = 10, statementTimeoutMs = 0 } = options
  return await MikroORM.init({
    ...ormOptions(url),
    pool: { min: 0, max: poolSize },
    driverOptions: {
      connectionString: url,
      Client: LazyBeginClient,
      // By a statement: PgBouncer refuses connections that ask for it in their first message.
      ...(statementTimeoutMs > 0 && {
        onConnect: (client: pg.Client) => client.query(`SET statement_timeout = ${statementTimeoutMs}`),
      }),
    },
  })
}

/** The address that it was opened with. */
export function urlOf({ em }: { readonly em: EntityManager }): string {
  const { connectionString } = em.config.get('driverOptions') as { connectionString: string }
  return connectionString
}

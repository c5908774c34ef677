import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { readConfig } from '../../config.ts'

/** `sluice database-url` */
export function databaseUrlCommand(): Command {
  return new Command('database-url')
    .description("Print the database's address with its password, as in: psql $(sluice database-url)")
    .option('--owner', 'as the owner of the tables, not as the role that the server works as')
    .action(async ({ owner }: { owner?: true }) => {
      const { findEmbeddedPostgres } = await import('../../platform/postgres/embedded-address.ts')
      const { lockHolder } = await import('../../platform/postgres/folder-lock.ts')
      const { databaseUrl, databaseOwnerUrl, dataDir } = readConfig(process.env)
      const folder = resolve(dataDir)
      const urls = databaseUrl
        ? { app: databaseUrl, owner: databaseOwnerUrl ?? databaseUrl }
        : lockHolder(folder) === null
          ? null
          : findEmbeddedPostgres(join(folder, 'postgres'), 'tcp')
      if (!urls) {
        throw new Error(
          `The embedded database in ${folder} is not running. Start it with the server (npm start), or set SLUICE_DATA_DIR or DATABASE_URL.`,
        )
      }
      process.stdout.write(`${owner ? urls.owner : urls.app}\n`)
    })
}

import { Command } from 'commander'
import { readConfig } from '../../config.ts'

/** `sluice migrate` */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Bring the database up to date (as its owner: DATABASE_OWNER_URL) and say what was done.')
    .action(async () => {
      const { borrowDatabase, migrate } = await import('../../roles/database.ts')
      const config = readConfig(process.env)
      const database = await borrowDatabase(config)
      try {
        const names = await migrate(config, database.urls)
        for (const name of names) process.stdout.write(`${name}\n`)
        process.stdout.write(
          names.length > 0 ? 'The database is up to date now.\n' : 'The database is up to date.\n',
        )
      } finally {
        await database.stop()
      }
    })
}

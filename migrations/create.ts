// `npm run migration:create` writes a migration for what the entities say beyond the migrations there are;
// `npm run migration:check` writes nothing, and fails when there would be something to write.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openOrm } from '../src/platform/db/orm.ts'
import { startEmbeddedPostgres } from '../src/platform/postgres/embedded.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-migrations-'))
const postgres = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
const orm = await openOrm(postgres.urls.owner)
try {
  await orm.migrator.up()
  if (process.argv.includes('--check')) {
    const difference = (await orm.schema.getUpdateSchemaSQL({ wrap: false })).trim()
    if (difference) {
      console.error(
        `The entities and the migrations differ:\n${difference}\nRun \`npm run migration:create\`.`,
      )
      process.exitCode = 1
    }
  } else {
    const { fileName } = await orm.migrator.create()
    console.log(fileName || 'Nothing to do: the migrations say what the entities say.')
  }
} finally {
  await orm.close()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}

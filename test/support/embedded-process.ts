// Runs an embedded PostgreSQL in the folder that is named, tells its parent the address, and waits to be killed.
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'

const postgres = await startEmbeddedPostgres({ folder: process.argv[2] ?? '', settings: { fsync: 'off' } })
process.send?.(postgres.urls.owner)

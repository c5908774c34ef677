import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demoStatements } from '../../src/datasets/crm/demo.ts'
import { migrateDatabase } from '../../src/platform/db/migrate.ts'
import { readDatabaseUrl } from '../../src/platform/postgres/database-address.ts'
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'
import { chooseUser } from '../../src/platform/postgres/run-as.ts'
import type { TestDatabase } from './database.ts'
import { sql } from './sql.ts'

/** Of `localhost`, signed by itself, from 2020 to 2119: nobody else knows its authority. */
export const certificate = fixture('server.crt')

/** A server that is reached over TLS or a Unix socket, and in no other way. */
export interface GuardedPostgres {
  readonly port: number
  /** Folder of the Unix socket. */
  readonly socket: string
  readonly password: string
  /** A migrated database with the demo's data; a role's address of it is `address(role, name)`. */
  createDatabase(name: string, address: (role: string, name: string) => string): Promise<TestDatabase>
  stop(): Promise<void>
}

/** A PostgreSQL of its own, with TLS. */
export async function startGuardedPostgres(): Promise<GuardedPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-guarded-'))
  const files = { certificate: join(folder, 'crt'), key: join(folder, 'key'), access: join(folder, 'hba') }
  copyFileSync(certificate, files.certificate)
  copyFileSync(fixture('server.key'), files.key)
  // Git keeps no such modes, and PostgreSQL takes no other.
  chmodSync(files.key, 0o600)
  writeFileSync(files.access, 'hostssl all all 127.0.0.1/32 scram-sha-256\nlocal all all scram-sha-256\n')
  const { own } = chooseUser(folder, [])
  for (const file of Object.values(files)) own(file)
  const postgres = await startEmbeddedPostgres({
    folder,
    settings: {
      fsync: 'off',
      ssl: 'on',
      ssl_cert_file: files.certificate,
      ssl_key_file: files.key,
      hba_file: files.access,
    },
  })
  const { host: socket, port } = readDatabaseUrl(postgres.adminUrl)
  const { password } = new URL(postgres.adminUrl)
  await migrateDatabase(postgres.urls)
  for (const statement of demoStatements({ tenant: 'demo', deals: 100, asOf: new Date('2026-11-21') }))
    await sql(postgres.urls.owner, statement.sql)
  return {
    port,
    socket,
    password,
    async createDatabase(name, address) {
      await sql(postgres.adminUrl, `CREATE DATABASE ${name} TEMPLATE sluice OWNER sluice_owner`)
      const urls = { owner: address('sluice_owner', name), app: address('sluice_app', name) }
      // Finds everything done, but looks, by these addresses.
      await migrateDatabase(urls)
      return {
        adminUrl: Object.assign(new URL(postgres.adminUrl), { pathname: `/${name}` }).toString(),
        ownerUrl: urls.owner,
        appUrl: urls.app,
        drop: async () => {},
      }
    },
    async stop() {
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))
}

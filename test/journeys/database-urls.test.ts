import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseError } from '../../src/roles/startup-error.ts'
import { startApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import { acceptExport, download, settle } from '../support/exports.ts'
import { certificate, type GuardedPostgres, startGuardedPostgres } from '../support/guarded-postgres.ts'
import { sql } from '../support/sql.ts'

let postgres: GuardedPostgres

beforeAll(async () => {
  postgres = await startGuardedPostgres()
})

afterAll(() => postgres.stop())

interface Form {
  address(role: string, name: string): string
  /** How every connection of Sluice must look from the server. */
  readonly looks: { ssl: boolean; socket: boolean }
  readonly workMem: string
}

const forms: Record<string, Form> = {
  'sslmode, sslrootcert and options': {
    address: (role, name) =>
      `postgres://${role}:${postgres.password}@localhost:${postgres.port}/${name}?sslmode=verify-full&sslrootcert=${certificate}&options=-c%20work_mem%3D7MB`,
    looks: { ssl: true, socket: false },
    workMem: '7MB',
  },
  'a socket as the host of the query, and none before it': {
    address: (role, name) =>
      `postgres://${role}:${postgres.password}@/${name}?host=${postgres.socket}&port=${postgres.port}`,
    looks: { ssl: false, socket: true },
    workMem: '4MB',
  },
  'a socket as the host, percent-encoded': {
    address: (role, name) =>
      `postgresql://${role}:${postgres.password}@${encodeURIComponent(postgres.socket)}:${postgres.port}/${name}`,
    looks: { ssl: false, socket: true },
    workMem: '4MB',
  },
}

test.each(Object.entries(forms))(
  'every connection of a whole Sluice honours a URL with %s',
  async (form, { address, looks, workMem }) => {
    const name = `database_${Object.keys(forms).indexOf(form)}`
    const database = await postgres.createDatabase(name, address)
    const app = await startApp({ database })
    try {
      const sort = [{ column: 'id', direction: 'ASC' }]
      const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }], sort })
      const done = await settle(app, id)
      expect(done).toMatchObject({ status: 'COMPLETED', rowsExported: 100 })
      const expected = await copyText(database.adminUrl, 'SELECT id FROM crm.deals ORDER BY id')
      expect((await download(done.files[0]!.url)).toString()).toBe(`id\n${expected}`)
      const { orm, source } = app.api.services
      expect(await orm.em.fork().execute('SHOW work_mem')).toEqual([{ work_mem: workMem }])
      expect(await source.query('SHOW work_mem', [], {})).toEqual([{ work_mem: workMem }])
      const connections = await sql<{ name: string; ssl: boolean; socket: boolean }>(
        database.adminUrl,
        `SELECT application_name AS name, ssl, client_port = -1 AS socket
       FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
       WHERE datname = current_database() AND usename = 'sluice_app' ORDER BY 1`,
      )
      expect([...new Set(connections.map((connection) => connection.name))]).toEqual(
        expect.arrayContaining(['', 'sluice-catalog', 'sluice-idle', 'sluice-listener', 'sluice-queue-api']),
      )
      expect(connections.filter(({ ssl, socket }) => ssl !== looks.ssl || socket !== looks.socket)).toEqual(
        [],
      )
    } finally {
      await app.stop()
    }
  },
)

test('a server that admits TLS only, and a certificate that nobody vouches for, are told as such', async () => {
  const bare = `postgres://sluice_app:${postgres.password}@localhost:${postgres.port}/sluice`
  const tell = async (url: string) => {
    const failure = await sql(url, 'SELECT 1').catch((error: unknown) => error)
    return databaseError(failure, url, 'DATABASE_URL').message
  }
  expect(await tell(bare)).toMatch(/as sluice_app: no pg_hba\.conf entry for .*, no encryption\. Check/)
  expect(await tell(`${bare}?sslmode=verify-full`)).toMatch(/not known here\. .* with sslrootcert\. Check/)
})

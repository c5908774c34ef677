import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forOrganization } from '../../src/lifecycle/for-organization.ts'
import { ApiKey } from '../../src/platform/db/entities/api-key.ts'
import { Export } from '../../src/platform/db/entities/export.ts'
import { ExportEvent } from '../../src/platform/db/entities/export-event.ts'
import { ExportFile } from '../../src/platform/db/entities/export-file.ts'
import { Organization } from '../../src/platform/db/entities/organization.ts'
import { openOrm } from '../../src/platform/db/orm.ts'
import { organizationSetting } from '../../src/platform/db/own-rows.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, settle } from '../support/exports.ts'
import { uuidOf } from '../support/gated-dataset.ts'
import { sql } from '../support/sql.ts'

let app: TestApp
let other: { organizationId: string; key: string }
let exportId: string

beforeAll(async () => {
  app = await startApp({ deals: 100 })
  other = await app.addOrganization('other')
  const { id } = await acceptExport(app, { dataset: 'deals', name: 'confidential' })
  await settle(app, id)
  exportId = uuidOf(id)
  await settle(app, (await acceptExport(app, { dataset: 'deals' }, other.key)).id, other.key)
})

afterAll(() => app.stop())

/** Tables in which no row belongs to an organization. */
const sharedTables = ['migrations', 'plans']

async function tablesWithRows(): Promise<string[]> {
  const rows = await sql<{ name: string }>(
    app.database.adminUrl,
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'sluice'::regnamespace AND relkind = 'r' ORDER BY 1`,
  )
  return rows.map(({ name }) => name).filter((name) => !sharedTables.includes(name))
}

test('the role that the server works as can neither bypass policies nor change them', async () => {
  const [role] = await sql(
    app.database.appUrl,
    `SELECT rolsuper, rolbypassrls, rolcreaterole,
            (SELECT count(*)::int FROM pg_class WHERE relnamespace = 'sluice'::regnamespace
               AND pg_has_role(current_user, relowner, 'MEMBER')) AS owned
     FROM pg_roles WHERE rolname = current_user`,
  )
  expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, owned: 0 })
  await expect(
    sql(app.database.appUrl, 'ALTER TABLE sluice.exports DISABLE ROW LEVEL SECURITY'),
  ).rejects.toThrow(/must be owner/)
})

test('every table of Sluice has a policy that binds its owner too, or is shared by all', async () => {
  const bound = await sql<{ name: string }>(
    app.database.adminUrl,
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'sluice'::regnamespace
       AND relrowsecurity AND relforcerowsecurity
       AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid) ORDER BY 1`,
  )
  expect(bound.map(({ name }) => name)).toEqual(await tablesWithRows())
})

test.each([
  ['a role of its own', () => app.database.appUrl],
  ['the role that owns the tables', () => app.database.ownerUrl],
])('a query that forgets the organization sees none of the others, as %s', async (_, url) => {
  const orm = await openOrm(url(), { poolSize: 2 })
  try {
    const mine = forOrganization({ orm }, other.organizationId).orm.em
    // What every check of ours asks for is left out here.
    expect((await mine.fork().find(Export, {})).map((row) => row.organization.id)).toEqual([
      other.organizationId,
    ])
    expect(await mine.fork().findOne(Export, { id: exportId })).toBeNull()
    expect(await mine.fork().findOne(Export, { organization: app.organizationId })).toBeNull()
    expect(await mine.fork().find(ExportFile, { export: exportId })).toEqual([])
    expect(await mine.fork().find(ExportEvent, { export: exportId })).toEqual([])
    expect(await mine.fork().count(ApiKey, {})).toBe(1)
    expect((await mine.fork().find(Organization, {})).map(({ id }) => id)).toEqual([other.organizationId])
    const raw = await mine.fork().execute('select name from sluice.exports')
    expect(raw).toEqual([{ name: 'Deals' }])
    expect(await mine.fork().execute('select * from sluice.signing_keys')).toEqual([])

    const changed = await mine.fork().execute('update sluice.exports set name = ? returning id', ['mine'])
    expect(changed).toHaveLength(1)
    expect(
      await mine.fork().execute('delete from sluice.exports where id = ? returning id', [exportId]),
    ).toEqual([])
    await expect(
      mine.fork().execute('update sluice.exports set organization_id = ?', [app.organizationId]),
    ).rejects.toThrow(/row-level security/)
    await expect(
      mine
        .fork()
        .execute(
          `insert into sluice.export_events (export_id, at, type, attempt, message) values (?, now(), 'created', 0, '')`,
          [exportId],
        ),
    ).rejects.toThrow(/row-level security/)
    await mine.fork().transactional(async (em) => {
      expect(await em.count(Export, {})).toBe(1)
      // Within it, too, nothing is left for the next one on the connection.
      expect(await em.execute(`select current_setting('${organizationSetting}') as id`)).toEqual([
        { id: other.organizationId },
      ])
    })
    await mine.fork().transactional(async (em) => {
      const streamed: string[] = []
      // A cursor, and the first statement of its transaction.
      for await (const row of em.stream(Export)) streamed.push(row.organization.id)
      expect(streamed).toEqual([other.organizationId])
    })
    expect(await forOrganization({ orm }, null).orm.em.fork().count(Export, {})).toBe(0)
    expect(await orm.em.fork().count(Export, {})).toBe(2)
  } finally {
    await orm.close()
    await sql(app.database.adminUrl, "UPDATE sluice.exports SET name = 'Deals' WHERE name = 'mine'")
  }
})

test("what resolvers and dialects are given is the organization's own database", async () => {
  const bound = new WeakSet<pg.Client>()
  const unbound: string[] = []
  let transactions = 0
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first] = args as [string | { text?: string }]
    const text = typeof first === 'string' ? first : (first.text ?? '')
    if (text.includes(`set_config('${organizationSetting}'`)) {
      bound.add(this)
      transactions += 1
    } else if (/^(commit|rollback)/.test(text)) bound.delete(this)
    else if (!bound.has(this) && /from "?sluice/.test(text)) unbound.push(text)
    return query.apply(this, args as never)
  } as never
  try {
    await app.graphql(
      '{ exports { edges { node { name files { url } } } } viewer { organization { name } } }',
    )
    await fetch(`${app.url}/api/v1/deals/export/exp_abc123`, {
      headers: { Authorization: `Bearer ${app.key}` },
    })
  } finally {
    pg.Client.prototype.query = query
  }
  // Whose key it is must be found out before; the keys that sign links belong to nobody.
  const named = unbound.map((text) => /from "?sluice"?\."?(\w+)/.exec(text)?.[1])
  expect(named).toContain('api_keys')
  expect(named.filter((table) => table !== 'api_keys' && table !== 'signing_keys')).toEqual([])
  expect(transactions).toBeGreaterThan(2)
})

test('a policy does not keep a page of the list from its index', async () => {
  const client = new pg.Client({ connectionString: app.database.appUrl })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SET LOCAL enable_seqscan = off')
    await client.query(`SELECT set_config('${organizationSetting}', $1, true)`, [app.organizationId])
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT * FROM sluice.exports WHERE organization_id = '${app.organizationId}'
         AND (created_at, id) < (now(), '${exportId}') ORDER BY created_at DESC, id DESC LIMIT 20`,
    )
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(/Index Scan Backward using exports_list/)
    expect(plan).toMatch(/Index Cond: \(\(organization_id = .*ROW\(created_at, id\) </)
    expect(plan).not.toMatch(/Sort|Seq Scan on exports/)
  } finally {
    await client.end()
  }
})

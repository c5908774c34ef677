import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Dataset } from '../../src/core/dataset.ts'
import { crmDatasets } from '../../src/datasets/crm/datasets.ts'
import { introspect } from '../../src/datasets/introspect/introspect.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { Source } from '../../src/engine/source/source.ts'
import { checkDatasets } from '../../src/lifecycle/check-datasets.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { sql } from '../support/sql.ts'

const schema = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.orders (org int, id int PRIMARY KEY, buyer int, total numeric, placed timestamptz, price money, word text);
  CREATE TABLE shop.buyers (org int, id int, name text);
  INSERT INTO shop.orders (org, id) SELECT 1, id FROM generate_series(1, 20000) id;
  INSERT INTO shop.buyers (org, id) SELECT 1, id FROM generate_series(1, 20000) id;
  CREATE VIEW shop.order_view AS SELECT * FROM shop.orders;
  CREATE TABLE shop.open_table (id int PRIMARY KEY);
  CREATE TABLE shop.no_policy (id int PRIMARY KEY); ALTER TABLE shop.no_policy ENABLE ROW LEVEL SECURITY;
  CREATE TABLE shop.guarded (id int PRIMARY KEY, org text); ALTER TABLE shop.guarded ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON shop.guarded USING (org = current_setting('app.tenant_id', true));
  CREATE VIEW shop.owners_view AS SELECT * FROM shop.guarded;
  CREATE VIEW shop.invokers_view WITH (security_invoker = true) AS SELECT * FROM shop.guarded;
  CREATE TABLE shop.secret (id int PRIMARY KEY);
  GRANT USAGE ON SCHEMA shop TO sluice_app;
  GRANT SELECT ON ALL TABLES IN SCHEMA shop TO sluice_app;
  REVOKE ALL ON shop.secret FROM sluice_app`

let database: TestDatabase
let source: Source

beforeAll(async () => {
  database = await createDatabase()
  await sql(database.ownerUrl, schema)
  await sql(database.ownerUrl, 'ANALYZE shop.orders, shop.buyers')
  source = new Source(database.appUrl)
})

afterAll(async () => {
  await source.close()
  await database.drop()
})

const orders: Dataset = {
  name: 'orders',
  label: 'Orders',
  source: { table: { schema: 'shop', name: 'orders' } },
  key: ['id'],
  tenant: { shared: true },
  columns: {
    id: { type: 'integer', label: 'ID' },
    total: { type: 'decimal', label: 'Total' },
  },
}
const buyers: Dataset = {
  ...orders,
  name: 'buyers',
  source: { table: { schema: 'shop', name: 'buyers' } },
  columns: { id: { type: 'integer', label: 'ID' } },
  key: ['id'],
}
const over = (name: string) => ({ table: { schema: 'shop', name } })
const rowLevelSecurity = { rowLevelSecurity: { setting: 'app.tenant_id' } }

async function check(datasets: readonly Dataset[], asked = source): Promise<string[]> {
  const findings = await checkDatasets({ datasets: createRegistry(datasets), source: asked })
  return findings.map(({ level, path, message }) => `${level} ${path}: ${message}`)
}

const withColumn = (column: Dataset['columns'][string]): Dataset => ({
  ...orders,
  columns: { ...orders.columns, x: column },
})

test('a lock that somebody holds for long is no fault of a declaration', async () => {
  const busy = new Source(database.appUrl)
  busy.fieldsOf = async () => {
    throw Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' })
  }
  await expect(check([orders], busy)).rejects.toThrow('statement timeout')
  await busy.close()
})

test('a right declaration has nothing to say, and neither has the built-in CRM nor what was introspected', async () => {
  expect(await check([orders])).toEqual([])
  expect(await check(crmDatasets)).toEqual([])
  const { datasets } = await introspect((text, params) => source.query(text, params, {}), {
    schema: 'shop',
    tenantColumn: 'org',
    shared: true,
  })
  expect((await check(datasets)).filter((line) => line.startsWith('error'))).toEqual([])
})

test.each<[string, Dataset, RegExp[]]>([
  [
    'a missing table',
    { ...orders, source: over('nope') },
    [/^error orders\.source\.table: "shop"\."nope" does not exist .*SOURCE_DATABASE_URL/],
  ],
  [
    'a table that may not be read',
    { ...orders, source: over('secret') },
    [/^error orders\.source\.table: the role may not read it .*GRANT USAGE .* SELECT ON|GRANT/],
  ],
  [
    'a query that does not compile',
    { ...orders, source: { query: 'SELEC 1' } },
    [/^error orders\.source\.query: syntax error/],
  ],
  [
    'a missing column',
    withColumn({ type: 'text', label: 'X', column: 'wort' }),
    [/^error orders\.columns\.x\.column: Unknown column of the database 'wort'\. Did you mean 'word'\?/],
  ],
  [
    'an expression that does not compile',
    withColumn({ type: 'text', label: 'X', expr: 'uper(t.word)' }),
    [/^error orders\.columns\.x\.expr: does not compile: function uper\(text\) does not exist/],
  ],
  [
    'another type',
    withColumn({ type: 'integer', label: 'X', column: 'placed' }),
    [
      /^error orders\.columns\.x\.type: is integer, and the database has timestamptz: say type: 'timestamptz'/,
    ],
  ],
  [
    'a type that holds less',
    withColumn({ type: 'integer', label: 'X', column: 'total' }),
    [
      /^warning orders\.columns\.x\.type: is integer, and the database has numeric, which holds more: say type: 'decimal'/,
    ],
  ],
  [
    'a type that must be read through SQL',
    withColumn({ type: 'decimal', label: 'X', column: 'price' }),
    [/^warning orders\.columns\.x: is of the type money.*say expr: "t\.\\"price\\"::numeric"/],
  ],
  [
    'no tenant column',
    { ...orders, tenant: { column: 'organisation' } },
    [/^error orders\.tenant\.column: Unknown column of the database 'organisation'/],
  ],
  [
    'a tenant of another type',
    { ...orders, tenant: { column: 'org' } },
    [
      /^error orders\.tenant\.type: is text, and the column is int4: say type: 'integer'/,
      /^warning orders\.tenant\.column: no index begins with 'org'.*CREATE INDEX CONCURRENTLY/,
    ],
  ],
  [
    'row-level security that is off',
    { ...orders, source: over('open_table'), columns: buyers.columns, tenant: rowLevelSecurity },
    [/^error orders\.tenant\.rowLevelSecurity: row-level security is off/],
  ],
  [
    'row-level security without a policy',
    { ...orders, source: over('no_policy'), columns: buyers.columns, tenant: rowLevelSecurity },
    [/^error orders\.tenant\.rowLevelSecurity: the table has no policy for SELECT/],
  ],
  [
    "a view with its owner's rights",
    { ...orders, source: over('owners_view'), columns: buyers.columns, tenant: rowLevelSecurity },
    [/^error orders\.tenant\.rowLevelSecurity: the view reads its tables with its owner's rights/],
  ],
  [
    'a key that nothing makes unique',
    buyers,
    [
      /^warning buyers\.key: no unique index says that \(id\) tells rows apart.*CREATE UNIQUE INDEX CONCURRENTLY ON "shop"\."buyers" \("id"\)/,
    ],
  ],
  [
    'a catalog that does not compile',
    {
      ...orders,
      dynamicColumns: [{ prefix: 'p_', label: 'P', catalog: 'SELECT $1::text AS id', expr: ':id' }],
    },
    [/^error orders\.dynamicColumns\.0\.catalog: gives no label, type, options/],
  ],
])('%s is told, with what to do', async (_, dataset, expected) => {
  const lines = await check([dataset])
  expect(lines).toHaveLength(expected.length)
  for (const [at, pattern] of expected.entries()) expect(lines[at]).toMatch(pattern)
})

test('relations whose columns do not exist, cannot be compared, or have no index are told', async () => {
  const related = (on: [string, string]): Dataset[] => [
    { ...orders, relations: { buyer: { kind: 'one', dataset: 'buyers', label: 'Buyer', on: [on] } } },
    buyers,
  ]
  expect(await check(related(['byer', 'id']))).toContainEqual(
    expect.stringMatching(
      /^error orders\.relations\.buyer\.on: the rows cannot meet: column ours\.byer does not exist/,
    ),
  )
  expect(await check(related(['word', 'id']))).toContainEqual(
    expect.stringMatching(
      /^error orders\.relations\.buyer\.on: the rows cannot meet: operator does not exist: text = integer/,
    ),
  )
  expect(await check(related(['buyer', 'id']))).toContainEqual(
    expect.stringMatching(/^warning orders\.relations\.buyer: no index finds the related rows: CREATE INDEX/),
  )
})

test('policies are refused when the role is not bound by them', async () => {
  const guarded: Dataset = {
    ...orders,
    source: over('guarded'),
    columns: buyers.columns,
    tenant: rowLevelSecurity,
  }
  expect(await check([guarded])).toEqual([])
  expect(await check([{ ...guarded, source: over('invokers_view'), key: ['id'] }])).toEqual([])
  for (const [url, reason] of [
    [database.ownerUrl, /the role owns the table.*FORCE ROW LEVEL SECURITY/],
    [database.adminUrl, /the role is a superuser/],
  ] as const) {
    const other = new Source(url)
    expect((await check([guarded], other))[0]).toMatch(reason)
    await other.close()
  }
})

test('a query under row-level security must read a table whose policies bind the role', async () => {
  const over = (query: string): Dataset => ({
    ...orders,
    source: { query },
    columns: buyers.columns,
    tenant: rowLevelSecurity,
  })
  const joined = 'SELECT g.* FROM shop.guarded g JOIN shop.orders o USING (id)'
  expect(await check([over(joined)])).toEqual([])
  const unbound = /^error orders\.tenant\.rowLevelSecurity: no policy binds this role/
  expect((await check([over('SELECT * FROM shop.orders')]))[0]).toMatch(unbound)
  const owner = new Source(database.ownerUrl)
  expect((await check([over(joined)], owner))[0]).toMatch(unbound)
  await owner.close()
})

test('a database that cannot be asked is no finding', async () => {
  const nobody = new Source('postgres://nobody@127.0.0.1:1/none')
  await expect(check([orders], nobody)).rejects.toThrow('ECONNREFUSED')
  await nobody.close()
})

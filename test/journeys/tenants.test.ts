import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Tenant } from '../../src/core/dataset.ts'
import { isTenant } from '../../src/core/tenant.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { createApiKey } from '../../src/lifecycle/api-keys.ts'
import { createOrganization } from '../../src/lifecycle/organizations.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { connect, createDatabase, type TestDatabase } from '../support/database.ts'
import { acceptExport, download, settle } from '../support/exports.ts'
import { sql } from '../support/sql.ts'

/** Invoices with their customers and tags, of the shops 7 and 8. Every value says whose it is. */
const tables = (schema: string) => `
  CREATE SCHEMA ${schema};
  CREATE TABLE ${schema}.customers (shop_id int, id int, name text, PRIMARY KEY (shop_id, id));
  CREATE TABLE ${schema}.invoices (shop_id int, id int, customer_id int, note text, extra jsonb, PRIMARY KEY (shop_id, id));
  CREATE TABLE ${schema}.tags (shop_id int, id int, word text, PRIMARY KEY (shop_id, id));
  CREATE TABLE ${schema}.invoice_tags (shop_id int, invoice_id int, tag_id int);
  CREATE TABLE ${schema}.fields (shop_id int, id text, label text);
  INSERT INTO ${schema}.customers SELECT shop, id, 'customer of ' || shop FROM unnest('{7,8}'::int[]) shop, generate_series(1, 3) id;
  INSERT INTO ${schema}.invoices
    SELECT shop, id, id % 3 + 1, 'invoice of ' || shop, jsonb_build_object('field_' || shop, 'extra of ' || shop)
    FROM unnest('{7,8}'::int[]) shop, generate_series(1, 40) id;
  INSERT INTO ${schema}.tags SELECT shop, id, 'tag of ' || shop FROM unnest('{7,8}'::int[]) shop, generate_series(1, 2) id;
  INSERT INTO ${schema}.invoice_tags SELECT shop, id, id % 2 + 1 FROM unnest('{7,8}'::int[]) shop, generate_series(1, 40) id;
  INSERT INTO ${schema}.fields SELECT shop, 'field_' || shop, 'Field of ' || shop FROM unnest('{7,8}'::int[]) shop;
  GRANT USAGE ON SCHEMA ${schema} TO sluice_app;
  GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO sluice_app;`

const policies = ['customers', 'invoices', 'tags', 'invoice_tags', 'fields'].map(
  (table) => `
  ALTER TABLE guarded.${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON guarded.${table} USING (shop_id::text = current_setting('app.tenant_id', true));`,
)

/** The same three datasets, told apart by their prefix, in a mode of keeping organizations apart. */
function datasetsOf(prefix: string, schema: string, tenant: Tenant) {
  const table = (name: string) => ({ table: { schema, name } })
  const isColumn = 'column' in tenant
  return [
    defineDataset({
      name: `${prefix}_invoices`,
      label: 'Invoices',
      source: table('invoices'),
      key: ['id'],
      tenant,
      columns: {
        id: { type: 'integer', label: 'ID' },
        note: { type: 'text', label: 'Note' },
      },
      relations: {
        customer: {
          kind: 'one',
          dataset: `${prefix}_customers`,
          label: 'Customer',
          on: [['customer_id', 'id']],
        },
        tags: {
          kind: 'many',
          dataset: `${prefix}_tags`,
          label: 'Tags',
          on: [['id', 'invoice_id']],
          through: {
            ...table('invoice_tags'),
            on: [['tag_id', 'id']],
            ...(isColumn ? { tenantColumn: 'shop_id' } : {}),
          },
        },
      },
      dynamicColumns: [
        {
          prefix: 'x_',
          label: 'Extra',
          catalog: `SELECT id, label, 'text' AS type, NULL::jsonb AS options FROM ${schema}.fields
                    WHERE ${isColumn ? 'shop_id::text = $1' : "$1 <> ''"}`,
          expr: 't.extra ->> :id',
        },
      ],
      searchable: ['note'],
    }),
    defineDataset({
      name: `${prefix}_customers`,
      label: 'Customers',
      source: table('customers'),
      key: ['id'],
      tenant,
      columns: { id: { type: 'integer', label: 'ID' }, name: { type: 'text', label: 'Name' } },
    }),
    defineDataset({
      name: `${prefix}_tags`,
      label: 'Tags',
      source: table('tags'),
      key: ['id'],
      tenant,
      columns: { id: { type: 'integer', label: 'ID' }, word: { type: 'text', label: 'Word' } },
    }),
  ]
}

let source: TestDatabase
let app: TestApp
/** Keys of three organizations: 7 and 8 have rows, the third's id is no number. */
const keys: Record<'7' | '8' | 'seven', string> = { 7: '', 8: '', seven: '' }

beforeAll(async () => {
  source = await createDatabase()
  await sql(source.ownerUrl, `${tables('plain')} ${tables('guarded')} ${policies.join('')} ANALYZE`)
  app = await startApp({
    deals: 0,
    sourceUrl: source.appUrl,
    overrides: {
      datasets: createRegistry([
        ...datasetsOf('column', 'plain', { column: 'shop_id', type: 'integer' }),
        ...datasetsOf('rls', 'guarded', { rowLevelSecurity: { setting: 'app.tenant_id' } }),
        ...datasetsOf('shared', 'plain', { shared: true }),
      ]),
    },
  })
  for (const externalId of ['7', '8', 'seven'] as const) {
    const organization = await createOrganization(app.api.services, {
      name: `Shop ${externalId}`,
      externalId,
      plan: 'unlimited',
    })
    keys[externalId] = (await createApiKey(app.api.services, organization, { name: 'test' })).secret
  }
})

afterAll(async () => {
  await app.stop()
  await source.drop()
})

async function exported(input: object, key: string): Promise<string> {
  const { id } = await acceptExport(app, input, key)
  const done = await settle(app, id, key)
  expect(done.error).toBeNull()
  return (await download(done.files[0]!.url)).toString()
}

const everything = (dataset: string) => ({
  dataset,
  columns: ['id', 'note', 'customer.name', 'tags.word', 'customer', 'tags'].map((name) => ({ name })),
  sort: [{ column: 'id' }],
})

describe.each(['column', 'rls'])('organizations kept apart by %s', (prefix) => {
  const dataset = `${prefix}_invoices`

  test.each(['7', '8'] as const)(
    '%s exports its own rows and related rows, and nothing of the other',
    async (own) => {
      const other = own === '7' ? '8' : '7'
      const input = everything(dataset)
      const file = await exported(
        { ...input, columns: [...input.columns, { name: `x_field_${own}` }] },
        keys[own],
      )
      expect(file.trimEnd().split('\n')).toHaveLength(41)
      for (const word of ['invoice', 'customer', 'tag', 'extra']) {
        expect(file).toContain(`${word} of ${own}`)
        expect(file).not.toContain(`${word} of ${other}`)
      }
    },
  )

  test('an organization whose id the column cannot hold has no rows, and no error', async () => {
    expect(await exported({ dataset, columns: [{ name: 'id' }] }, keys.seven)).toBe('id\n')
    expect(
      await exported({ dataset, columns: [{ name: 'id' }], filter: related('customer', '7') }, keys.seven),
    ).toBe('id\n')
  })

  test('expanded rows are the organization’s', async () => {
    const input = { dataset, columns: [{ name: 'id' }, { name: 'tags.word' }], expand: 'tags' }
    const file = await exported(input, keys['8'])
    expect(file).toContain('tag of 8')
    expect(file).not.toContain('tag of 7')
  })

  test('a filter over related rows finds none of another organization', async () => {
    const columns = [{ name: 'id' }]
    for (const relation of ['customer', 'tags']) {
      expect(await exported({ dataset, columns, filter: related(relation, '8') }, keys['7'])).toBe('id\n')
      const own = await exported({ dataset, columns, filter: related(relation, '7') }, keys['7'])
      expect(own.trimEnd().split('\n')).toHaveLength(41)
    }
    expect(await exported({ dataset, columns, filter: { search: 'of 8' } }, keys['7'])).toBe('id\n')
  })

  test('columns that only one organization has are offered to no other', async () => {
    for (const own of ['7', '8'] as const) {
      const { data } = await app.graphql<{ dataset: { columns: { name: string; label: string }[] } }>(
        'query ($name: String!) { dataset(name: $name) { columns { name label } } }',
        { name: dataset },
        keys[own],
      )
      expect(data?.dataset.columns.filter(({ name }) => name.startsWith('x_'))).toEqual([
        { name: `x_field_${own}`, label: `Field of ${own}` },
      ])
    }
  })

  test('a preview and an estimate are of the organization’s own rows', async () => {
    for (const [own, rows] of Object.entries({ 7: 40, 8: 40, seven: 0 })) {
      const { data } = await app.graphql<{
        previewExport: { rows: string[][] }
        estimateExport: { rows: number; rowsExact: boolean }
      }>(
        `query ($dataset: String!) {
           previewExport(input: { dataset: $dataset, columns: [{ name: "note" }] }, rows: 100) { rows }
           estimateExport(input: { dataset: $dataset }) { rows rowsExact } }`,
        { dataset },
        keys[own as '7'],
      )
      expect(data?.previewExport.rows).toEqual(Array(rows).fill([`invoice of ${own}`]))
      expect(data?.estimateExport).toEqual({ rows, rowsExact: true })
    }
  })
})

test('shared rows are everybody’s', async () => {
  const file = await exported({ dataset: 'shared_invoices', columns: [{ name: 'note' }] }, keys.seven)
  expect(file.trimEnd().split('\n')).toHaveLength(81)
})

test('an id is compared as its column’s type, so that the column’s own index serves', async () => {
  const condition = isTenant('shop_id', { type: 'integer' }, '7')
  const client = await connect(source.ownerUrl)
  await client.query('SET enable_seqscan = off')
  const { rows: plan } = await client.query(
    `EXPLAIN SELECT FROM plain.invoices WHERE ${condition} AND id = 3`,
  )
  expect(JSON.stringify(plan)).toMatch(/Index Cond: \(+shop_id = /)
})

test.each(['07', ' 7', '+7', '7.0', '0x7', '-0', '99999999999999999999', ''])(
  '%j is not the organization 7, nor an error',
  (externalId) => {
    expect(isTenant('shop_id', { type: 'integer' }, externalId)).toBe('FALSE')
  },
)

function related(relation: string, whose: string): object {
  const where = {
    field: { column: relation === 'customer' ? 'name' : 'word', is: { text: { contains: `of ${whose}` } } },
  }
  return { relation: { name: relation, quantifier: 'SOME', where } }
}

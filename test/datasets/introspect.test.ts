import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Dataset } from '../../src/core/dataset.ts'
import { type Introspection, introspect } from '../../src/datasets/introspect/introspect.ts'
import { printConfig } from '../../src/datasets/introspect/print-config.ts'
import { Source } from '../../src/engine/source/source.ts'
import { ConfigReader } from '../support/config-reader.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { sql } from '../support/sql.ts'

const longest = 'a'.repeat(63)

const schema = `
  CREATE SCHEMA shop;
  CREATE TYPE shop.state AS ENUM ('open', 'on_hold', 'it''s done');
  CREATE DOMAIN shop.amount AS numeric(12, 2);
  CREATE TABLE shop.customers (org_id int NOT NULL, id int NOT NULL, name text, PRIMARY KEY (org_id, id));
  COMMENT ON TABLE shop.customers IS 'Buyers';
  COMMENT ON COLUMN shop.customers.name IS 'What is printed on the invoice, as the buyer wants it, up to four lines of text';
  CREATE TABLE shop.orders (org_id int NOT NULL, id bigint PRIMARY KEY, customer int, state shop.state, total shop.amount,
    "Überweisung am" date, "${longest}" money, parent_id bigint REFERENCES shop.orders,
    FOREIGN KEY (org_id, customer) REFERENCES shop.customers (org_id, id));
  CREATE TABLE shop.tags (org_id int NOT NULL, word text NOT NULL UNIQUE);
  CREATE TABLE shop.order_tags (org_id int NOT NULL, order_id bigint REFERENCES shop.orders, tag text REFERENCES shop.tags (word));
  CREATE TABLE shop.countries (code text PRIMARY KEY);
  CREATE TABLE shop.guarded (id int PRIMARY KEY, owner text);
  ALTER TABLE shop.guarded ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON shop.guarded USING (owner = current_setting('app.tenant_id', true));
  CREATE TABLE shop.events (org_id int NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
  CREATE TABLE shop.events_2026 PARTITION OF shop.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE VIEW shop.open_orders AS SELECT * FROM shop.orders WHERE state = 'open';
  CREATE TABLE shop.secret (org_id int);
  GRANT USAGE ON SCHEMA shop TO sluice_app;
  GRANT SELECT ON ALL TABLES IN SCHEMA shop TO sluice_app;
  REVOKE ALL ON shop.secret FROM sluice_app`

let database: TestDatabase
let source: Source
let found: Introspection
const byName = new Map<string, Dataset>()

beforeAll(async () => {
  database = await createDatabase()
  await sql(database.ownerUrl, schema)
  source = new Source(database.appUrl)
  found = await introspect((text, params) => source.query(text, params, {}), { schema: 'shop' })
  for (const dataset of found.datasets) byName.set(dataset.name, dataset)
})

afterAll(async () => {
  await source.close()
  await database.drop()
})

test('tables and views that may be read are found, partitions as one, and what is nobody’s is left out', () => {
  expect([...byName.keys()]).toEqual([
    'customers',
    'events',
    'guarded',
    'open_orders',
    'order_tags',
    'orders',
    'tags',
  ])
  expect(found.leftOut).toEqual(['shop.countries'])
})

test('shared tables are offered when that is asked for', async () => {
  const all = await introspect((text, params) => source.query(text, params, {}), {
    schema: 'shop',
    table: 'countries',
    shared: true,
  })
  expect(all.datasets.map(({ name, tenant }) => [name, tenant])).toEqual([['countries', { shared: true }]])
})

test('the tenant column is guessed and hidden, and policies are believed before it', () => {
  expect(found.guess).toBe('6 of 8 tables have the column org_id')
  expect(byName.get('orders')?.tenant).toEqual({ column: 'org_id', type: 'integer' })
  expect(byName.get('orders')?.columns.org_id).toMatchObject({ hidden: true })
  expect(byName.get('guarded')?.tenant).toEqual({ rowLevelSecurity: { setting: 'app.tenant_id' } })
})

test('keys are those within one organization: primary, else unique and never NULL, else none', () => {
  const keys = Object.fromEntries([...byName].map(([name, { key }]) => [name, key]))
  expect(keys).toEqual({
    customers: ['id'],
    events: undefined,
    guarded: ['id'],
    open_orders: undefined,
    order_tags: undefined,
    orders: ['id'],
    tags: ['word'],
  })
})

test('columns have types, words, labels and options', () => {
  expect(byName.get('customers')?.label).toBe('Buyers')
  expect(byName.get('customers')?.columns.name).toMatchObject({
    label: 'Name',
    description: 'What is printed on the invoice, as the buyer wants it, up to four lines of text',
  })
  expect(byName.get('orders')?.columns).toMatchObject({
    id: { type: 'bigint', label: 'ID' },
    state: {
      type: 'enum',
      options: [
        { value: 'open', label: 'Open' },
        { value: 'on_hold', label: 'On hold' },
        { value: "it's done", label: "It's done" },
      ],
    },
    total: { type: 'decimal', label: 'Total' },
    Uberweisung_am: { type: 'date', label: 'Überweisung am', column: 'Überweisung am' },
    [longest]: { type: 'decimal', expr: `t."${longest}"::numeric` },
  })
})

test('foreign keys are relations in both directions, and over link tables', () => {
  expect(byName.get('orders')?.relations).toEqual({
    customers: {
      kind: 'one',
      dataset: 'customers',
      label: 'Customers',
      on: [
        ['org_id', 'org_id'],
        ['customer', 'id'],
      ],
    },
    parent: { kind: 'one', dataset: 'orders', label: 'Parent', on: [['parent_id', 'id']] },
    orders: { kind: 'many', dataset: 'orders', label: 'Orders', on: [['id', 'parent_id']] },
    tags: {
      kind: 'many',
      dataset: 'tags',
      label: 'Tags',
      on: [['id', 'order_id']],
      through: {
        table: { schema: 'shop', name: 'order_tags' },
        on: [['tag', 'word']],
        tenantColumn: 'org_id',
      },
    },
  })
  expect(byName.get('customers')?.relations).toMatchObject({ orders: { kind: 'many' } })
  expect(byName.get('tags')?.relations).toMatchObject({
    orders: { kind: 'many', through: { on: [['order_id', 'id']] } },
  })
})

test('what is written is formatted, and read back it declares the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-introspect-'))
  const reader = new ConfigReader()
  try {
    const path = join(folder, 'sluice.config.ts')
    const text = printConfig(found)
    writeFileSync(path, text)
    const { datasets, message } = await reader.read(path)
    expect(message).toBeUndefined()
    expect(datasets).toEqual(JSON.parse(JSON.stringify(found.datasets)))
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const biome = spawnSync(
      process.execPath,
      [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'format', '--stdin-file-path=sluice.config.ts'],
      { cwd: root, input: text, encoding: 'utf8' },
    )
    expect(biome.stdout).toBe(text)
    expect(readFileSync(path, 'utf8')).toContain('//   shop.countries')
  } finally {
    reader.stop()
    rmSync(folder, { recursive: true })
  }
})

test('five hundred tables take a few queries', async () => {
  await sql(
    database.ownerUrl,
    `CREATE SCHEMA wide;
     GRANT USAGE ON SCHEMA wide TO sluice_app;
     DO $$ BEGIN FOR i IN 1..500 LOOP
       EXECUTE format('CREATE TABLE wide.t%s (org_id int NOT NULL, id int PRIMARY KEY, other_id int %s, a text, b date, c jsonb)',
         i, CASE WHEN i > 1 THEN format('REFERENCES wide.t%s', i - 1) END);
     END LOOP; END $$;
     GRANT SELECT ON ALL TABLES IN SCHEMA wide TO sluice_app`,
  )
  let queries = 0
  const all = await introspect(
    (text, params) => {
      queries += 1
      return source.query(text, params, {})
    },
    { schema: 'wide' },
  )
  expect(all.datasets).toHaveLength(500)
  expect(queries).toBe(5)
  expect(all.datasets.flatMap(({ relations }) => Object.keys(relations ?? {}))).toHaveLength(998)
})

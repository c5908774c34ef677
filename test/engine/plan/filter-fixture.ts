import type pg from 'pg'
import type { Dataset } from '../../../src/core/dataset.ts'
import type { Filter } from '../../../src/core/filter.ts'
import { resolveFilter } from '../../../src/core/resolve-filter.ts'
import { tenantSql } from '../../../src/core/tenant.ts'
import { compileFilter } from '../../../src/engine/plan/compile-filter.ts'
import { sourceSql } from '../../../src/engine/plan/source-sql.ts'

const deals: Dataset = {
  name: 'deals',
  label: 'Deals',
  source: { table: { schema: 'shop', name: 'deals' } },
  key: ['id'],
  tenant: { column: 'org' },
  columns: {
    id: { type: 'integer', label: 'Id' },
    name: { type: 'text', label: 'Name' },
    title: { type: 'text', label: 'Title', expr: "t.name || '!'" },
    stage: {
      type: 'enum',
      label: 'Stage',
      options: ['open', 'won', 'lost'].map((value) => ({ value, label: value })),
    },
    amount: { type: 'decimal', label: 'Amount' },
    visits: { type: 'bigint', label: 'Visits' },
    score: { type: 'float', label: 'Score' },
    active: { type: 'boolean', label: 'Active' },
    closed: { type: 'date', label: 'Closed' },
    updated: { type: 'timestamptz', label: 'Updated' },
    met: { type: 'timestamp', label: 'Met' },
    opens: { type: 'time', label: 'Opens' },
    lasts: { type: 'interval', label: 'Lasts' },
    token: { type: 'uuid', label: 'Token' },
    tags: { type: 'text[]', label: 'Tags' },
    grades: { type: 'integer[]', label: 'Grades' },
    data: { type: 'json', label: 'Data' },
    bytes: { type: 'bytes', label: 'Bytes' },
    secret: { type: 'text', label: 'Secret', hidden: true },
  },
  relations: {
    notes: { kind: 'many', dataset: 'notes', label: 'Notes', on: [['id', 'deal_id']] },
    region: { kind: 'one', dataset: 'regions', label: 'Region', on: [['region', 'code']] },
    contacts: {
      kind: 'many',
      dataset: 'contacts',
      label: 'Contacts',
      on: [['id', 'left_id']],
      through: {
        table: { schema: 'shop', name: 'links' },
        on: [['right_id', 'id']],
        tenantColumn: 'org',
        where: "l.kind = 'deal-contact'",
      },
    },
  },
  searchable: ['name', 'title'],
}

const notes: Dataset = {
  name: 'notes',
  label: 'Notes',
  source: { query: 'SELECT * FROM shop.notes WHERE NOT deleted -- the living ones' },
  key: ['id'],
  tenant: { column: 'org' },
  columns: {
    id: { type: 'integer', label: 'Id' },
    body: { type: 'text', label: 'Body' },
    shout: { type: 'text', label: 'Shout', expr: 'upper(t.body)' },
  },
  relations: { deal: { kind: 'one', dataset: 'deals', label: 'Deal', on: [['deal_id', 'id']] } },
}

const contacts: Dataset = {
  name: 'contacts',
  label: 'Contacts',
  source: { table: { schema: 'shop', name: 'contacts' } },
  key: ['id'],
  tenant: { column: 'org' },
  columns: { id: { type: 'integer', label: 'Id' }, name: { type: 'text', label: 'Name' } },
  relations: {
    deals: {
      kind: 'many',
      dataset: 'deals',
      label: 'Deals',
      on: [['id', 'right_id']],
      through: {
        table: { schema: 'shop', name: 'links' },
        on: [['left_id', 'id']],
        tenantColumn: 'org',
        where: "l.kind = 'deal-contact'",
      },
    },
  },
  searchable: ['name'],
}

const regions: Dataset = {
  name: 'regions',
  label: 'Regions',
  source: { table: { schema: 'shop', name: 'regions' } },
  key: ['code'],
  tenant: { shared: true },
  columns: { code: { type: 'text', label: 'Code' }, name: { type: 'text', label: 'Name' } },
}

/** Deals with every column type, and relations of every kind. */
export const shop: Readonly<Record<string, Dataset>> = { deals, notes, contacts, regions }

/** Ids are unique within an organization only, as in a customer's tables. */
export const shopSchema = `
  CREATE SCHEMA shop;
  CREATE TYPE shop.stage AS ENUM ('open', 'won', 'lost');
  CREATE TABLE shop.deals (org text, id integer, name text, stage shop.stage, amount numeric, visits bigint,
    score real, active boolean, closed date, updated timestamptz, met timestamp, opens time, lasts interval,
    token uuid, tags varchar[], grades smallint[], data jsonb, bytes bytea, secret text, region text,
    PRIMARY KEY (org, id));
  CREATE TABLE shop.notes (org text, id integer, deal_id integer, body text, deleted boolean DEFAULT false);
  CREATE TABLE shop.contacts (org text, id integer, name text);
  CREATE TABLE shop.links (org text, kind text, left_id integer, right_id integer);
  CREATE TABLE shop.regions (code text, name text);`

export const now = new Date('2026-03-30T12:00:00Z')

export function resolve(input: unknown, timeZone = 'UTC', dataset = deals): Filter {
  const findDataset = (name: string) => shop[name]
  return resolveFilter(input, { dataset, findDataset, now, timeZone })!
}

/** The SQL of an untrusted filter over deals, for the organization `a`. */
export function compile(input: unknown, timeZone?: string): string {
  return compileFilter(resolve(input, timeZone), {
    dataset: deals,
    findDataset: (name) => shop[name],
    tenant: 'a',
  })
}

/** Ids of the organization's deals that match, ascending. */
export async function matchingIds(
  client: pg.ClientBase,
  input: unknown,
  timeZone?: string,
): Promise<number[]> {
  const where = `${tenantSql(deals, 'a')} AND ${compile(input, timeZone)}`
  const { rows } = await client.query(`SELECT t.id FROM ${sourceSql(deals)} WHERE ${where} ORDER BY t.id`)
  return rows.map((row) => row.id)
}

export function field(column: string, operator: string, value: unknown) {
  return { field: { column, operator, value } }
}

import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { compile, field, shopSchema } from './filter-fixture.ts'

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  await client.query(`
    ${shopSchema}
    INSERT INTO shop.deals (org, id, name, stage, amount, updated, tags)
      SELECT 'a', n, to_char(n, 'FM00000') || ' deal ' || md5(n::text), 'open', n, timestamptz '2026-01-01Z' + n * interval '1 minute',
        ARRAY['tag' || n % 5000]
      FROM generate_series(1, 20000) AS n;
    INSERT INTO shop.notes (org, id, deal_id, body) SELECT 'a', n, n, 'note ' || n FROM generate_series(1, 20000) AS n;
    CREATE INDEX ON shop.deals (name);
    CREATE INDEX ON shop.deals (amount);
    CREATE INDEX ON shop.deals (updated);
    CREATE INDEX ON shop.deals USING gin (tags);
    CREATE INDEX ON shop.notes (deal_id);
    CREATE INDEX ON shop.notes (body);
    ANALYZE`)
})

afterAll(async () => {
  await client?.end()
  await database?.drop()
})

test.each([
  ['eq', field('name', 'eq', 'x')],
  ['in', field('amount', 'in', [1, 2, 3])],
  ['a range', field('amount', 'between', { from: 1, to: 20 })],
  ['a whole day', field('updated', 'eq', '2026-01-05')],
  ['hasAny', field('tags', 'hasAny', ['tag7'])],
  ['hasAll', field('tags', 'hasAll', ['tag7', 'tag8'])],
  ['not isNull', { not: field('name', 'isNull', false) }],
  ['startsWith, as far as no letter comes', field('name', 'startsWith', '00012 ')],
])('%s is read from an index', async (_, input) => {
  const plan = await explain(input)
  expect(plan).toMatch(/Index (Only )?Scan/)
  expect(plan).not.toContain('Seq Scan')
})

test('a trigram index serves contains, word patterns and search', async () => {
  await asAdmin('CREATE EXTENSION IF NOT EXISTS pg_trgm')
  await client.query('CREATE INDEX ON shop.deals USING gin (name gin_trgm_ops)')
  for (const operator of ['contains', 'startsWith', 'endsWith', 'matchesWords', 'matchesPhrase']) {
    expect(await explain(field('name', operator, 'c4ca4238')), operator).toContain('Bitmap Index Scan')
  }
})

test('relations are joined, not asked row by row', async () => {
  const where = field('body', 'eq', 'note 7')
  const some = await explain({ relation: { name: 'notes', quantifier: 'some', where } })
  expect(some).toContain('notes_body_idx')
  expect(some).not.toContain('SubPlan')
  for (const input of [
    { relation: { name: 'notes', quantifier: 'none', where } },
    { not: { relation: { name: 'notes', quantifier: 'some', where } } },
    { relation: { name: 'notes', quantifier: 'every', where } },
  ]) {
    const plan = await explain(input)
    expect(plan).toContain('Anti Join')
    expect(plan).not.toContain('SubPlan')
  }
})

async function explain(input: unknown): Promise<string> {
  const { rows } = await client.query(`EXPLAIN SELECT 1 FROM shop.deals AS t WHERE ${compile(input)}`)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  await admin.query(sql)
  await admin.end()
}

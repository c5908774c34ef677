import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolveSort } from '../../../src/core/resolve-sort.ts'
import { compileSort } from '../../../src/engine/plan/compile-sort.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { shop, shopSchema } from './filter-fixture.ts'

const deals = shop.deals!
let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  await client.query(shopSchema)
  await client.query(`INSERT INTO shop.deals (org, id, name, amount) VALUES
    ('a', 1, 'b', 1), ('a', 2, NULL, 1), ('a', 3, 'a', NULL), ('a', 4, 'a', 2), ('a', 5, NULL, 2)`)
})

afterAll(async () => {
  await client?.end()
  await database?.drop()
})

test.each([
  [[], '', [1, 2, 3, 4, 5]],
  [[{ column: 'name' }], 'ORDER BY t."name" ASC NULLS LAST, t."id" ASC', [3, 4, 1, 2, 5]],
  [
    [{ column: 'name', direction: 'desc' }],
    'ORDER BY t."name" DESC NULLS FIRST, t."id" DESC',
    [5, 2, 1, 4, 3],
  ],
  [
    [
      { column: 'amount', direction: 'desc', nulls: 'last' },
      { column: 'title', nulls: 'first' },
    ],
    `ORDER BY t."amount" DESC NULLS LAST, (t.name || '!') ASC NULLS FIRST, t."id" ASC`,
    [5, 4, 2, 1, 3],
  ],
  [[{ column: 'id', direction: 'desc' }], 'ORDER BY t."id" DESC NULLS FIRST', [5, 4, 3, 2, 1]],
])('%j', async (input, sql, ids) => {
  const orderBy = compileSort(resolveSort(input, deals), deals)
  expect(orderBy).toBe(sql)
  const { rows } = await client.query(`SELECT t.id FROM shop.deals AS t ${orderBy}`)
  expect(rows.map((row) => row.id)).toEqual(ids)
})

test('a column that went away after the sort was resolved is named', () => {
  const sort = resolveSort([{ column: 'name' }], deals)
  expect(() => compileSort(sort, shop.regions!)).not.toThrow()
  expect(() => compileSort(sort, { ...shop.regions!, columns: {} })).toThrow(
    "The sort names the column 'name', which the dataset no longer has",
  )
})

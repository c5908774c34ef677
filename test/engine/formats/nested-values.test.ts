import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Dataset } from '../../../src/core/dataset.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { exportFile, tableDataset } from './export-text.ts'

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query(`
    CREATE TYPE words AS RANGE (subtype = text, collation = "C");
    CREATE TYPE pair AS (a text, "b, ""c""" text);
    CREATE TABLE nested (n int PRIMARY KEY, grid text[], span words, two pair, twos pair[])`)
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

const nested: Dataset = tableDataset('nested', {
  n: { type: 'integer', label: 'n' },
  grid: { type: 'text[]', label: 'grid' },
  span: { type: 'text', label: 'span', expr: 't.span::text' },
  two: { type: 'json', label: 'two', expr: 'to_json(t.two)' },
  twos: { type: 'json', label: 'twos', expr: 'to_json(t.twos)' },
})

/** What quoting within quoting stumbles over. */
const word = fc
  .array(
    fc.constantFrom('"', ',', '\\', '{', '}', '(', ')', '[', ']', ' ', '\n', '\t', "'", 'NULL', 'é', '=', ''),
    {
      maxLength: 6,
    },
  )
  .map((pieces) => pieces.join(''))
const pair = fc.tuple(fc.option(word), fc.option(word))
const row = fc.record({
  grid: fc.tuple(fc.tuple(fc.option(word), word), fc.tuple(word, fc.option(word))),
  low: fc.option(word),
  two: pair,
  twos: fc.array(pair, { maxLength: 3 }),
})

test('quotes, commas and backslashes survive in lists of lists, ranges and composite types', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
      await client.query('TRUNCATE nested')
      for (const [n, { grid, low, two, twos }] of rows.entries()) {
        await client.query(
          `INSERT INTO nested VALUES ($1, $2, words($3, NULL), ROW($4, $5)::pair,
             ARRAY(SELECT ROW(p ->> 0, p ->> 1)::pair FROM jsonb_array_elements($6) WITH ORDINALITY AS e(p, n) ORDER BY n))`,
          [n, grid, low, ...two, JSON.stringify(twos)],
        )
      }
      const toObject = ([a, b]: readonly [string | null, string | null]) => ({ a, 'b, "c"': b })
      const base = { url: database.adminUrl, dataset: nested }
      const json = JSON.parse((await exportFile({ ...base, format: 'json' })).toString())
      expect(json).toEqual(
        rows.map(({ grid, two, twos }, n) => ({
          n,
          grid,
          span: json[n].span,
          two: toObject(two),
          twos: twos.map(toObject),
        })),
      )
      const options = { formulaGuard: false }
      const csv = parse<Record<string, string>>(await exportFile({ ...base, format: 'csv', options }), {
        columns: true,
      })
      // Postgres reads its own text back as the value it was.
      for (const [n, cells] of csv.entries()) {
        const { rows: found } = await client.query(
          `SELECT grid = $2::text[] AS grid, span = $3::words AS span FROM nested WHERE n = $1`,
          [n, cells.grid, cells.span],
        )
        expect(found).toEqual([{ grid: true, span: true }])
        expect(JSON.parse(cells.two!)).toEqual(toObject(rows[n]!.two))
        expect(cells.span).toBe(json[n].span)
      }
    }),
    { numRuns: 8 },
  )
})

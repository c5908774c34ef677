import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileFilter } from '../../../src/engine/plan/compile-filter.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { compile, field, matchingIds, resolve, shop, shopSchema } from './filter-fixture.ts'

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  await client.query(shopSchema)
})

afterAll(async () => {
  await client?.end()
  await database?.drop()
})

describe('the SQL of a condition', () => {
  test.each([
    [field('name', 'eq', "O'Hara"), `t."name" = 'O''Hara'`],
    [field('name', 'ne', 'x'), `t."name" IS DISTINCT FROM 'x'`],
    [field('amount', 'gt', '10.50'), `t."amount" > '10.5'::numeric`],
    [field('visits', 'lte', '9223372036854775807'), `t."visits" <= '9223372036854775807'::bigint`],
    [field('score', 'lt', 0.1), `t."score" < '0.1'`],
    [field('score', 'lt', 1e300), `t."score" < '1e+300'::double precision`],
    [field('active', 'eq', true), `t."active" = 'true'::boolean`],
    [field('id', 'in', [3, 1, 2, 1]), `t."id" = ANY ('{"1","2","3"}'::integer[])`],
    [field('stage', 'in', ['won', 'lost']), `t."stage" = ANY ('{"lost","won"}')`],
    [field('id', 'notIn', [1]), `(t."id" = ANY ('{"1"}'::integer[])) IS NOT TRUE`],
    [field('stage', 'eq', 'won'), `t."stage" = 'won'`],
    [
      field('closed', 'between', { from: '2026-01-01', to: '2026-03-31' }),
      `(t."closed" >= '2026-01-01'::date AND t."closed" <= '2026-03-31'::date)`,
    ],
    [field('updated', 'lte', '2026-03-31'), `t."updated" <= '2026-03-31T23:59:59.999999Z'::timestamptz`],
    [field('met', 'gt', '2026-03-31T10:00:00'), `t."met" > '2026-03-31T10:00:00'::timestamp`],
    [field('opens', 'lt', '09:30'), `t."opens" < '09:30:00'::time`],
    [
      field('token', 'eq', 'AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee'),
      `t."token" = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'::uuid`,
    ],
    [field('bytes', 'isNull', false), 't."bytes" IS NOT NULL'],
    [field('lasts', 'gte', 'P1D'), `t."lasts" >= 'P1D'::interval`],
    [field('name', 'isNull', true), 't."name" IS NULL'],
    [field('name', 'isNull', false), 't."name" IS NOT NULL'],
    [field('name', 'contains', '5%_\\'), `t."name" ILIKE  E'%5\\\\%\\\\_\\\\\\\\%'`],
    [field('name', 'startsWith', 'a'), `t."name" ILIKE 'a%'`],
    [field('stage', 'endsWith', 'n'), `t."stage"::text ILIKE '%n'`],
    [field('data', 'contains', 'x'), `t."data"::text ILIKE '%x%'`],
    [field('title', 'eq', 'x!'), `(t.name || '!') = 'x!'`],
    [
      field('name', 'matchesWords', 'big *corp'),
      `(t."name" ~*  E'(?<!\\\\w)big(?!\\\\w)' AND t."name" ~*  E'(?<!\\\\w)\\\\S*corp(?!\\\\w)')`,
    ],
    [field('name', 'matchesPhrase', 'big corp.'), `t."name" ~*  E'(?<!\\\\w)big\\\\W+corp\\\\.(?!\\\\w)'`],
    [field('name', 'matchesWordStarts', 'co'), `t."name" ~*  E'(?<!\\\\w)co'`],
    [field('tags', 'hasAny', ['b', 'a']), `t."tags" && '{"a","b"}'`],
    [field('grades', 'hasAll', [1, 2]), `t."grades" @> '{"1","2"}'`],
    [field('tags', 'hasNone', ['a']), `(t."tags" && '{"a"}') IS NOT TRUE`],
    [
      { search: 'a b' },
      `((t."name" ILIKE '%a%' OR (t.name || '!') ILIKE '%a%') AND (t."name" ILIKE '%b%' OR (t.name || '!') ILIKE '%b%'))`,
    ],
    [{ and: [] }, 'TRUE'],
    [{ or: [] }, 'FALSE'],
    [{ and: [field('id', 'eq', 1)] }, `t."id" = '1'::integer`],
    [
      { or: [field('id', 'eq', 1), { and: [field('id', 'gt', 5), field('id', 'lt', 9)] }] },
      `(t."id" = '1'::integer OR (t."id" > '5'::integer AND t."id" < '9'::integer))`,
    ],
    [{ not: field('id', 'eq', 1) }, `(t."id" = '1'::integer) IS NOT TRUE`],
    [{ not: field('name', 'isNull', true) }, 'NOT (t."name" IS NULL)'],
    [
      { relation: { name: 'notes', quantifier: 'some', where: field('shout', 'eq', 'HI') } },
      `EXISTS (SELECT 1 FROM (SELECT t.* FROM (SELECT * FROM shop.notes WHERE NOT deleted -- the living ones\n) AS t ` +
        `WHERE t."org" = 'a' AND (upper(t.body)) = 'HI') AS related WHERE related."deal_id" = t."id")`,
    ],
    [
      { relation: { name: 'region', quantifier: 'none', where: null } },
      `NOT EXISTS (SELECT 1 FROM (SELECT t.* FROM "shop"."regions" AS t) AS related WHERE related."code" = t."region")`,
    ],
    [{ relation: { name: 'notes', quantifier: 'every', where: null } }, 'TRUE'],
    [
      { relation: { name: 'contacts', quantifier: 'every', where: field('name', 'eq', 'x') } },
      `NOT EXISTS (SELECT 1 FROM "shop"."links" AS l JOIN (SELECT t.* FROM "shop"."contacts" AS t ` +
        `WHERE t."org" = 'a' AND (t."name" = 'x') IS NOT TRUE) AS related ON related."id" = l."right_id" ` +
        `WHERE l."left_id" = t."id" AND l."org" = 'a' AND (l.kind = 'deal-contact'))`,
    ],
  ])('%j', async (input, sql) => {
    expect(compile(input)).toBe(sql)
    await expect(matchingIds(client, input)).resolves.toEqual(expect.any(Array))
  })

  test('a column that went away after the filter was resolved is named', () => {
    const filter = resolve(field('name', 'eq', 'x'))
    const { name: _, ...columns } = shop.deals!.columns
    const dataset = { ...shop.deals!, columns }
    expect(() => compileFilter(filter, { dataset, findDataset: () => undefined, tenant: 'a' })).toThrow(
      "The filter names the column 'name', which the dataset no longer has",
    )
  })

  test('a filter as large as allowed is planned and run', async () => {
    const leaf = (index: number) => field('name', 'matchesWords', `word${index} other`)
    const wide = { or: Array.from({ length: 160 }, (_, index) => leaf(index)) }
    expect(await matchingIds(client, wide)).toEqual([])
    const long = field('name', 'matchesWords', 'äb*'.repeat(3333))
    expect(await matchingIds(client, long)).toEqual([])
    const list = field(
      'name',
      'in',
      Array.from({ length: 10_000 }, (_, index) => `value ${index}`),
    )
    expect(await matchingIds(client, list)).toEqual([])
    const node = { relation: { name: 'contacts', quantifier: 'some', where: null as unknown } }
    const deep = structuredClone(node)
    let last = deep
    for (let depth = 2; depth <= 12; depth++) {
      const next = structuredClone(node)
      next.relation.name = depth % 2 === 0 ? 'deals' : 'contacts'
      last.relation.where = next
      last = next
    }
    expect(await matchingIds(client, deep)).toEqual([])
  })
})

test('what the bounds let through, Postgres can read', async () => {
  const digits = '9'.repeat(999)
  for (const input of [
    field('amount', 'gt', `${digits}.9`),
    field('amount', 'lt', `-0.${digits}`),
    field('closed', 'between', { from: '0001-01-01', to: '9999-12-31' }),
    field('updated', 'between', { from: '0001-01-01', to: '9999-12-31' }),
    field('updated', 'gt', { now: { minus: { years: 1e9 } } }),
    field('met', 'in', ['0001-01-01T00:00', '9999-12-31T23:59:59.999999']),
    field('lasts', 'lt', 'P999999Y9999999M9999999W99999999DT999999999H999999999M999999999.999999S'),
    field('lasts', 'gt', 'PT0.000001S'),
    field('opens', 'lte', '23:59:59.999999'),
    field('visits', 'in', ['-9223372036854775808']),
    field('score', 'in', [5e-324, -1.7976931348623157e308]),
    field('token', 'notIn', ['ffffffff-ffff-ffff-ffff-ffffffffffff']),
  ]) {
    expect(await matchingIds(client, input), JSON.stringify(input)).toEqual([])
  }
})

describe('relations', () => {
  // Every id exists in both organizations, and `b` links its own rows as `a` does not.
  beforeAll(() =>
    client.query(`
      TRUNCATE shop.deals, shop.notes, shop.contacts, shop.links;
      INSERT INTO shop.deals (org, id, name) SELECT org, id, 'deal ' || id FROM unnest('{a,b}'::text[]) AS org, generate_series(1, 4) AS id;
      INSERT INTO shop.contacts SELECT org, id, 'contact ' || id FROM unnest('{a,b}'::text[]) AS org, generate_series(1, 2) AS id;
      INSERT INTO shop.links VALUES
        ('a', 'deal-contact', 1, 1), ('a', 'deal-contact', 2, 1), ('a', 'other', 4, 1),
        ('b', 'deal-contact', 3, 1), ('b', 'deal-contact', 4, 2);
      INSERT INTO shop.notes (org, id, deal_id, body, deleted) VALUES
        ('a', 1, 2, 'urgent', false), ('a', 2, 3, 'urgent', true), ('b', 3, 1, 'urgent', false), ('b', 4, 4, 'urgent', false)`),
  )

  const related = (name: string, quantifier: string, where: unknown) => ({
    relation: { name, quantifier, where },
  })
  const urgent = related('notes', 'some', field('shout', 'eq', 'URGENT'))

  test('lead to rows of the same organization only', async () => {
    expect(await matchingIds(client, urgent)).toEqual([2])
    expect(await matchingIds(client, related('contacts', 'some', null))).toEqual([1, 2])
    expect(await matchingIds(client, related('contacts', 'none', null))).toEqual([3, 4])
    expect(await matchingIds(client, related('contacts', 'every', field('name', 'eq', 'contact 2')))).toEqual(
      [3, 4],
    )
  })

  test('lead back to the same dataset, and three levels on, each with its own row as t', async () => {
    const sharing = (where: unknown) => related('contacts', 'some', related('deals', 'some', where))
    expect(await matchingIds(client, sharing(urgent))).toEqual([1, 2])
    expect(await matchingIds(client, sharing(field('title', 'eq', 'deal 2!')))).toEqual([1, 2])
    expect(await matchingIds(client, { and: [sharing(urgent), { not: urgent }] })).toEqual([1])
    const backAgain = related(
      'notes',
      'some',
      related('deal', 'some', related('contacts', 'some', field('name', 'eq', 'contact 1'))),
    )
    expect(await matchingIds(client, sharing(backAgain))).toEqual([1, 2])
    expect(await matchingIds(client, sharing({ not: backAgain }))).toEqual([1, 2])
    expect(await matchingIds(client, backAgain)).toEqual([2])
  })
})

describe('values', () => {
  const hostile = [
    "'",
    "''",
    '\\',
    "\\'",
    "\\\\' OR 1=1 --",
    "' OR ''='",
    "'; DROP TABLE shop.deals; --",
    '$$',
    '$tag$ $tag$',
    '/* */ -- ',
    '"',
    '{"a","b"}',
    '{}',
    'NULL',
    'null',
    '',
    ' ',
    '%',
    '_',
    'a%b_c',
    '\u00a0\u2028\ufeff',
    '💥\u200d👩',
    'E\\u0041',
    '\\x41\\101\\n',
    '\n\r\t\b\u0001\u007f',
    ':id $1 ?',
    '(?i)a***=b',
    '[[:<:]]',
    'ﬁ ǅ İ',
  ]

  test.each(['on', 'off'])(
    'nothing in a value is read as SQL (standard_conforming_strings = %s)',
    async (setting) => {
      await client.query('TRUNCATE shop.deals')
      await client.query(
        `INSERT INTO shop.deals (org, id, name, tags)
       SELECT 'a', n, value, ARRAY[value] FROM unnest($1::text[]) WITH ORDINALITY AS v(value, n)`,
        [hostile],
      )
      await client.query(`SET standard_conforming_strings = ${setting}`)
      await client.query('SET escape_string_warning = off')
      try {
        for (const [index, value] of hostile.entries()) {
          const id = index + 1
          const others = hostile.map((_, other) => other + 1).filter((other) => other !== id)
          expect(await matchingIds(client, field('name', 'eq', value)), value).toEqual([id])
          expect(await matchingIds(client, field('name', 'ne', value)), value).toEqual(others)
          expect(await matchingIds(client, field('name', 'in', [value])), value).toEqual([id])
          expect(await matchingIds(client, field('tags', 'hasAny', [value])), value).toEqual([id])
          const folded = lower(value)
          const within = (text: string) => lower(text).includes(folded)
          const expected = hostile.flatMap((text, other) => (within(text) ? [other + 1] : []))
          expect(await matchingIds(client, field('name', 'contains', value)), value).toEqual(expected)
          if (value.trim() === '') continue
          const phrase = await matchingIds(client, field('name', 'matchesPhrase', value))
          if (!/\s/.test(value)) expect(phrase, value).toContain(id)
          await matchingIds(client, field('name', 'matchesWords', value))
          await matchingIds(client, { search: value })
        }
        const { rows } = await client.query('SELECT count(*)::int AS count FROM shop.deals')
        expect(rows[0].count).toBe(hostile.length)
      } finally {
        await client.query('RESET standard_conforming_strings')
      }
    },
  )

  test('0.1 finds the real 0.1, and a list of smallint takes a list of integers', async () => {
    await client.query('TRUNCATE shop.deals')
    await client.query(
      `INSERT INTO shop.deals (org, id, score, grades) VALUES ('a', 1, 0.1, '{1,2}'), ('a', 2, 0.2, '{3}')`,
    )
    expect(await matchingIds(client, field('score', 'eq', 0.1))).toEqual([1])
    expect(await matchingIds(client, field('score', 'in', ['0.10']))).toEqual([1])
    expect(await matchingIds(client, field('grades', 'hasAny', [2, 7]))).toEqual([1])
  })

  test('a whole day among moments begins and ends in the zone asked for', async () => {
    await client.query('TRUNCATE shop.deals')
    await client.query(`INSERT INTO shop.deals (org, id, updated, met) VALUES
      ('a', 1, '2026-03-28 22:59:59.999999Z', '2026-03-28 23:59:59.999999'),
      ('a', 2, '2026-03-28 23:00:00Z', '2026-03-29 00:00'),
      ('a', 3, '2026-03-29 21:59:59.999999Z', '2026-03-29 23:59:59.999999'),
      ('a', 4, '2026-03-29 22:00:00Z', '2026-03-30 00:00'), ('a', 5, NULL, NULL)`)
    const ids = (operator: string, value: unknown) => {
      return Promise.all(
        ['updated', 'met'].map((column) =>
          matchingIds(client, field(column, operator, value), 'Europe/Berlin'),
        ),
      )
    }
    // The clocks went forward that night: the day has 23 hours.
    const day = '2026-03-29'
    expect(await ids('eq', day)).toEqual([
      [2, 3],
      [2, 3],
    ])
    expect(await ids('ne', day)).toEqual([
      [1, 4, 5],
      [1, 4, 5],
    ])
    expect(await ids('lt', day)).toEqual([[1], [1]])
    expect(await ids('lte', day)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
    expect(await ids('gt', day)).toEqual([[4], [4]])
    expect(await ids('gte', day)).toEqual([
      [2, 3, 4],
      [2, 3, 4],
    ])
    expect(await ids('between', { from: day, to: day })).toEqual([
      [2, 3],
      [2, 3],
    ])
    expect(await ids('gte', { now: { startOf: 'day' } })).toEqual([[4], [4]])
  })
})

/** Letter by letter, as Postgres' builtin C.UTF-8 does; JavaScript makes two characters of some. */
function lower(text: string): string {
  return [...text].map((char) => (char === 'İ' ? 'i' : char.toLowerCase())).join('')
}

import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ColumnType, scalarOf } from '../../../src/core/column-type.ts'
import type { Dataset } from '../../../src/core/dataset.ts'
import type { FilterOperator } from '../../../src/core/filter.ts'
import { operatorsFor } from '../../../src/core/filter-kind.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { field, matchingIds, resolve, shop, shopSchema } from './filter-fixture.ts'
import { matches, type Row } from './filter-reference.ts'

/** Unicode, every character that LIKE, regular expressions, arrays or SQL give a meaning, and letters enough to meet. */
const char = fc.constantFrom(...'aAbBéÉßñΩω日😀1_%\\\'"*.+?()[]{}|^$-,;:/ \n\t')
const shortText = fc.oneof(
  fc.string({ unit: char, maxLength: 6 }),
  fc.constantFrom('a b', 'A-B c', 'NULL', '', 'ab'),
)
const number = fc.integer({ min: -3, max: 3 })
const moment = fc.integer({ min: 0, max: 8 }).map((step) => new Date(Date.UTC(2026, 2, 28, step * 12)))
const uuid = fc.constantFrom('00000000-0000-0000-0000-000000000001', 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee')
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 5 })
const org = fc.constantFrom('a', 'a', 'b')
const id = fc.integer({ min: 1, max: 30 })

const arbitraries: Record<string, fc.Arbitrary<Row>> = {
  deals: fc.record({
    org,
    id,
    name: orNull(shortText),
    stage: orNull(fc.constantFrom('open', 'won', 'lost')),
    amount: orNull(number.map((value) => value / 2)),
    visits: orNull(number),
    score: orNull(number.map((value) => value / 4)),
    active: orNull(fc.boolean()),
    closed: orNull(moment.map((date) => date.toISOString().slice(0, 10))),
    updated: orNull(moment),
    token: orNull(uuid),
    tags: orNull(fc.array(orNull(shortText), { maxLength: 3 })),
    grades: orNull(fc.array(number, { maxLength: 3 })),
    data: orNull(fc.record({ key: shortText })),
    region: orNull(fc.constantFrom('eu', 'us', 'xx')),
  }),
  notes: fc.record({
    org,
    id,
    deal_id: orNull(id),
    body: orNull(fc.constantFrom('a', 'B c')),
    deleted: fc.boolean(),
  }),
  contacts: fc.record({ org, id, name: orNull(shortText) }),
  links: fc.record({ org, kind: fc.constantFrom('deal-contact', 'other'), left_id: id, right_id: id }),
}

const sizes: Record<string, number> = { deals: 60, notes: 40, contacts: 30, links: 120 }
// One seed for the rows: a failing filter is found again on the same ones.
const sample = (table: string) => fc.sample(arbitraries[table]!, { numRuns: sizes[table]!, seed: 7 })
const world: Record<string, Row[]> = {
  deals: uniqueById(sample('deals')),
  notes: sample('notes'),
  contacts: uniqueById(sample('contacts')),
  links: sample('links'),
  regions: [
    { code: 'eu', name: 'Europe' },
    { code: 'us', name: null },
  ],
}

function uniqueById(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [`${row.org} ${row.id}`, row])).values()]
}

function scalarOfType(type: ColumnType): fc.Arbitrary<unknown> {
  switch (scalarOf(type)) {
    case 'integer':
    case 'bigint':
      return number
    case 'decimal':
      return number.map((value) => String(value / 2))
    case 'float':
      return number.map((value) => value / 4)
    case 'boolean':
      return fc.boolean()
    case 'date':
      return moment.map((date) => date.toISOString().slice(0, 10))
    case 'timestamptz':
      return moment.map((date) => date.toISOString())
    case 'uuid':
      return uuid
    case 'enum':
      return fc.constantFrom('open', 'won', 'lost')
    default:
      return shortText
  }
}

function valueFor(operator: FilterOperator, type: ColumnType): fc.Arbitrary<unknown> {
  switch (operator) {
    case 'isNull':
      return fc.boolean()
    case 'between':
      return fc.record({ from: scalarOfType(type), to: scalarOfType(type) })
    case 'in':
    case 'notIn':
    case 'hasAny':
    case 'hasAll':
    case 'hasNone':
      return fc.array(scalarOfType(type), { maxLength: 3 })
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return shortText
    case 'matchesWords':
    case 'matchesPhrase':
    case 'matchesWordStarts':
      return shortText.map((text) => text.trim() || 'b')
    default:
      return scalarOfType(type)
  }
}

/** Columns that the reference does not know. */
const left = ['met', 'opens', 'lasts', 'bytes', 'secret']

function fieldOf(dataset: Dataset): fc.Arbitrary<unknown> {
  const columns = Object.entries(dataset.columns).filter(([name]) => !left.includes(name))
  return fc
    .constantFrom(...columns)
    .chain(([name, { type }]) =>
      fc
        .constantFrom(...operatorsFor(type))
        .chain((operator) => valueFor(operator, type).map((value) => field(name, operator, value))),
    )
}

function filterOf(name: string, depth: number): fc.Arbitrary<unknown> {
  const dataset = shop[name]!
  const leaves = [fieldOf(dataset)]
  if (dataset.searchable) leaves.push(shortText.map((text) => ({ search: text.trim() || 'a' })))
  if (depth === 0) return fc.oneof(...leaves)
  const inner = fc.constant(null).chain(() => filterOf(name, depth - 1))
  const nodes = fc.array(inner, { maxLength: 3 })
  const branches = [nodes.map((and) => ({ and })), nodes.map((or) => ({ or })), inner.map((not) => ({ not }))]
  const relations = Object.entries(dataset.relations ?? {}).map(([relation, target]) =>
    fc.record({
      relation: fc.record({
        name: fc.constant(relation),
        quantifier: fc.constantFrom('some', 'none', 'every'),
        where: fc.option(fc.constant(null).chain(() => filterOf(target.dataset, depth - 1))),
      }),
    }),
  )
  return fc.oneof(...leaves, ...branches, ...(relations.length > 0 ? [fc.oneof(...relations)] : []))
}

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  await client.query(shopSchema)
  for (const [table, rows] of Object.entries(world)) {
    for (const row of rows) {
      const names = Object.keys(row)
      const places = names.map((_, index) => `$${index + 1}`)
      await client.query(`INSERT INTO shop.${table} (${names}) VALUES (${places})`, Object.values(row))
    }
  }
})

afterAll(async () => {
  await client?.end()
  await database?.drop()
})

async function sameRows(input: unknown): Promise<void> {
  const filter = resolve(input)
  const expected = world
    .deals!.filter((row) => row.org === 'a' && matches(filter, 'deals', row, world))
    .map((row) => row.id as number)
  expect(await matchingIds(client, input)).toEqual(expected.sort((a, b) => a - b))
}

test('every condition finds the rows that it means', { timeout: 120_000 }, async () => {
  const one = fc.oneof(
    fieldOf(shop.deals!),
    shortText.map((text) => ({ search: text.trim() || 'a' })),
  )
  await fc.assert(fc.asyncProperty(one, sameRows), { numRuns: 1500 })
})

test('every tree of conditions finds the rows that it means, through relations too', {
  timeout: 120_000,
}, async () => {
  await fc.assert(fc.asyncProperty(filterOf('deals', 3), sameRows), { numRuns: 1000 })
})

test('resolving a resolved filter changes nothing', () => {
  fc.assert(
    fc.property(filterOf('deals', 3), (input) => {
      const filter = resolve(input)
      expect(resolve(filter)).toEqual(filter)
    }),
  )
})

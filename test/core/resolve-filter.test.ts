import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ColumnType, scalarTypes } from '../../src/core/column-type.ts'
import type { Dataset } from '../../src/core/dataset.ts'
import { ValidationError } from '../../src/core/errors.ts'
import { filterOperators } from '../../src/core/filter.ts'
import { operatorsFor } from '../../src/core/filter-kind.ts'
import { resolveFilter } from '../../src/core/resolve-filter.ts'

const columns = Object.fromEntries([
  ...scalarTypes.map((type) => [type, { type, label: type }]),
  ...scalarTypes.map((type) => [`${type}s`, { type: `${type}[]`, label: type }]),
  ['amount', { type: 'decimal', label: 'Amount' }],
  ['account', { type: 'text', label: 'Account' }],
  ['secret', { type: 'text', label: 'Secret', hidden: true }],
  [
    'stage',
    {
      type: 'enum',
      label: 'Stage',
      options: [
        { value: 'won', label: 'Won' },
        { value: 'lost', label: 'Lost' },
      ],
    },
  ],
])
const deals: Dataset = {
  name: 'deals',
  label: 'Deals',
  source: { table: { schema: 'public', name: 'deals' } },
  key: ['integer'],
  tenant: { column: 'org' },
  columns,
  relations: {
    notes: { kind: 'many', dataset: 'notes', label: 'Notes', on: [['id', 'deal_id']] },
    hidden: { kind: 'many', dataset: 'elsewhere', label: 'Hidden', on: [['id', 'deal_id']] },
  },
  searchable: ['text'],
}
const notes: Dataset = {
  name: 'notes',
  label: 'Notes',
  source: { table: { schema: 'public', name: 'notes' } },
  key: ['id'],
  tenant: { column: 'org' },
  columns: { id: { type: 'integer', label: 'Id' }, body: { type: 'text', label: 'Body' } },
  relations: { deal: { kind: 'one', dataset: 'deals', label: 'Deal', on: [['deal_id', 'id']] } },
}

function resolve(input: unknown, timeZone = 'Europe/Berlin') {
  const findDataset = (name: string) => ({ deals, notes })[name]
  return resolveFilter(input, {
    dataset: deals,
    findDataset,
    now: new Date('2026-03-30T12:00:00Z'),
    timeZone,
  })
}

/** `path: message` of every issue. */
function issuesOf(input: unknown): string[] {
  try {
    resolve(input)
  } catch (error) {
    if (error instanceof ValidationError)
      return error.issues.map(({ path, message }) => `${path}: ${message}`)
    throw error
  }
  return []
}

const field = (column: string, operator: string, value?: unknown) => ({ field: { column, operator, value } })
const canonical = (type: string, value: unknown) => {
  const filter = resolve(field(type, 'eq', value))
  return filter && 'field' in filter ? filter.field.value : filter
}

describe('a value becomes canonical', () => {
  test.each([
    ['integer', '007', 7],
    ['integer', -0, 0],
    ['integer', '5.0', 5],
    ['integer', -2147483648, -2147483648],
    ['bigint', 12, '12'],
    ['bigint', '9223372036854775807', '9223372036854775807'],
    ['decimal', 1.5, '1.5'],
    ['decimal', ' +0012.3400 ', '12.34'],
    ['decimal', '-0.00', '0'],
    ['decimal', '1e3', '1000'],
    ['decimal', '12.5E-3', '0.0125'],
    ['decimal', '.5', '0.5'],
    ['decimal', `0.${'1'.repeat(200)}`, `0.${'1'.repeat(200)}`],
    ['float', '0.10', 0.1],
    ['float', 1e300, 1e300],
    ['boolean', 'true', true],
    ['boolean', false, false],
    ['date', '2024-02-29', '2024-02-29'],
    ['date', { now: { minus: { days: 30 } } }, '2026-02-28'],
    ['time', '09:30', '09:30:00'],
    ['time', '23:59:59.120', '23:59:59.12'],
    ['timestamp', '2026-03-10 12:00', '2026-03-10T12:00:00'],
    ['timestamp', '2026-03-10T12:00:00Z', '2026-03-10T13:00:00'],
    ['timestamp', { now: {} }, '2026-03-30T14:00:00'],
    ['timestamptz', '2026-03-10T12:00:00+01:00', '2026-03-10T11:00:00Z'],
    ['timestamptz', '2026-03-10T12:00:00-0330', '2026-03-10T15:30:00Z'],
    ['timestamptz', '2026-03-10T12:00', '2026-03-10T11:00:00Z'],
    ['timestamptz', '2026-03-10t12:00:00.123456z', '2026-03-10T12:00:00.123456Z'],
    ['timestamptz', '2026-03-10T12:00:00.500Z', '2026-03-10T12:00:00.5Z'],
    ['timestamptz', { now: { startOf: 'day' } }, '2026-03-29T22:00:00Z'],
    ['interval', 'P1Y2M3DT4H5M6.5S', 'P1Y2M3DT4H5M6.5S'],
    ['uuid', 'AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE', 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'],
    ['text', '  as it is ', '  as it is '],
    ['enum', 'whatever, without options', 'whatever, without options'],
  ])('%s %j', (type, input, expected) => {
    expect(canonical(type, input)).toEqual(expected)
  })

  test('a bigint of JavaScript, as GraphQL hands it over, is a number', () => {
    expect(canonical('bigint', 12n)).toBe('12')
  })

  test('lists are sorted and hold nothing twice; and/or keep their order', () => {
    expect(resolve(field('integer', 'in', [10, '9', 9, 2]))).toEqual(field('integer', 'in', [2, 9, 10]))
    expect(resolve(field('texts', 'hasAll', ['b', 'a', 'b']))).toEqual(field('texts', 'hasAll', ['a', 'b']))
    const both = { and: [field('text', 'eq', 'b'), field('text', 'eq', 'a')] }
    expect(resolve(both)).toEqual(both)
  })

  test('a whole day among moments becomes its first and last microsecond in the zone', () => {
    const day = { from: '2026-03-28T23:00:00Z', to: '2026-03-29T21:59:59.999999Z' }
    expect(resolve(field('timestamptz', 'eq', '2026-03-29'))).toEqual(field('timestamptz', 'between', day))
    expect(resolve(field('timestamptz', 'ne', '2026-03-29'))).toEqual({
      not: field('timestamptz', 'between', day),
    })
    expect(resolve(field('timestamptz', 'gt', '2026-03-29'))).toEqual(field('timestamptz', 'gt', day.to))
    expect(resolve(field('timestamptz', 'lt', '2026-03-29'))).toEqual(field('timestamptz', 'lt', day.from))
    expect(resolve(field('timestamp', 'lte', '9999-12-31'))).toEqual(
      field('timestamp', 'lte', '9999-12-31T23:59:59.999999'),
    )
  })

  test('words stand one blank apart, a quantifier left out is some, keys set to undefined are not there', () => {
    expect(resolve({ search: ' a \n b ' })).toEqual({ search: 'a b' })
    expect(resolve(field('text', 'matchesWords', '\tx  y'))).toEqual(field('text', 'matchesWords', 'x y'))
    expect(resolve({ relation: { name: 'notes' } })).toEqual({
      relation: { name: 'notes', quantifier: 'some', where: null },
    })
    expect(resolve({ search: 'a', and: undefined })).toEqual({ search: 'a' })
  })

  test('no filter is none', () => {
    expect(resolve(null)).toBeNull()
    expect(resolve(undefined)).toBeNull()
  })
})

describe('what is wrong is named with its path', () => {
  const number = 'filter.field.value: must be a number'
  const wrong: [unknown, unknown[]][] = [
    [5, ['filter: must be an object with one of the keys and, or, not, field, relation, search']],
    [[], ['filter: must be an object with one of the keys and, or, not, field, relation, search']],
    [{}, ['filter: must have exactly one key, but has none']],
    [{ and: [], or: [] }, ['filter: must have exactly one key, but has and, or']],
    [{ nor: [] }, ["filter: Unknown key 'nor'. Did you mean 'not' or 'or'?"]],
    [{ and: {} }, ['filter.and: must be a list of filters']],
    [
      { not: null },
      ['filter.not: must be an object with one of the keys and, or, not, field, relation, search'],
    ],
    [{ field: 'x' }, ['filter.field: must be an object with column, operator and value']],
    [
      { field: { column: 'text', op: 'eq' } },
      ["filter.field: Unknown key 'op'. Known are: column, kind, operator, value"],
    ],
    [
      { field: { column: 'integer', kind: 'text', operator: 'contains', value: 'x' } },
      [
        "filter.field.kind: 'integer' is of the kind 'number' (integer). It takes: eq, ne, in, notIn, lt, lte, gt, gte, between, isNull",
      ],
    ],
    [{ field: { column: 1, operator: 'eq', value: 1 } }, ["filter.field.column: must be a column's name"]],
    [
      field('ammount', 'eq', 1),
      ["filter.field.column: Unknown column 'ammount'. Did you mean 'amount' or 'account'?"],
    ],
    [field('secrets', 'eq', 1), ["filter.field.column: Unknown column 'secrets'"]],
    [field('constructor', 'eq', 1), ["filter.field.column: Unknown column 'constructor'"]],
    [field('__proto__', 'eq', 1), ["filter.field.column: Unknown column '__proto__'"]],
    [
      field('x\u0000\u001b[31m'.repeat(20), 'eq', 1),
      [expect.stringMatching(/^filter\.field\.column: Unknown column '[^\p{Cc}]{60}…'$/u)],
    ],
    [field('text', 'equals', 'x'), ["filter.field.operator: Unknown operator 'equals'"]],
    [
      field('boolean', 'gt', true),
      [
        "filter.field.operator: 'gt' does not apply to 'boolean' (boolean). It takes: eq, ne, in, notIn, isNull",
      ],
    ],
    [
      field('text', 'eq', null),
      ['filter.field.value: is missing; rows without a value are asked for with isNull'],
    ],
    [field('text', 'eq', 5), ['filter.field.value: must be text']],
    [field('text', 'eq', { or: [] }), ['filter.field.value: must be text']],
    [field('text', 'eq', 'a\0b'), ['filter.field.value: cannot hold a NUL character']],
    [
      field('text', 'contains', '\ud83d'),
      ['filter.field.value: is not valid Unicode: it holds half of a surrogate pair'],
    ],
    [field('text', 'eq', 'x'.repeat(10_001)), ['filter.field.value: is longer than 10000 characters']],
    [field('text', 'matchesWords', ' '), ['filter.field.value: must have at least one word']],
    [field('integer', 'eq', 'x'), [number]],
    [field('integer', 'eq', ''), [number]],
    [field('integer', 'eq', true), [number]],
    [field('decimal', 'eq', '1,5'), [number]],
    [field('decimal', 'eq', 'NaN'), [number]],
    [field('decimal', 'eq', '0x10'), [number]],
    [field('decimal', 'eq', '1e9999'), [number]],
    [field('integer', 'eq', 1.5), ['filter.field.value: must be a whole number']],
    [field('integer', 'eq', 2147483648), ['filter.field.value: must be from -2147483648 to 2147483647']],
    [
      field('bigint', 'eq', '9223372036854775808'),
      ['filter.field.value: must be from -9223372036854775808 to 9223372036854775807'],
    ],
    [
      field('bigint', 'eq', 2 ** 53),
      ['filter.field.value: is too large for a JSON number to be exact; send it as a string'],
    ],
    [field('float', 'eq', '1e400'), ['filter.field.value: is too large']],
    [field('boolean', 'eq', 1), ['filter.field.value: must be true or false']],
    [field('text', 'isNull', 'yes'), ['filter.field.value: must be true or false']],
    [field('date', 'eq', '2026-02-29'), ['filter.field.value: must be a date such as 2026-01-31']],
    [field('date', 'eq', '2026-02-01T00:00:00Z'), ['filter.field.value: must be a date such as 2026-01-31']],
    [
      field('date', 'eq', { now: { minus: { days: 'x' } } }),
      ['filter.field.value.now.minus.days: must be a whole number from 0 to 1000000000'],
    ],
    [
      field('timestamptz', 'eq', '2026-13-01T00:00:00Z'),
      ['filter.field.value: must be a date such as 2026-01-31, or a moment such as 2026-01-31T09:30:00Z'],
    ],
    [
      field('timestamptz', 'in', ['2026-01-31']),
      ['filter.field.value.0: must have a time of day; whole days are asked for with between'],
    ],
    [field('time', 'eq', '24:00'), ['filter.field.value: must be a time such as 09:30:00']],
    [field('interval', 'eq', 'P'), ['filter.field.value: must be an ISO 8601 duration such as P1DT12H']],
    [field('uuid', 'eq', 'x'), ['filter.field.value: must be a UUID']],
    [field('stage', 'eq', 'wom'), ["filter.field.value: Unknown value 'wom'. Did you mean 'won'?"]],
    [field('integer', 'in', 5), ['filter.field.value: must be a list']],
    [
      field('integer', 'in', [1, 'x', null]),
      ['filter.field.value.1: must be a number', 'filter.field.value.2: must be a number'],
    ],
    [field('integer', 'in', Array(10_001).fill(1)), ['filter.field.value: has more than 10000 values']],
    [field('integer', 'between', [1, 2]), ['filter.field.value: must be an object with from and to']],
    [field('integer', 'between', { from: 1 }), ['filter.field.value.to: must be a number']],
    [
      field('integer', 'between', { from: 1, to: 2, by: 1 }),
      ["filter.field.value: Unknown key 'by'. Known are: from, to"],
    ],
    [
      { relation: { name: 'note' } },
      ["filter.relation.name: Unknown relation 'note'. Did you mean 'notes'?"],
    ],
    [{ relation: { name: 'hidden' } }, ["filter.relation.name: Relation 'hidden' is not available"]],
    [
      { relation: { name: 'notes', quantifier: 'all' } },
      ['filter.relation.quantifier: must be one of: some, none, every'],
    ],
    [
      { relation: { name: 'notes', where: field('bodi', 'eq', 'x') } },
      ["filter.relation.where.field.column: Unknown column 'bodi'. Did you mean 'body'?"],
    ],
    [
      { relation: { name: 'notes', where: { search: 'x' } } },
      ['filter.relation.where.search: notes cannot be searched'],
    ],
    [{ search: '' }, ['filter.search: must have at least one word']],
    [
      { and: [field('text', 'eq', 'x'), { or: [field('nope', 'eq', 1), field('integer', 'eq', 'x')] }] },
      [
        "filter.and.1.or.0.field.column: Unknown column 'nope'",
        'filter.and.1.or.1.field.value: must be a number',
      ],
    ],
  ]
  const cases = wrong.map(([input, expected]) => ({
    name: JSON.stringify(input).slice(0, 80),
    input,
    expected,
  }))
  test.each(cases)('$name', ({ input, expected }) => {
    expect(issuesOf(input)).toEqual(expected)
  })
})

describe('bounds', () => {
  test('twelve levels are deep enough, thirteen are too deep, and a hundred thousand do no harm', () => {
    const nested = (levels: number, leaf: unknown = field('text', 'eq', 'x')) => {
      let filter = leaf
      for (let level = 1; level < levels; level++) filter = { not: filter }
      return filter
    }
    expect(issuesOf(nested(12))).toEqual([])
    const excludedDay = field('timestamptz', 'ne', '2026-03-29')
    expect(issuesOf(nested(11, excludedDay))).toEqual([])
    expect(resolve(resolve(nested(11, excludedDay)))).toEqual(resolve(nested(11, excludedDay)))
    expect(issuesOf(nested(12, excludedDay))).toEqual([
      `filter${'.not'.repeat(11)}: is more than 12 levels deep`,
    ])
    expect(issuesOf(nested(13))).toEqual([`filter${'.not'.repeat(12)}: is more than 12 levels deep`])
    expect(issuesOf(nested(100_000))).toHaveLength(1)
    expect(issuesOf(JSON.parse(`${'{"and":['.repeat(5000)}${']}'.repeat(5000)}`))).toHaveLength(1)
  })

  test('five hundred nodes and words are enough', () => {
    const many = (count: number) => ({ and: Array(count).fill(field('text', 'eq', 'x')) })
    expect(issuesOf(many(499))).toEqual([])
    expect(issuesOf(many(500))).toEqual(['filter: has more than 500 nodes and words'])
    expect(issuesOf(many(1_000_000))).toEqual(['filter: has more than 500 nodes and words'])
    expect(issuesOf({ search: 'x '.repeat(499) })).toEqual([])
    expect(issuesOf({ search: 'x '.repeat(500) })).toEqual(['filter: has more than 500 nodes and words'])
  })

  test('a million characters are enough, and not more than a hundred issues are told', () => {
    const texts = (count: number) =>
      field(
        'text',
        'in',
        Array.from({ length: count }, (_, index) => `${index}`.padStart(200)),
      )
    expect(issuesOf(texts(5000))).toEqual([])
    expect(issuesOf(texts(5001))).toEqual(['filter: has more than 1000000 characters'])
    expect(issuesOf(field('decimal', 'in', Array(1001).fill('1e999')))).toEqual([
      'filter: has more than 1000000 characters',
    ])
    expect(issuesOf(field('integer', 'in', Array(10_000).fill('x')))).toHaveLength(100)
  })
})

describe('whatever comes in', () => {
  const name = fc.oneof(fc.constantFrom(...Object.keys(columns), 'toString', '__proto__'), fc.string())
  const leaf = fc.record({
    column: name,
    operator: fc.constantFrom(...filterOperators),
    value: fc.jsonValue(),
  })
  const almost = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      leaf.map((inner) => ({ field: inner })),
      fc.array(tie('node')).map((and) => ({ and })),
      fc.record({ not: tie('node') }),
      fc.record({ relation: fc.record({ name: fc.constantFrom('notes', 'deal', 'x'), where: tie('node') }) }),
      fc.jsonValue(),
    ),
  })).node

  test('comes out resolved or as a ValidationError, and twice resolved is once resolved', () => {
    fc.assert(
      fc.property(fc.oneof(almost, fc.jsonValue()), (input) => {
        let filter: unknown
        try {
          filter = resolve(input)
        } catch (error) {
          expect(error).toBeInstanceOf(ValidationError)
          return
        }
        expect(resolve(filter)).toEqual(filter)
      }),
      { numRuns: 5000 },
    )
  })
})

test('a kind that is right is taken and not kept', () => {
  const condition = { column: 'integer', operator: 'eq', value: 7 }
  expect(resolve({ field: { ...condition, kind: 'number' } })).toEqual({ field: condition })
})

test('every type has operators, each known and named once', () => {
  for (const scalar of scalarTypes) {
    for (const type of [scalar, `${scalar}[]`] as ColumnType[]) {
      const operators = operatorsFor(type)
      expect(operators).toContain('isNull')
      expect(new Set(operators).size).toBe(operators.length)
      expect(filterOperators).toEqual(expect.arrayContaining([...operators]))
    }
  }
})

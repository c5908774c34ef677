import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../src/core/dataset.ts'
import { ValidationError } from '../../src/core/errors.ts'
import { type DatasetDefinition, defineDataset } from '../../src/datasets/define-dataset.ts'

const columns = {
  id: { type: 'integer', label: 'ID' },
  name: { type: 'text', label: { en: 'Name', de: 'Name' } },
  tags: { type: 'text[]', label: 'Tags' },
} as const

const orders = {
  name: 'orders',
  label: 'Orders',
  source: { table: { schema: 'public', name: 'orders' } },
  key: ['id'],
  tenant: { column: 'organization_id' },
  columns,
} as const satisfies DatasetDefinition<typeof columns>

/** What is wrong with the orders when they are declared with these changes, which no compiler checked. */
function issuesWith(changes: Readonly<Record<string, unknown>>): string[] {
  try {
    defineDataset({ ...orders, ...changes } as unknown as Dataset)
    return []
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    return error.issues.map(({ path, message }) => `${path}: ${message}`)
  }
}

describe('defineDataset', () => {
  it('gives a declaration back, whole', () => {
    const dataset = defineDataset({ ...orders, searchable: ['name'], defaultColumns: ['name', 'id'] })
    expect(dataset.defaultColumns).toEqual(['name', 'id'])
    expect(Object.keys(dataset.columns)).toEqual(['id', 'name', 'tags'])
    expect(dataset.source).toEqual({ table: { schema: 'public', name: 'orders' } })
  })

  it('freezes everything, and leaves the caller’s object alone', () => {
    const dataset = defineDataset(orders)
    expect(() => Object.assign(dataset.columns.id!, { type: 'text' })).toThrow(TypeError)
    expect(() => Object.assign(dataset, { name: 'other' })).toThrow(TypeError)
    expect(Object.isFrozen(orders)).toBe(false)
  })

  it('finds no column under a name that every object has', () => {
    const dataset = defineDataset(orders)
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(dataset.columns[name]).toBeUndefined()
    }
  })

  it('takes a dataset without a key', () => {
    const { key: _, ...keyless } = orders
    expect(defineDataset(keyless).key).toBeUndefined()
  })

  it('names every wrong thing at once', () => {
    expect(
      issuesWith({
        name: 'my orders',
        label: '',
        key: ['id', 'nope'],
        defaultColumns: ['name', 'name', 'constructor'],
        defaultSort: [{ column: 'x', direction: 'asc', nulls: 'last' }],
        searchable: ['id', 'tags', 'y'],
      }),
    ).toEqual([
      "my orders.name: 'my orders' is not a word: a letter, then letters, digits and _",
      'my orders.label: an English label is missing',
      "my orders.key.1: no column 'nope'",
      "my orders.defaultColumns.1: 'name' is named twice",
      "my orders.defaultColumns.2: no column 'constructor'",
      "my orders.defaultSort.0: no column 'x'",
      "my orders.searchable.2: no column 'y'",
      "my orders.searchable.0: 'id' is integer, not text",
      "my orders.searchable.1: 'tags' is text[], not text",
    ])
  })

  it.each([
    [{ key: [] }, 'orders.key: leave it out, or name a column'],
    [{ defaultColumns: [] }, 'orders.defaultColumns: leave it out, or name a column'],
    [
      { source: { query: 'SELECT 1; ' } },
      'orders.source.query: a trailing semicolon: the query becomes a subquery',
    ],
    [{ tenant: { column: '' } }, 'orders.tenant.column: a name is missing'],
    [
      { columns: { ...columns, '1st': { type: 'text', label: 'First' } } },
      "orders.columns.1st: '1st' is not a word: a letter, then letters, digits and _",
    ],
    [
      { columns: { ...columns, _x: { type: 'text', label: 'X' } } },
      "orders.columns._x: '_x' is not a word: a letter, then letters, digits and _",
    ],
    [
      { columns: { ...columns, x: { type: 'varchar', label: 'X' } } },
      "orders.columns.x.type: unknown type 'varchar'",
    ],
    [
      {
        columns: {
          ...columns,
          x: {
            type: 'enum',
            label: 'X',
            options: [
              { value: 'a', label: 'A' },
              { value: 'a', label: 'B' },
            ],
          },
        },
      },
      "orders.columns.x.options.1.value: 'a' is offered twice",
    ],
    [
      { columns: { ...columns, x: { type: 'text', label: 'X', column: 'y', expr: 't.y' } } },
      'orders.columns.x: has column and expr: a value comes from one of them',
    ],
    [
      { columns: { ...columns, x: { type: 'text', label: 'X', column: '' } } },
      'orders.columns.x.column: a name is missing',
    ],
    [
      { columns: { ...columns, x: { type: 'text', label: 'X', compute: { from: ['nam'], value: String } } } },
      "orders.columns.x.compute.from.0: no column 'nam'",
    ],
    [
      { columns: { ...columns, x: { type: 'text', label: 'X', compute: { from: ['id'], value: 't.id' } } } },
      'orders.columns.x.compute.value: must be a function',
    ],
    [
      {
        columns: {
          ...columns,
          mail: { type: 'text', label: 'Mail', pii: true },
          x: { type: 'text', label: 'X', compute: { from: ['mail'], value: String } },
        },
      },
      "orders.columns.x.pii: 'mail' is personal data: say pii: true, or pii: false if none of it shows",
    ],
    [
      {
        columns: { ...columns, x: { type: 'text', label: 'X', compute: { from: ['id'], value: String } } },
        searchable: ['x'],
      },
      "orders.searchable.0: 'x' is computed",
    ],
    [
      { columns: { ...columns, x: { type: 'text', label: 'X', format: { decimals: 2 } } } },
      'orders.columns.x.format.decimals: is for numbers, and this is text',
    ],
    [
      { columns: { ...columns, x: { type: 'decimal', label: 'X', format: { decimals: 2.5 } } } },
      'orders.columns.x.format.decimals: must be a whole number from 0 to 20',
    ],
    [
      { columns: { ...columns, x: { type: 'date', label: 'X', format: { pattern: 'DD.MM. HH' } } } },
      'orders.columns.x.format.pattern: a day has no HH',
    ],
    [
      { columns: { ...columns, x: { type: 'decimal', label: 'X', format: { excel: '' } } } },
      'orders.columns.x.format.excel: must have 1 to 200 characters, none of them control characters',
    ],
    [
      { dynamicColumns: [{ prefix: 'na', label: 'N', catalog: 'SELECT $1', expr: 't.x ->> :id' }] },
      "orders.columns.name: starts with the dynamic prefix 'na'",
    ],
    [
      { dynamicColumns: [{ prefix: 'p_', label: 'P', catalog: 'SELECT 1', expr: 't.x ->> :id' }] },
      'orders.dynamicColumns.0.catalog: does not ask for the organization ($1)',
    ],
    [
      { dynamicColumns: [{ prefix: 'p_', label: 'P', catalog: 'SELECT $1', expr: 't.x' }] },
      'orders.dynamicColumns.0.expr: does not use :id',
    ],
    [
      { relations: { lines: { kind: 'many', dataset: '', label: 'Lines', on: [['id', 'order_id']] } } },
      'orders.relations.lines.dataset: the related dataset is not named',
    ],
    [
      { relations: { lines: { kind: 'many', dataset: 'lines', label: 'Lines', on: [] } } },
      'orders.relations.lines.on: at least one pair of columns is needed',
    ],
  ])('refuses %j', (changes, message) => {
    expect(issuesWith(changes)).toEqual([message])
  })

  it('lets the compiler find a column that does not exist', () => {
    const wrong = () => [
      // @ts-expect-error no such column
      defineDataset({ ...orders, key: ['idd'] }),
      // @ts-expect-error no such column
      defineDataset({ ...orders, defaultColumns: ['nam'] }),
      // @ts-expect-error not a text
      defineDataset({ ...orders, searchable: ['id'] }),
    ]
    expect(wrong).toThrow(ValidationError)
  })
})

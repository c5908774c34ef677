import { describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/core/dataset.ts'
import { ValidationError } from '../../src/core/errors.ts'
import { resolveSort } from '../../src/core/resolve-sort.ts'

const deals: Dataset = {
  name: 'deals',
  label: 'Deals',
  source: { table: { schema: 'public', name: 'deals' } },
  key: ['id'],
  tenant: { column: 'org' },
  columns: {
    id: { type: 'integer', label: 'Id' },
    name: { type: 'text', label: 'Name' },
    tags: { type: 'text[]', label: 'Tags' },
    data: { type: 'json', label: 'Data' },
    ...Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`c${index}`, { type: 'text', label: 'C' } as const]),
    ),
  },
}

function issuesOf(input: unknown): string[] {
  try {
    resolveSort(input, deals)
  } catch (error) {
    if (error instanceof ValidationError)
      return error.issues.map(({ path, message }) => `${path}: ${message}`)
    throw error
  }
  return []
}

describe('a sort', () => {
  test('ascends by default, with NULL as the largest value, as in Postgres', () => {
    expect(resolveSort([{ column: 'name' }, { column: 'id', direction: 'desc' }], deals)).toEqual([
      { column: 'name', direction: 'asc', nulls: 'last' },
      { column: 'id', direction: 'desc', nulls: 'first' },
    ])
    const asked = [{ column: 'name', direction: 'desc', nulls: 'last' }]
    expect(resolveSort(asked, deals)).toEqual(asked)
  })

  test('that was not asked for is empty', () => {
    expect([resolveSort(null, deals), resolveSort(undefined, deals), resolveSort([], deals)]).toEqual([
      [],
      [],
      [],
    ])
  })

  test.each<[unknown, string[]]>([
    ['name', ['sort: must be a list of {column, direction, nulls}']],
    [['name'], ['sort.0: must be an object with column, direction and nulls']],
    [[{ column: 'nam' }], ["sort.0.column: Unknown column 'nam'. Did you mean 'name'?"]],
    [[{ column: 'toString' }], ["sort.0.column: Unknown column 'toString'"]],
    [[{ column: 7 }], ["sort.0.column: must be a column's name"]],
    [
      [{ column: 'name', order: 'asc' }],
      ["sort.0: Unknown key 'order'. Known are: column, direction, nulls"],
    ],
    [
      [{ column: 'name', direction: 'up', nulls: 'never' }],
      ['sort.0.direction: must be asc or desc', 'sort.0.nulls: must be first or last'],
    ],
    [[{ column: 'name' }, { column: 'name', direction: 'desc' }], ["sort.1.column: 'name' is a key already"]],
    [
      [{ column: 'tags' }, { column: 'data' }],
      [
        "sort.0.column: 'tags' is text[], which has no order to sort by",
        "sort.1.column: 'data' is json, which has no order to sort by",
      ],
    ],
    [Array.from({ length: 17 }, (_, index) => ({ column: `c${index}` })), ['sort: has more than 16 keys']],
  ])('%j is refused', (input, expected) => {
    expect(issuesOf(input)).toEqual(expected)
  })
})

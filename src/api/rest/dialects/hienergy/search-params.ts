import { type ColumnType, isList } from '../../../../core/column-type.ts'
import type { Dataset } from '../../../../core/dataset.ts'
import { findColumn } from '../../../../core/find-column.ts'
import type { Report } from '../../../../core/issue-list.ts'
import { isPlainObject } from '../../../../core/plain-object.ts'
import { unknownName } from '../../../../core/unknown-name.ts'
import { allOf, type FilterInput, fieldHas, fieldIs } from '../../filter-input.ts'
import type { Origins } from '../../origins.ts'

const predicates = ['not_eq', 'eq', 'in', 'lteq', 'lt', 'gteq', 'gt', 'cont', 'start', 'null'] as const
type Predicate = (typeof predicates)[number]

/**
 * `search_params` as a filter: `q` is free text, a column's name alone is equality (with a list: any of
 * it), and a name with a predicate behind it is what that asks. Every key counts: one that means nothing
 * would export the wrong rows.
 */
export function filterOf(
  params: Readonly<Record<string, unknown>>,
  dataset: Dataset,
  { report, origins }: { report: Report; origins: Origins },
): FilterInput | undefined {
  const filters = Object.entries(params).map(([key, value]) => {
    const path = `search_params.${key}`
    if (key === 'q') return origins.note(path, { search: value })
    const asked = predicateOf(key, dataset)
    if (!asked) return report(path, unknownKey(key, dataset))
    if (isPlainObject(value)) return report(path, 'must be a value or a list of values')
    return origins.note(path, conditionOf(asked, value, findColumn(dataset, asked.column)?.type ?? 'text'))
  })
  const complete = filters.filter((filter) => filter !== undefined)
  return complete.length > 0 ? allOf(complete) : undefined
}

interface Asked {
  readonly column: string
  readonly predicate: Predicate
}

/** A column goes before a predicate that its name ends in. */
function predicateOf(key: string, dataset: Dataset): Asked | undefined {
  if (findColumn(dataset, key)) return { column: key, predicate: 'eq' }
  const predicate = predicates.find((name) => key.endsWith(`_${name}`))
  const column = predicate && key.slice(0, -predicate.length - 1)
  return predicate && column !== undefined && findColumn(dataset, column) ? { column, predicate } : undefined
}

function unknownKey(key: string, dataset: Dataset): string {
  const columns = Object.keys(dataset.columns)
  return `${unknownName('search parameter', key, ['q', ...columns])}. A column's name can be followed by ${predicates.map((name) => `_${name}`).join(', ')}`
}

function conditionOf({ column, predicate }: Asked, value: unknown, type: ColumnType): FilterInput {
  switch (predicate) {
    case 'eq':
      if (value === null) return fieldIs(column, 'isNull', true)
      return fieldHas({ name: column, type }, Array.isArray(value) ? 'in' : 'eq', value)
    case 'not_eq':
      if (value === null) return fieldIs(column, 'isNull', false)
      return fieldHas({ name: column, type }, Array.isArray(value) ? 'notIn' : 'ne', value)
    case 'in':
      return fieldIs(column, isList(type) ? 'hasAny' : 'in', value)
    case 'lt':
      return fieldIs(column, 'lt', value)
    case 'lteq':
      return fieldIs(column, 'lte', value)
    case 'gt':
      return fieldIs(column, 'gt', value)
    case 'gteq':
      return fieldIs(column, 'gte', value)
    case 'cont':
      return fieldIs(column, 'contains', value)
    case 'start':
      return fieldIs(column, 'startsWith', value)
    case 'null':
      // A form's checkbox says it in a text.
      return fieldIs(column, 'isNull', value === 'true' || (value === 'false' ? false : value))
    default:
      return predicate satisfies never
  }
}

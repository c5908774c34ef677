import { isList } from '../../../../core/column-type.ts'
import type { Column, Dataset } from '../../../../core/dataset.ts'
import { findColumn } from '../../../../core/find-column.ts'
import type { Report } from '../../../../core/issue-list.ts'
import { isPlainObject, keysOf } from '../../../../core/plain-object.ts'
import { unknownName } from '../../../../core/unknown-name.ts'
import type { DealMachineView } from '../../../../datasets/crm/dialect-views.ts'
import { allOf, type FilterInput, fieldHas, fieldIs } from '../../filter-input.ts'
import type { Viewed } from '../../views.ts'

/** The vendor's operators, and short words for the same. */
const operators = {
  equals: ['eq', 'is'],
  not_equals: ['ne', 'is_not'],
  contains: [],
  not_contains: ['does_not_contain'],
  starts_with: [],
  ends_with: [],
  contains_any: ['in', 'any_of'],
  contains_all: ['all_of'],
  contains_none: ['not_in', 'none_of'],
  greater_than: ['gt', 'after'],
  greater_than_or_equal: ['gte', 'on_or_after'],
  less_than: ['lt', 'before'],
  less_than_or_equal: ['lte', 'on_or_before'],
  range: ['between'],
  is_empty: [],
  is_not_empty: [],
} as const satisfies Record<string, readonly string[]>
type Operator = keyof typeof operators
export const operatorNames = Object.keys(operators) as Operator[]

/** A field by the vendor's word or by the column's own. */
export function findField({ dataset, view }: Viewed<DealMachineView>, id: string): string | undefined {
  const name = Object.hasOwn(view.fields, id) ? view.fields[id] : id
  return name !== undefined && findColumn(dataset, name) ? name : undefined
}

export function unknownField({ dataset, view }: Viewed<DealMachineView>, id: string): string {
  return unknownName('field', id, [...Object.keys(view.fields), ...Object.keys(dataset.columns)])
}

/** What the vendor calls a column. */
export function fieldOf({ view }: Viewed<DealMachineView>, column: string): string {
  return Object.entries(view.fields).find(([, name]) => name === column)?.[0] ?? column
}

interface AskedFilter {
  readonly filter_id: string
  readonly operator?: string | null | undefined
  readonly value?: unknown
}

/** One filter as a condition over the dataset's rows. */
export function filterOf(
  { filter_id: id, operator, value }: AskedFilter,
  path: string,
  viewed: Viewed<DealMachineView>,
  report: Report,
): FilterInput | undefined {
  const name = findField(viewed, id)
  const column = name === undefined ? undefined : findColumn(viewed.dataset, name)
  if (name === undefined || !column) return report(`${path}.filter_id`, unknownField(viewed, id))
  const asked = operator == null ? impliedBy(value) : operatorOf(operator)
  if (!asked) return report(`${path}.operator`, unknownName('operator', operator ?? '', operatorNames))
  if (asked === 'range') return rangeOf(name, value, `${path}.value`, report)
  return conditionOf({ name, column, dataset: viewed.dataset }, asked, value)
}

/** Filters of yes and no come without an operator; a list means any of it, a range says so itself. */
function impliedBy(value: unknown): Operator {
  if (Array.isArray(value)) return 'contains_any'
  return isPlainObject(value) ? 'range' : 'equals'
}

function operatorOf(word: string): Operator | undefined {
  return operatorNames.find((name) => name === word || (operators[name] as readonly string[]).includes(word))
}

/** `{"min", "max"}`, both included, or a list of both. One of them may be missing. */
function rangeOf(name: string, value: unknown, path: string, report: Report): FilterInput | undefined {
  const range = Array.isArray(value) && value.length === 2 ? { min: value[0], max: value[1] } : value
  if (!isPlainObject(range)) return report(path, 'must be an object with min, max or both')
  const unknown = keysOf(range).find((key) => key !== 'min' && key !== 'max')
  if (unknown !== undefined) return report(path, unknownName('key', unknown, ['min', 'max']))
  const { min, max } = range
  const bounds = [
    ...(min == null ? [] : [fieldIs(name, 'gte', min)]),
    ...(max == null ? [] : [fieldIs(name, 'lte', max)]),
  ]
  return bounds.length > 0 ? allOf(bounds) : report(path, 'must be an object with min, max or both')
}

interface Field {
  readonly name: string
  readonly column: Column
  readonly dataset: Dataset
}

function conditionOf(
  { name, column }: Field,
  operator: Exclude<Operator, 'range'>,
  value: unknown,
): FilterInput {
  const named = { name, type: column.type }
  const isOfList = isList(column.type)
  const list = Array.isArray(value) ? value : [value]
  switch (operator) {
    case 'equals':
      return fieldHas(named, 'eq', value)
    case 'not_equals':
      return fieldHas(named, 'ne', value)
    case 'contains':
      return isOfList ? fieldIs(name, 'hasAny', list) : fieldIs(name, 'contains', value)
    case 'not_contains':
      return isOfList ? fieldIs(name, 'hasNone', list) : { not: fieldIs(name, 'contains', value) }
    case 'starts_with':
      return fieldIs(name, 'startsWith', value)
    case 'ends_with':
      return fieldIs(name, 'endsWith', value)
    case 'contains_any':
      return fieldIs(name, isOfList ? 'hasAny' : 'in', value)
    case 'contains_all':
      return fieldIs(name, isOfList ? 'hasAll' : 'in', value)
    case 'contains_none':
      return fieldIs(name, isOfList ? 'hasNone' : 'notIn', value)
    case 'greater_than':
      return fieldIs(name, 'gt', value)
    case 'greater_than_or_equal':
      return fieldIs(name, 'gte', value)
    case 'less_than':
      return fieldIs(name, 'lt', value)
    case 'less_than_or_equal':
      return fieldIs(name, 'lte', value)
    case 'is_empty':
      return emptyOf(name, column)
    case 'is_not_empty':
      return { not: emptyOf(name, column) }
    default:
      return operator satisfies never
  }
}

/** No value, or a text or a list without anything in it. */
function emptyOf(name: string, column: Column): FilterInput {
  const isNull = fieldIs(name, 'isNull', true)
  if (column.type === 'text') return { or: [isNull, fieldIs(name, 'eq', '')] }
  return isNull
}

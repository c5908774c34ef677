import { type ColumnType, isList, type ScalarType, scalarOf } from './column-type.ts'
import type { FilterOperator } from './filter.ts'

const equality = ['eq', 'ne', 'in', 'notIn'] as const
const order = ['lt', 'lte', 'gt', 'gte', 'between'] as const
const wording = [
  'contains',
  'startsWith',
  'endsWith',
  'matchesWords',
  'matchesPhrase',
  'matchesWordStarts',
] as const

const ofScalar = {
  text: [...equality, ...order, 'isNull', ...wording],
  integer: [...equality, ...order, 'isNull'],
  bigint: [...equality, ...order, 'isNull'],
  decimal: [...equality, ...order, 'isNull'],
  float: [...equality, ...order, 'isNull'],
  boolean: [...equality, 'isNull'],
  date: [...equality, ...order, 'isNull'],
  time: [...equality, ...order, 'isNull'],
  timestamp: [...equality, ...order, 'isNull'],
  timestamptz: [...equality, ...order, 'isNull'],
  interval: [...equality, ...order, 'isNull'],
  uuid: [...equality, 'isNull'],
  // An enumeration's words match its values, not its labels. It has no order of its own.
  enum: [...equality, 'isNull', ...wording],
  // json looks into the text form, keys included.
  json: ['isNull', 'contains'],
  bytes: ['isNull'],
} as const satisfies Record<ScalarType, readonly FilterOperator[]>

const ofList = ['isNull', 'hasAny', 'hasAll', 'hasNone'] as const satisfies readonly FilterOperator[]
const onlyNull = ['isNull'] as const satisfies readonly FilterOperator[]

/** What a column of this type can be asked, in the order in which a form would offer it. */
export function operatorsFor(type: ColumnType): readonly FilterOperator[] {
  const scalar = scalarOf(type)
  if (!isList(type)) return ofScalar[scalar]
  return scalar === 'json' || scalar === 'bytes' ? onlyNull : ofList
}

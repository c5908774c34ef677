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
const ofList = ['isNull', 'hasAny', 'hasAll', 'hasNone'] as const
const onlyNull = ['isNull'] as const

/**
 * Kinds of columns: those of one kind can be asked the same, with values of one form. Operators stand in the
 * order in which a form would offer them. GraphQL's filter inputs are made of this table.
 */
export const filterKinds = {
  text: [...equality, ...order, 'isNull', ...wording],
  number: [...equality, ...order, 'isNull'],
  boolean: [...equality, 'isNull'],
  date: [...equality, ...order, 'isNull'],
  time: [...equality, ...order, 'isNull'],
  timestamp: [...equality, ...order, 'isNull'],
  interval: [...equality, ...order, 'isNull'],
  uuid: [...equality, 'isNull'],
  // An enumeration's words match its values, not its labels. It has no order of its own.
  enum: [...equality, 'isNull', ...wording],
  // json looks into the text form, keys included.
  json: ['isNull', 'contains'],
  bytes: onlyNull,
  textList: ofList,
  numberList: ofList,
  booleanList: ofList,
  dateList: ofList,
  timeList: ofList,
  timestampList: ofList,
  intervalList: ofList,
  uuidList: ofList,
  enumList: ofList,
  jsonList: onlyNull,
  bytesList: onlyNull,
} as const satisfies Readonly<Record<string, readonly FilterOperator[]>>

export type FilterKind = keyof typeof filterKinds
/** The kinds that are no lists: what a list's elements are. */
export type ScalarKind = Exclude<FilterKind, `${string}List`>

const kindOfScalar = {
  text: 'text',
  integer: 'number',
  bigint: 'number',
  decimal: 'number',
  float: 'number',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  interval: 'interval',
  uuid: 'uuid',
  enum: 'enum',
  json: 'json',
  bytes: 'bytes',
} as const satisfies Readonly<Record<ScalarType, ScalarKind>>

export function kindOf(type: ColumnType): FilterKind {
  const scalar = kindOfScalar[scalarOf(type)]
  return isList(type) ? `${scalar}List` : scalar
}

/** The kind of a list's elements; of anything else, its own. */
export function elementKindOf(kind: FilterKind): ScalarKind {
  return kind.replace(/List$/, '') as ScalarKind
}

/** What a column of this type can be asked. */
export function operatorsFor(type: ColumnType): readonly FilterOperator[] {
  return filterKinds[kindOf(type)]
}

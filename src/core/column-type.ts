/** What a column holds, independent of the database's own type names. */
export const scalarTypes = [
  'text',
  'integer',
  'bigint',
  'decimal',
  'float',
  'boolean',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'interval',
  'uuid',
  'enum',
  'json',
  'bytes',
] as const

export type ScalarType = (typeof scalarTypes)[number]

/** A scalar, or a list of scalars written with a trailing `[]` as in SQL. */
export type ColumnType = ScalarType | `${ScalarType}[]`

export function isList(type: ColumnType): type is `${ScalarType}[]` {
  return type.endsWith('[]')
}

/** The scalar of a column or of a list's elements. */
export function scalarOf(type: ColumnType): ScalarType {
  return (isList(type) ? type.slice(0, -2) : type) as ScalarType
}

const numeric: ReadonlySet<ScalarType> = new Set(['integer', 'bigint', 'decimal', 'float'])

export function isNumeric(type: ColumnType): boolean {
  return numeric.has(type as ScalarType)
}

/** Whether rows can be ordered by it: lists and JSON have no order that means anything. */
export function isSortable(type: ColumnType): boolean {
  return !isList(type) && type !== 'json'
}

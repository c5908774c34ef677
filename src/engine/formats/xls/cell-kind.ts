import { type ColumnType, isList, type ScalarType } from '../../../core/column-type.ts'

/** What a column's cells try to be; a value that cannot be that (NaN, year 12000) is text. */
export type CellKind = 'text' | 'integer' | 'decimal' | 'float' | 'boolean' | 'date' | 'time' | 'timestamp'

const kinds = {
  text: 'text',
  integer: 'integer',
  bigint: 'integer',
  decimal: 'decimal',
  float: 'float',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  interval: 'text',
  uuid: 'text',
  enum: 'text',
  json: 'text',
  bytes: 'text',
} as const satisfies Record<ScalarType, CellKind>

/** Text stays text, leading zeros and all; lists arrive joined and are text. */
export function cellKindOf(type: ColumnType): CellKind {
  return isList(type) ? 'text' : kinds[type as ScalarType]
}

const widths = {
  text: 24,
  integer: 12,
  decimal: 12,
  float: 12,
  boolean: 8,
  date: 12,
  time: 13,
  timestamp: 24,
} as const satisfies Record<CellKind, number>

/** Characters of the column's width: its values' usual length, or a longer header up to 60. */
export function columnWidth(kind: CellKind, header: string): number {
  return Math.max(widths[kind], Math.min(header.length + 2, 60))
}

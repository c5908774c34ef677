import type { ScalarType } from '../../../core/column-type.ts'
import { quoteIdentifier } from '../../../core/sql.ts'
import { nullMark } from './copy-sql.ts'
import type { ParquetOptions } from './options.ts'
import type { NamedColumnType, ParquetColumnType } from './parquet-column.ts'

/** One run of DuckDB: a file of CSV rows becomes a whole Parquet file with one row group. */
export interface DuckdbCopy {
  readonly columns: readonly NamedColumnType[]
  readonly compression: ParquetOptions['compression']
  /** File names, relative to the process' folder; the first line of `from` is skipped. */
  readonly from: string
  readonly to: string
  readonly rows: number
  /** Bytes that the longest row takes at most. */
  readonly maxRowBytes: number
}

/** Bytes that DuckDB reads at a time. */
const readBytes = 8 * 1024 * 1024

/** DuckDB counts row groups in vectors of so many rows. */
const vectorRows = 2048

export function duckdbCopySql(copy: DuckdbCopy): string {
  const { columns, compression } = copy
  const cells = columns.map(
    (column, index) => `${cellSql(column, index)} AS ${quoteIdentifier(column.header)}`,
  )
  const lineBytes = Math.max(copy.maxRowBytes, 1024)
  const csv = [
    `'${copy.from}'`,
    // Nothing is guessed: what a column is was decided before the first row.
    'auto_detect=false',
    `columns={${columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ')}}`,
    'header=true',
    `delim=',', quote='"', escape='"', new_line='\\n', strict_mode=true, parallel=false`,
    // Together these two keep NULL, an empty text and the text \N apart.
    `nullstr='${nullMark}', allow_quoted_nulls=false`,
    `max_line_size=${lineBytes}, buffer_size=${Math.max(readBytes, lineBytes + 1024)}`,
  ]
  const rowGroupRows = Math.ceil(Math.max(copy.rows, 1) / vectorRows) * vectorRows
  const parquet = [
    'FORMAT parquet',
    `COMPRESSION ${compression === 'none' ? 'uncompressed' : compression}`,
    `ROW_GROUP_SIZE ${rowGroupRows}`,
    'USE_TMP_FILE false',
  ]
  return `COPY (SELECT ${cells.join(', ')} FROM read_csv(${csv.join(', ')})) TO '${copy.to}' (${parquet.join(', ')})`
}

/** How `errorSql` begins; then come the column's index, a colon, and the value. */
export const unrepresentable = 'unrepresentable:'

function cellSql(column: ParquetColumnType, index: number): string {
  const cell = `c${index}`
  if (!column.list) return scalarSql(column, cell, index)
  const elements = `from_json(${cell}, '["VARCHAR"]')`
  const values = isText(column.scalar)
    ? elements
    : `list_transform(${elements}, lambda x: ${scalarSql(column, 'x', index)})`
  // A list of lists would otherwise become a list of JSON texts.
  return `CASE WHEN starts_with(${cell}, '[[') THEN ${errorSql(cell, index)} ELSE ${values} END`
}

/** The typed value of the text `cell`, or an error: DuckDB's own casts round, drop zones and overlook BC. */
function scalarSql(column: ParquetColumnType, cell: string, index: number): string {
  if (isText(column.scalar)) return cell
  const pattern = patternOf(column)
  const value = castSql(column, cell)
  const checked = pattern ? `CASE WHEN regexp_full_match(${cell}, '${pattern}') THEN ${value} END` : value
  return `coalesce(${checked}, CASE WHEN ${cell} IS NOT NULL THEN ${errorSql(cell, index)} END)`
}

function errorSql(cell: string, index: number): string {
  return `error('${unrepresentable}${index}:' || ${cell}[:100])`
}

function isText(scalar: ScalarType): boolean {
  return scalar === 'text' || scalar === 'enum' || scalar === 'interval'
}

const date = '[0-9]{4,}-[0-9]{2}-[0-9]{2}'
const fraction = '([.][0-9]{1,6})?'
const time = `[0-9]{2}:[0-9]{2}:[0-9]{2}${fraction}`

/** What Postgres writes for values that the type can hold; undefined where the cast itself is strict. */
function patternOf({ scalar, decimal }: ParquetColumnType): string | undefined {
  switch (scalar) {
    case 'integer':
    case 'bigint':
      return '-?[0-9]+'
    case 'decimal':
      return `-?[0-9]+([.][0-9]{0,${decimal?.scale ?? 0}}0*)?`
    case 'float':
      return '-?[0-9]+([.][0-9]+)?(e[-+][0-9]+)?|NaN|-?Infinity'
    case 'date':
      return date
    case 'time':
      // 24:00:00 is a time to Postgres, but not to Parquet.
      return `([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}${fraction}`
    case 'timestamp':
      return `${date} ${time}`
    case 'timestamptz':
      return `${date} ${time}[-+][0-9]{2}(:[0-9]{2}){0,2}`
    case 'bytes':
      return '[\\\\]x([0-9a-f]{2})*'
    default:
      return undefined
  }
}

function castSql({ scalar, duckdbType, decimal }: ParquetColumnType, cell: string): string {
  const cast = `TRY_CAST(${cell} AS ${duckdbType})`
  if (scalar === 'bytes') return `unhex(${cell}[3:])`
  if (!decimal || decimal.precision <= 18 || decimal.scale >= 18) return cast
  // A cast from text to more than 18 digits takes 9 µs, by way of 18 digits 0.06 µs (DuckDB 1.5.5).
  return `coalesce(TRY_CAST(TRY_CAST(${cell} AS DECIMAL(18,${decimal.scale})) AS ${duckdbType}), ${cast})`
}

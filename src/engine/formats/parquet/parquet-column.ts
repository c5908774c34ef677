import { isList, type ScalarType, scalarOf } from '../../../core/column-type.ts'
import { ValidationError } from '../../../core/errors.ts'
import type { FileColumn } from '../format.ts'
import type { DecimalSize, ParquetOptions } from './options.ts'

/** A column that may know the size of its numbers. */
export interface ParquetColumn extends FileColumn {
  /** As the database declares it; left out where it does not. @see declaredDecimals */
  readonly decimal?: DecimalSize | undefined
}

/** How a column stands in the file. */
export interface ParquetColumnType {
  /** Of the cell, or of a list's elements; `text` and `json` where the caller chose text. */
  readonly scalar: ScalarType
  readonly list: boolean
  /** What DuckDB calls `scalar`. */
  readonly duckdbType: string
  /** With the scalar `decimal`. */
  readonly decimal?: DecimalSize
}

export interface NamedColumnType extends ParquetColumnType {
  readonly header: string
}

/**
 * BigQuery's NUMERIC, and 38 digits is what Spark, Snowflake and Athena can hold: the most places after
 * the point that all of them read.
 */
const defaultDecimal: DecimalSize = { precision: 38, scale: 9 }

export function parquetTypeOf(column: ParquetColumn, options: ParquetOptions): NamedColumnType {
  return { header: column.header, ...typeOf(column, options) }
}

function typeOf(column: ParquetColumn, options: ParquetOptions): ParquetColumnType {
  const list = isList(column.type)
  if (column.format?.parquet === 'text' || options.textColumns.includes(column.header)) {
    return list
      ? { scalar: 'json', list: false, duckdbType: 'JSON' }
      : { scalar: 'text', list: false, duckdbType: 'VARCHAR' }
  }
  const scalar = scalarOf(column.type)
  if (scalar !== 'decimal') return { scalar, list, duckdbType: duckdbTypes[scalar] }
  switch (options.decimals) {
    case 'text':
      return { scalar: 'text', list, duckdbType: 'VARCHAR' }
    case 'double':
      return { scalar: 'float', list, duckdbType: 'DOUBLE' }
    default: {
      const declared = options.decimals === 'auto' ? column.decimal : options.decimals
      const decimal = declared ?? defaultDecimal
      return { scalar, list, duckdbType: `DECIMAL(${decimal.precision},${decimal.scale})`, decimal }
    }
  }
}

/** DuckDB writes a UUID and JSON with Parquet's logical types of these names, times in microseconds. */
const duckdbTypes: Readonly<Record<Exclude<ScalarType, 'decimal'>, string>> = {
  text: 'VARCHAR',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  float: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMPTZ',
  // Parquet's INTERVAL counts milliseconds, and few read it: the ISO 8601 text loses nothing.
  interval: 'VARCHAR',
  uuid: 'UUID',
  enum: 'VARCHAR',
  json: 'JSON',
  bytes: 'BLOB',
}

/** @throws ValidationError for no columns, headers that readers cannot tell apart, unknown text columns */
export function checkColumns(
  columns: readonly Pick<ParquetColumn, 'header'>[],
  options: Pick<ParquetOptions, 'textColumns'>,
): void {
  const issues: { path: string; message: string }[] = []
  if (columns.length === 0) {
    issues.push({ path: 'columns', message: 'a Parquet file needs at least one column' })
  }
  const seen = new Set<string>()
  for (const [index, { header }] of columns.entries()) {
    const path = `columns.${index}`
    if (header === '' || header.includes('\0')) {
      issues.push({ path, message: 'a Parquet column needs a header, without NUL characters' })
    }
    // Spark, Hive and DuckDB take names that differ only in case for the same.
    const key = header.toLowerCase()
    if (seen.has(key)) {
      const message = `a Parquet file cannot have two columns ${JSON.stringify(header)}, not even in other case`
      issues.push({ path, message })
    }
    seen.add(key)
  }
  const headers = new Set(columns.map(({ header }) => header))
  for (const [index, header] of options.textColumns.entries()) {
    if (!headers.has(header)) {
      issues.push({
        path: `options.textColumns.${index}`,
        message: `the file has no column ${JSON.stringify(header)}`,
      })
    }
  }
  if (issues.length > 0) throw new ValidationError(issues)
}

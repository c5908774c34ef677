import { isList, type ScalarType, scalarOf } from '../../core/column-type.ts'
import type { ColumnFormat } from '../../core/dataset.ts'
import type { CsvOptions } from '../../core/options/delimited.ts'
import { quoteLiteral } from '../../core/sql.ts'
import type { PlannedColumn } from '../plan/plan-query.ts'
import { asFormulaSql, isChangedNumberSql, isChangedTextSql } from './excel-safe.ts'
import type { FileColumn } from './format.ts'
import { isFormulaSql } from './formula-guard.ts'
import { joinedSql } from './list-sql.ts'
import { momentOptions, momentSql } from './moment-sql.ts'

/** SQL for what a column's cell is made from: its value, or the text of a list. */
export function valueSql({ sql, type }: PlannedColumn, options: CsvOptions): string {
  const { listSeparator: separator, nullText } = options
  if (!isList(type) || separator === null) return sql
  const scalar = scalarOf(type)
  const isBare = scalarSql('v', scalar, options) === 'v'
  const elementSql = isBare ? undefined : (element: string) => scalarSql(element, scalar, options)
  return joinedSql(sql, { separator, nullText }, elementSql)
}

/**
 * SQL for a cell of a text file. Whatever Postgres' own text already says stays bare, so that COPY writes
 * it without a call: the shortest query is the fastest.
 */
export function cellSql(value: string, column: FileColumn, options: CsvOptions): string {
  const { type, format } = column
  if (isList(type)) {
    // Postgres' array text begins with a brace, and what is not text cannot hold a formula.
    const isText = type === 'text[]' || type === 'enum[]'
    return isText && options.listSeparator !== null ? textSql(value, options) : value
  }
  switch (type) {
    case 'text':
    case 'enum':
      return textSql(value, options)
    case 'integer':
    case 'float':
      return roundedSql(value, type, format)
    case 'bigint':
    case 'decimal': {
      const number = roundedSql(value, type, format)
      return options.excelSafe ? numberSql(number) : number
    }
    default:
      return scalarSql(value, scalarOf(type), { ...options, ...momentOptions(options, format) })
  }
}

/** What a cell and an element of a list have in common. */
function scalarSql(value: string, type: ScalarType, options: CsvOptions): string {
  switch (type) {
    case 'boolean':
      return booleanSql(value, options.booleanText)
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return momentSql(value, type, options)
    default:
      return value
  }
}

/** A float by way of its text: a cast from one to numeric keeps 15 digits. */
function roundedSql(value: string, type: ScalarType, format: ColumnFormat | undefined): string {
  if (format?.decimals === undefined) return value
  return `round(${type === 'float' ? `${value}::text` : value}::numeric, ${format.decimals})`
}

function booleanSql(value: string, text: CsvOptions['booleanText']): string {
  // A boolean's cast to text is exactly 'true' and 'false'; COPY alone would write t and f.
  if (text.true === 'true' && text.false === 'false') return `${value}::text`
  return `CASE ${value} WHEN true THEN ${quoteLiteral(text.true)} WHEN false THEN ${quoteLiteral(text.false)} END`
}

/** What excelSafe wraps is digits, so the guard need not look at it; everything else it does. */
function textSql(value: string, { excelSafe, formulaGuard }: CsvOptions): string {
  if (!formulaGuard && !excelSafe) return value
  // A database's own enumeration is no text yet; a text's cast costs nothing.
  const text = `${value}::text`
  const whens = [
    ...(excelSafe ? [`WHEN ${isChangedTextSql(text)} THEN ${asFormulaSql(text)}`] : []),
    ...(formulaGuard ? [`WHEN ${isFormulaSql(text)} THEN '''' || ${text}`] : []),
  ]
  return `CASE ${whens.join(' ')} ELSE ${text} END`
}

function numberSql(value: string): string {
  const text = `${value}::text`
  return `CASE WHEN ${isChangedNumberSql(text)} THEN ${asFormulaSql(text)} ELSE ${text} END`
}

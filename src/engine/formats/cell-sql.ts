import { isList, isTextual, scalarOf } from '../../core/column-type.ts'
import type { CsvOptions } from '../../core/options.ts'
import { quoteLiteral } from '../../core/sql.ts'
import type { PlannedColumn } from '../plan/plan-query.ts'

type TextOptions = Omit<CsvOptions, 'delimiter' | 'quote'>

/**
 * Code points that make a spreadsheet read text as a formula: tab, LF, CR, + - = @ and their full-width
 * forms. @see OWASP, "CSV Injection"
 */
const formulaStarts = [9, 10, 13, 43, 45, 61, 64, 0xff0b, 0xff0d, 0xff1d, 0xff20]

/** A number as a person writes it: nothing in it can be run. */
const plainNumber = '^[-+]?[0-9]+([.,][0-9]+)*$'

/**
 * SQL for a cell of a text file. Whatever Postgres' own text already says stays bare, so that COPY writes
 * it without a call: the shortest query is the fastest.
 */
export function cellSql(column: PlannedColumn, options: TextOptions): string {
  const { sql, type } = column
  if (isList(type)) {
    if (options.listSeparator === null) return sql
    return guarded(`array_to_string(${sql}, ${quoteLiteral(options.listSeparator)})`, options)
  }
  switch (scalarOf(type)) {
    case 'boolean':
      return booleanSql(sql, options.booleanText)
    case 'timestamptz':
    case 'timestamp':
      return momentSql(sql, type === 'timestamptz', options.dateFormat)
    default:
      return isTextual(type) && type !== 'json' && type !== 'bytes' ? guarded(sql, options) : sql
  }
}

function booleanSql(sql: string, text: CsvOptions['booleanText']): string {
  // A boolean's cast to text is exactly 'true' and 'false'; COPY alone would write t and f.
  if (text.true === 'true' && text.false === 'false') return `${sql}::text`
  return `CASE ${sql} WHEN true THEN ${quoteLiteral(text.true)} WHEN false THEN ${quoteLiteral(text.false)} END`
}

/** to_char has no word for infinity, so what is not finite keeps Postgres' text. */
function momentSql(sql: string, withZone: boolean, format: CsvOptions['dateFormat']): string {
  switch (format) {
    case 'original':
      return sql
    case 'iso8601':
      return finite(sql, `to_char(${sql}, 'YYYY-MM-DD"T"HH24:MI:SS${withZone ? 'TZH:TZM' : ''}')`)
    case 'excel':
      return finite(
        sql,
        `to_char(${withZone ? `${sql} AT TIME ZONE 'UTC'` : sql}, 'YYYY-MM-DD HH12:MI:SS AM')`,
      )
    default:
      return format satisfies never
  }
}

function finite(sql: string, formatted: string): string {
  return `CASE WHEN isfinite(${sql}) THEN ${formatted} ELSE ${sql}::text END`
}

function guarded(sql: string, options: TextOptions): string {
  if (!options.formulaGuard) return sql
  // ascii() is the code point of the first character; a regular expression here would double the query's time.
  return `CASE WHEN ascii(${sql}) IN (${formulaStarts.join(',')}) AND ${sql} !~ '${plainNumber}' THEN '''' || ${sql} ELSE ${sql} END`
}

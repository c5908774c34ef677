import type { ScalarType } from '../../core/column-type.ts'
import type { ColumnFormat } from '../../core/dataset.ts'
import { toCharTemplate } from '../../core/date-pattern.ts'
import type { CsvOptions } from '../../core/options/delimited.ts'
import { quoteLiteral } from '../../core/sql.ts'

export type MomentType = ScalarType & ('date' | 'timestamp' | 'timestamptz')
export type MomentOptions = Pick<CsvOptions, 'dateFormat' | 'timestampPattern' | 'datePattern'>

/** The caller's wish goes before the column's own format. */
export function momentOptions(options: MomentOptions, format: ColumnFormat | undefined): MomentOptions {
  const pattern = format?.pattern
  if (pattern === undefined || options.dateFormat !== 'original') return options
  return { dateFormat: 'pattern', timestampPattern: pattern, datePattern: pattern }
}

/** SQL for a day or moment as text; `value` itself where Postgres' own text is asked for. */
export function momentSql(value: string, type: MomentType, options: MomentOptions): string {
  const withZone = type === 'timestamptz'
  switch (options.dateFormat) {
    case 'original':
      return value
    case 'iso8601':
      return type === 'date' ? value : toChar(value, `YYYY-MM-DD"T"HH24:MI:SS${withZone ? 'TZH:TZM' : ''}`)
    case 'excel':
      if (type === 'date') return value
      return toChar(withZone ? `(${value} AT TIME ZONE 'UTC')` : value, 'YYYY-MM-DD HH12:MI:SS AM')
    case 'pattern': {
      const pattern = type === 'date' ? options.datePattern : options.timestampPattern
      return pattern === null ? value : toChar(value, toCharTemplate(pattern, withZone))
    }
    default:
      return options.dateFormat satisfies never
  }
}

/** to_char has no word for infinity and none, unasked, for BC: what it would get wrong keeps Postgres' text. */
function toChar(value: string, template: string): string {
  return `CASE WHEN ${value} >= '0001-01-01' AND ${value} < '10000-01-01' THEN to_char(${value}, ${quoteLiteral(template)}) ELSE ${value}::text END`
}

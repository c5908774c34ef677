import type { ScalarType } from '../core/column-type.ts'
import { quoteLiteral } from '../core/sql.ts'

/** Postgres' name for each type that a text is cast to. */
export const castOf: Readonly<Record<ScalarType, string>> = {
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  decimal: 'numeric',
  float: 'double precision',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  interval: 'interval',
  uuid: 'uuid',
  enum: 'text',
  json: 'jsonb',
  bytes: 'bytea',
}

/**
 * SQL for a text as a value of the type, NULL where it is none: an error would fail the whole query for
 * one bad value. @param text SQL that costs nothing to name several times
 * @param serverVersion as server_version_num has it: 16 can ask whether a text is valid; before it, what a
 * person or a program would write is told by its form (see datasets.md)
 */
export function safeCastSql(text: string, type: ScalarType, serverVersion: number): string {
  const cast = castOf[type]
  if (cast === 'text') return text
  if (serverVersion >= 160_000) {
    return `CASE WHEN pg_input_is_valid(${text}, ${quoteLiteral(cast)}) THEN ${text}::${cast} END`
  }
  return byForm(text, type, cast)
}

const time = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?'
const date = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
const offset = '( ?[-+](0[0-9]|1[0-4])(:?[0-5][0-9])?|Z)?'
const number = '[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]{1,3})?'

/** CASE within CASE: Postgres promises an order for nothing else. */
function byForm(text: string, type: ScalarType, cast: string): string {
  const value = `${text}::${cast}`
  const formed = (pattern: string, sql = value) => `CASE WHEN ${text} ~ '^(${pattern})$' THEN ${sql} END`
  const within = (range: string) => `CASE WHEN ${text}::numeric ${range} THEN ${value} END`
  // A month's last day is the day before the next month's first.
  const lastDay = `extract(day FROM (left(${text}, 8) || '01')::date + interval '1 month' - interval '1 day')`
  const onDay = `CASE WHEN substr(${text}, 9, 2)::int <= ${lastDay} THEN ${value} END`
  switch (type) {
    case 'integer':
      return formed('[-+]?[0-9]{1,10}', within('BETWEEN -2147483648 AND 2147483647'))
    case 'bigint':
      return formed('[-+]?[0-9]{1,19}', within('BETWEEN -9223372036854775808 AND 9223372036854775807'))
    case 'decimal':
      return `CASE WHEN length(${text}) <= 1000 THEN ${formed(`${number}|NaN`)} END`
    case 'float': {
      const finite = `CASE WHEN ${text}::numeric = 0 OR abs(${text}::numeric) BETWEEN 1e-300 AND 1e308 THEN ${value} END`
      return `CASE WHEN ${text} IN ('NaN', 'Infinity', '-Infinity') THEN ${value} WHEN length(${text}) <= 1000 THEN ${formed(number, finite)} END`
    }
    case 'boolean':
      return `CASE WHEN lower(${text}) IN ('t', 'true', 'y', 'yes', 'on', '1', 'f', 'false', 'n', 'no', 'off', '0') THEN ${value} END`
    case 'date':
      return formed(`(?!0000)${date}`, onDay)
    case 'time':
      return formed(time)
    case 'timestamp':
    case 'timestamptz':
      return formed(`(?!0000)${date}([ T]${time}${offset})?`, onDay)
    case 'interval':
      return formed(
        'P(?=.)([0-9]{1,4}[YMWD]){0,4}(T([0-9]{1,4}[HMS]){1,3})?|[0-9]{1,4} (second|minute|hour|day|week|mon|month|year)s?',
      )
    case 'uuid':
      return formed('[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}')
    case 'bytes':
      return formed(String.raw`[\\]x([0-9a-fA-F]{2})*`)
    case 'json':
      // No form tells it.
      return value
    case 'text':
    case 'enum':
      return text
    default:
      return type satisfies never
  }
}

import { type ColumnType, isList, type ScalarType } from '../core/column-type.ts'
import type { PgType } from './pg-type.ts'

/** How a database's column becomes a column of a dataset. */
export interface ColumnShape {
  readonly type: ColumnType
  /** SQL that gives the value the type, from SQL for the column. Left out: the column itself has it. */
  readonly read?: (sql: string) => string
}

const asText = (sql: string) => `${sql}::text`

/**
 * Postgres' own types, by their names in pg_type; every other one is text. Where a type has neither an order
 * nor a LIKE, or its text differs from place to place, `read` makes it what the column says.
 */
const shapes: Readonly<Record<string, ColumnShape>> = {
  int2: { type: 'integer' },
  int4: { type: 'integer' },
  int8: { type: 'bigint' },
  numeric: { type: 'decimal' },
  float4: { type: 'float' },
  float8: { type: 'float' },
  bool: { type: 'boolean' },
  date: { type: 'date' },
  time: { type: 'time' },
  timestamp: { type: 'timestamp' },
  timestamptz: { type: 'timestamptz' },
  interval: { type: 'interval' },
  uuid: { type: 'uuid' },
  json: { type: 'json' },
  jsonb: { type: 'json' },
  bytea: { type: 'bytes' },
  text: { type: 'text' },
  varchar: { type: 'text' },
  // Without the blanks that fill it up.
  bpchar: { type: 'text', read: asText },
  // Its own text has a currency's sign and depends on the server's locale.
  money: { type: 'decimal', read: (sql) => `${sql}::numeric` },
  oid: { type: 'bigint', read: (sql) => `${sql}::bigint` },
  // A cast to text would add /32 to every address.
  inet: { type: 'text', read: (sql) => `abbrev(${sql})` },
}

const text: ColumnShape = { type: 'text', read: asText }

/** What a column of this type is in a dataset. */
export function columnTypeOf(pgType: PgType): ColumnShape {
  const { schema, name, kind, category, of } = pgType
  switch (kind) {
    case 'd':
      return of ? columnTypeOf(of) : text
    case 'e':
      return { type: 'enum' }
    case 'c':
      // Its members keep their names.
      return { type: 'json', read: (sql) => `to_json(${sql})` }
    case 'r':
    case 'm':
    case 'p':
      return text
    case 'b':
      if (category === 'A' && of) return listOf(columnTypeOf(of))
      if (schema === 'pg_catalog') return (Object.hasOwn(shapes, name) && shapes[name]) || text
      // Strings of an extension, such as citext, compare in their own way.
      return category === 'S' ? { type: 'text' } : text
    default:
      return kind satisfies never
  }
}

/** What the elements of a list are cast to where a column of one of them would be read through SQL. */
const elementCasts: Partial<Record<ScalarType, string>> = {
  text: 'text',
  decimal: 'numeric',
  bigint: 'bigint',
}

function listOf({ type, read }: ColumnShape): ColumnShape {
  // An array of a domain over an array, or of rows.
  if (isList(type) || (read && type === 'json')) return { type: 'json', read: (sql) => `to_json(${sql})` }
  const cast = elementCasts[type as ScalarType]
  const list = `${type as ScalarType}[]` as const
  return read && cast ? { type: list, read: (sql) => `${sql}::${cast}[]` } : { type: list }
}

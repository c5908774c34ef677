import type { JsonOptions } from '../../core/options/json.ts'
import { quoteIdentifier, quoteLiteral } from '../../core/sql.ts'
import type { PlannedColumn, QueryPlan } from '../plan/plan-query.ts'
import { jsonQuote } from './json-lines.ts'

/** Bytes of an identifier; Postgres cuts off the rest. */
const maxIdentifierBytes = 63

/** A call takes 100 arguments. */
const maxConcatenated = 100

/**
 * The COPY statement whose lines are JSON objects. JSON text holds no control characters but blanks between
 * its tokens, so CSV with two others as delimiter and quote has nothing to escape: a row's bytes are the
 * object's own, where COPY's text format would double every backslash and Node would have to undo it. Rows
 * with line breaks stand in quotes: see jsonLines.
 */
export function jsonCopySql(plan: QueryPlan, options: JsonOptions): string {
  const keys = jsonKeys(plan.columns, options)
  const select = keys.every(isIdentifier) ? rowToJson(plan, keys) : concatenated(plan, keys)
  const copyOptions = `FORMAT csv, DELIMITER ${quoteLiteral('\x01')}, QUOTE ${quoteLiteral(jsonQuote)}`
  return `COPY (${select}) TO STDOUT WITH (${copyOptions})`
}

/** One key a column, each another: where several have one header, the column's name is put behind it. */
export function jsonKeys(
  columns: readonly Pick<PlannedColumn, 'name' | 'header'>[],
  options: Pick<JsonOptions, 'keys'>,
): string[] {
  if (options.keys === 'name') return columns.map(({ name }) => name)
  const taken = new Set<string>()
  return columns.map(({ name, header }) => {
    let key = header
    while (taken.has(key)) key = `${key} (${name})`
    taken.add(key)
    return key
  })
}

function isIdentifier(key: string): boolean {
  return key !== '' && Buffer.byteLength(key) <= maxIdentifierBytes
}

function rowToJson({ columns, from, orderBy }: QueryPlan, keys: readonly string[]): string {
  const values = columns.map((column, index) => `${valueSql(column)} AS ${quoteIdentifier(keys[index]!)}`)
  return `SELECT row_to_json(r.*) FROM (SELECT ${values.join(', ')} ${from} ${orderBy}) AS r`
}

/** A quarter slower, and good for every key: one that is no identifier cannot be a column of a subquery. */
function concatenated({ columns, from, orderBy }: QueryPlan, keys: readonly string[]): string {
  const parts = columns.flatMap((column, index) => [
    quoteLiteral(`${index === 0 ? '{' : ','}${JSON.stringify(keys[index])}:`),
    `coalesce(to_json(${valueSql(column)})::text, 'null')`,
  ])
  return `SELECT ${concatSql([...parts, "'}'"])} ${from} ${orderBy}`
}

function concatSql(parts: readonly string[]): string {
  if (parts.length <= maxConcatenated) return `concat(${parts.join(', ')})`
  const groups: string[] = []
  for (let at = 0; at < parts.length; at += maxConcatenated) {
    groups.push(concatSql(parts.slice(at, at + maxConcatenated)))
  }
  return concatSql(groups)
}

/** Text is a JSON string whatever the database's own type is; everything else Postgres types itself. */
export function valueSql({ sql, type }: PlannedColumn): string {
  return type === 'text' || type === 'enum' ? `(${sql})::text` : sql
}

import { isList, scalarOf } from '../../core/column-type.ts'
import type { Column } from '../../core/dataset.ts'
import { labelIn } from '../../core/labels.ts'
import { quoteLiteral } from '../../core/sql.ts'
import type { TypedSql } from './plan-column.ts'

/**
 * An enumeration's value as its label: a CASE, since Postgres looks through 100 words faster than it
 * joins. What has no label in the language has its English one; a value that is not declared stays.
 */
export function labelValues({ type, sql }: TypedSql, column: Column, language: string): TypedSql {
  if (scalarOf(type) !== 'enum') return { type, sql }
  const whens = (column.options ?? [])
    .map(({ value, label }) => [value, labelIn(label, language)] as const)
    .filter(([value, label]) => value !== label)
    .map(([value, label]) => `WHEN ${quoteLiteral(value)} THEN ${quoteLiteral(label)}`)
  if (whens.length === 0) return { type, sql }
  const labelOf = (value: string) => `CASE ${value}::text ${whens.join(' ')} ELSE ${value}::text END`
  if (!isList(type)) return { type: 'text', sql: labelOf(sql) }
  const labels = `ARRAY(SELECT ${labelOf('e.v')} FROM unnest(a.v) WITH ORDINALITY AS e(v, n) ORDER BY e.n)`
  return {
    type: 'text[]',
    sql: `(SELECT CASE WHEN a.v IS NOT NULL THEN ${labels} END FROM (SELECT ${sql} AS v OFFSET 0) AS a)`,
  }
}

import { isList, scalarOf } from '../../core/column-type.ts'
import type { Column } from '../../core/dataset.ts'
import { labelIn } from '../../core/labels.ts'
import { quoteLiteral } from '../../core/sql.ts'
import type { TypedSql } from './plan-column.ts'
import type { PlannedComputation } from './plan-computation.ts'

/** The values that have another word in the language. */
function labelsOf({ type, options = [] }: Column, language: string): (readonly [string, string])[] {
  if (scalarOf(type) !== 'enum') return []
  return options
    .map(({ value, label }) => [value, labelIn(label, language)] as const)
    .filter(([value, label]) => value !== label)
}

/** The same for what a function gives. */
export function labelComputed(
  computed: PlannedComputation,
  column: Column,
  language: string,
): PlannedComputation {
  const labels = new Map<unknown, string>(labelsOf(column, language))
  if (labels.size === 0) return computed
  const labelOf = (value: unknown) => labels.get(value) ?? value
  return {
    ...computed,
    value(row) {
      const value = computed.value(row)
      return Array.isArray(value) ? value.map(labelOf) : labelOf(value)
    },
  }
}

/**
 * An enumeration's value as its label: a CASE, since Postgres looks through 100 words faster than it
 * joins. What has no label in the language has its English one; a value that is not declared stays.
 */
export function labelValues(stored: TypedSql, column: Column, language: string): TypedSql {
  const { type, sql } = stored
  const whens = labelsOf(column, language).map(
    ([value, label]) => `WHEN ${quoteLiteral(value)} THEN ${quoteLiteral(label)}`,
  )
  if (whens.length === 0) return stored
  const labelOf = (value: string) => `CASE ${value}::text ${whens.join(' ')} ELSE ${value}::text END`
  if (!isList(type)) return { type: 'text', sql: labelOf(sql) }
  const labels = `ARRAY(SELECT ${labelOf('e.v')} FROM unnest(a.v) WITH ORDINALITY AS e(v, n) ORDER BY e.n)`
  return {
    type: 'text[]',
    sql: `(SELECT CASE WHEN a.v IS NOT NULL THEN ${labels} END FROM (SELECT ${sql} AS v OFFSET 0) AS a)`,
  }
}

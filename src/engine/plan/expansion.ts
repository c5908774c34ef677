import { keyOf } from '../../core/dataset.ts'
import { findPath } from '../../core/find-path.ts'
import type { SpecColumn } from '../../core/spec.ts'
import { quoteIdentifier } from '../../core/sql.ts'
import { columnSql } from './column-sql.ts'
import { type ColumnScope, planPath, type TypedSql } from './plan-column.ts'
import { relatedRowsSql } from './related-rows.ts'

/** The rows of one relation, each beside the row that it belongs to. */
export interface Expansion {
  /** A column under the relation as a value of the expanded row; undefined for any other column. */
  planColumn(column: SpecColumn): TypedSql | undefined
  /** After all columns have been planned. */
  joinSql(): string
  /** Closes the order among the rows that one row has become. */
  sortSql(): string
}

/**
 * A lateral join computes, within the related row's own scope, just what the columns ask for. It is a
 * left join: a row without related rows stays, with NULL in their place. Null when there is no such relation.
 */
export function openExpansion(name: string, scope: ColumnScope): Expansion | null {
  const path = findPath(name, scope)
  const [step] = path?.steps ?? []
  if (!step || path?.column || path?.steps.length !== 1) return null
  const inner: ColumnScope = { ...scope, dataset: step.dataset }
  const values: string[] = []
  const keys = keyOf(step.dataset).map((key) => {
    const column = step.dataset.columns[key]
    return column ? columnSql(key, column) : 'NULL'
  })
  const valueName = (index: number) => quoteIdentifier(`sluice value ${index}`)
  const keyName = (index: number) => quoteIdentifier(`sluice key ${index}`)
  return {
    planColumn(column) {
      const found = findPath(column.name, scope)
      const [first, ...steps] = found?.steps ?? []
      if (!found || first?.name !== name) return undefined
      const value = planPath({ steps, column: found.column }, column.columns ?? [], inner)
      if (!value || value.computed) return undefined
      values.push(value.sql)
      return { ...value, sql: `expanded.${valueName(values.length - 1)}` }
    },
    joinSql() {
      const extra = [
        ...values.map((sql, index) => `${sql} AS ${valueName(index)}`),
        ...keys.map((sql, index) => `${sql} AS ${keyName(index)}`),
      ]
      const rows = relatedRowsSql(step.relation, step.dataset, scope.tenant, { extra })
      return ` LEFT JOIN LATERAL (SELECT related.* ${rows}) AS expanded ON TRUE`
    },
    sortSql: () => keys.map((_, index) => `, expanded.${keyName(index)}`).join(''),
  }
}

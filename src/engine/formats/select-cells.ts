import type { PlannedColumn, QueryPlan } from '../plan/plan-query.ts'

/** A column of the alias `t`, which costs nothing to name again. */
export const ownColumn = /^t\."(?:[^"]|"")*"$/

/**
 * `SELECT … FROM …` of the plan's rows with a cell for each column, named c0, c1 and so on. A cell may use
 * its value several times. Where a value has to be computed, a subquery does that once, and `OFFSET 0` keeps
 * Postgres from dissolving it. (A subquery for each such cell takes half as long again as the whole query.)
 */
export function selectCells(
  plan: QueryPlan,
  valueSql: (column: PlannedColumn) => string,
  cellSql: (value: string, column: PlannedColumn) => string,
): string {
  const { columns, from, orderBy } = plan
  const values = columns.map(valueSql)
  const select = (names: readonly string[]) =>
    columns.map((column, index) => `${cellSql(names[index]!, column)} AS c${index}`).join(', ')
  if (values.every((value) => ownColumn.test(value))) return `SELECT ${select(values)} ${from} ${orderBy}`
  const named = values.map((value, index) => `${value} AS v${index}`).join(', ')
  const names = values.map((_, index) => `q.v${index}`)
  return `SELECT ${select(names)} FROM (SELECT ${named} ${from} ${orderBy} OFFSET 0) AS q`
}

import { isList, scalarOf } from '../../core/column-type.ts'
import type { WorkbookOptions } from '../../core/options/workbook.ts'
import type { PlannedColumn, QueryPlan } from '../plan/plan-query.ts'
import { joinedSql } from './list-sql.ts'

/**
 * COPY's text format with a bare cell for each column: the writers know every type's own text. Lists come
 * joined. Nothing is guarded: a cell of text is never read as a formula.
 */
export function workbookCopySql(plan: QueryPlan, options: WorkbookOptions): string {
  const cells = plan.columns.map((column) => workbookCellSql(column, options.listSeparator))
  return `COPY (SELECT ${cells.join(', ')} ${plan.from} ${plan.orderBy}) TO STDOUT`
}

/** SQL for one of them. */
export function workbookCellSql({ sql, type }: PlannedColumn, separator: string | null): string {
  if (!isList(type) || separator === null) return sql
  const elementSql = scalarOf(type) === 'boolean' ? (element: string) => `${element}::text` : undefined
  return joinedSql(sql, { separator, nullText: '' }, elementSql)
}

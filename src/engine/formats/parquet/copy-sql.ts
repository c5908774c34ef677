import { isList } from '../../../core/column-type.ts'
import type { PlannedColumn, QueryPlan } from '../../plan/plan-query.ts'

/** What stands for NULL between Postgres and DuckDB; Postgres quotes a text that looks like it. */
export const nullMark = '\\N'

/**
 * The COPY whose rows `parquet` takes: CSV, in which Postgres' text stays bare. Lists are JSON arrays of
 * their elements' texts: unlike `{a,b}`, DuckDB reads these exactly.
 */
export function parquetCopySql(plan: QueryPlan): string {
  const cells = plan.columns.map(parquetCellSql)
  // A row that is nothing but an empty text would be an empty line, which CSV readers skip.
  const forceQuote = cells.length === 1 ? ', FORCE_QUOTE *' : ''
  return `COPY (SELECT ${cells.join(', ')} ${plan.from} ${plan.orderBy}) TO STDOUT WITH (FORMAT csv, NULL '${nullMark}'${forceQuote})`
}

export function parquetCellSql({ sql, type }: PlannedColumn): string {
  return isList(type) ? `to_json((${sql})::text[])` : sql
}

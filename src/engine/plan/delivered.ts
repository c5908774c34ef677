import { type Dataset, keyOf } from '../../core/dataset.ts'
import { quoteLiteral } from '../../core/sql.ts'
import { columnSql } from './column-sql.ts'
import { fromSql, type QueryPlan } from './plan-query.ts'
import { untypedArrayLiteral } from './value-literal.ts'

/** Where the keys of rows that were delivered before are: in a table beside the rows, or told one by one. */
export type DeliveredKeys =
  | { readonly table: string; readonly organizationId: string }
  | { readonly keys: readonly string[] }

/** The row `t`'s key as one text: of a single column its own text, of several an array's. */
function keyText(dataset: Dataset): string {
  const columns = keyOf(dataset).map((name) => `(${columnSql(name, dataset.columns[name]!)})::text`)
  return columns.length === 1 ? columns[0]! : `ARRAY[${columns.join(', ')}]::text`
}

/** That the row `t` was not delivered: an anti join, which Postgres hashes. */
export function notDelivered(dataset: Dataset, delivered: DeliveredKeys): string {
  const key = keyText(dataset)
  if ('table' in delivered) {
    return `NOT EXISTS (SELECT 1 FROM ${delivered.table} AS d
      WHERE d.organization_id = ${quoteLiteral(delivered.organizationId)}
        AND d.dataset = ${quoteLiteral(dataset.name)} AND d.key = ${key})`
  }
  const keys = untypedArrayLiteral(delivered.keys)
  return `NOT EXISTS (SELECT 1 FROM unnest(${keys}::text[]) AS d(key) WHERE d.key = ${key})`
}

/** The keys of the plan's rows, each once and in one order: two who store them wait for each other, never in a circle. */
export function keysSql(dataset: Dataset, plan: QueryPlan): string {
  const rows = `SELECT ${keyText(dataset)} AS key ${fromSql(plan)} ${plan.limit === null ? '' : plan.orderBy}`
  return `SELECT key FROM (${rows}) AS rows GROUP BY key ORDER BY key COLLATE "C"`
}

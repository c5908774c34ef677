import { createHash } from 'node:crypto'
import type { Dataset } from '../../core/dataset.ts'
import type { ExportSpec } from '../../core/spec.ts'
import { tenantSql } from '../../core/tenant.ts'
import type { FileColumn } from '../formats/format.ts'
import { ColumnDroppedError } from './column-dropped-error.ts'
import { compileFilter } from './compile-filter.ts'
import { compileSort } from './compile-sort.ts'
import { openExpansion } from './expansion.ts'
import { planColumn } from './plan-column.ts'
import { keySql, type NamedSql, type PlannedComputation } from './plan-computation.ts'
import { sourceSql } from './source-sql.ts'

/** A column of the file and the typed SQL over the alias `t` that yields its value. */
export interface PlannedColumn extends FileColumn {
  readonly name: string
  /** NULL for a computed column. */
  readonly sql: string
  readonly computed?: PlannedComputation | undefined
}

/** The rows of an export in SQL; a format decides what stands between SELECT and FROM. */
export interface QueryPlan {
  readonly columns: readonly PlannedColumn[]
  /** What the rows are taken from, with the alias `t`. */
  readonly source: string
  /** Joined to it: empty, or the related rows that are expanded. */
  readonly join: string
  /** What tells a row from others; for messages. */
  readonly key: readonly NamedSql[]
  /** All of them hold for a row; the organization's own is the first. */
  readonly conditions: readonly string[]
  /** `FROM … WHERE …`, made of both. */
  readonly from: string
  /** `ORDER BY … LIMIT …`, or empty: without a sort, rows come as the table holds them. */
  readonly orderBy: string
  /** Null: all rows. */
  readonly limit: number | null
}

/**
 * @param context.dataset with the organization's dynamic columns among `columns`
 * @param context.tenant the organization's external id
 * @throws ColumnDroppedError
 */
export function planQuery(
  spec: Pick<ExportSpec, 'columns' | 'filter' | 'sort' | 'expand' | 'limit' | 'valueLanguage'>,
  context: { dataset: Dataset; findDataset(name: string): Dataset | undefined; tenant: string },
): QueryPlan {
  const { dataset, tenant } = context
  const scope = { ...context, valueLanguage: spec.valueLanguage }
  const expansion = spec.expand === undefined ? null : openExpansion(spec.expand, scope)
  const columns: PlannedColumn[] = []
  const dropped: string[] = []
  for (const column of spec.columns) {
    const planned = expansion?.planColumn(column) ?? planColumn(column, scope)
    if (planned) columns.push({ name: column.name, header: column.header, ...planned })
    else dropped.push(column.name)
  }
  if (dropped.length > 0) throw ColumnDroppedError.ofColumns(dropped)
  const filter = spec.filter ? compileFilter(spec.filter, context) : undefined
  const conditions = [tenantSql(dataset, tenant), filter].filter((condition) => condition !== undefined)
  const source = sourceSql(dataset)
  const join = expansion?.joinSql() ?? ''
  const plan = {
    columns,
    source,
    join,
    key: keySql(dataset),
    conditions,
    from: fromSql({ source, join, conditions }),
    orderBy: compileSort(spec.sort, dataset) + (spec.sort.length > 0 ? (expansion?.sortSql() ?? '') : ''),
    limit: null,
  }
  return spec.limit === undefined ? plan : withLimit(plan, spec.limit)
}

/** The first rows only; of a plan that has a limit already, the smaller one holds. */
export function withLimit(plan: QueryPlan, limit: number): QueryPlan {
  if (plan.limit !== null && plan.limit <= limit) return plan
  const sorted = plan.orderBy.replace(/ ?LIMIT \d+$/, '')
  return { ...plan, limit, orderBy: `${sorted} LIMIT ${limit}`.trimStart() }
}

/** The same rows, but only those for which a condition over `t` holds. */
export function withCondition(plan: QueryPlan, condition: string): QueryPlan {
  const conditions = [...plan.conditions, `(${condition})`]
  return { ...plan, conditions, from: fromSql({ ...plan, conditions }) }
}

export function fromSql({
  source,
  join,
  conditions,
}: Pick<QueryPlan, 'source' | 'join' | 'conditions'>): string {
  return `FROM ${source}${join}${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`
}

/** The exact number of rows. */
export function countSql(plan: QueryPlan): string {
  if (plan.limit === null) return `SELECT count(*) AS rows ${plan.from}`
  return `SELECT count(*) AS rows FROM (SELECT 1 ${plan.from} LIMIT ${plan.limit}) AS limited`
}

/** The rows, as the planner sees them: for its estimate only. */
export function rowsSql(plan: QueryPlan): string {
  return `SELECT 1 ${plan.from}${plan.limit === null ? '' : ` LIMIT ${plan.limit}`}`
}

/** Tells two plans apart: parts of one file must be made by the same. */
export function planDigest(plan: QueryPlan): string {
  const text = JSON.stringify(plan, (_, value: unknown) =>
    typeof value === 'function' ? String(value) : value,
  )
  return createHash('sha256').update(text).digest('hex')
}

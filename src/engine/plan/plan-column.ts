import { type ColumnType, isList, scalarOf } from '../../core/column-type.ts'
import { type ColumnFormat, type Dataset, keyOf } from '../../core/dataset.ts'
import { type ColumnPath, findPath } from '../../core/find-path.ts'
import type { SpecColumn } from '../../core/spec.ts'
import { quoteIdentifier } from '../../core/sql.ts'
import { columnSql } from './column-sql.ts'
import { labelComputed, labelValues } from './label-values.ts'
import { type PlannedComputation, planComputation } from './plan-computation.ts'
import { relatedRowsSql } from './related-rows.ts'

/** The row `t` that a column is read from. */
export interface ColumnScope {
  readonly dataset: Dataset
  findDataset(name: string): Dataset | undefined
  /** The organization's external id. */
  readonly tenant: string
  /** Enumerations are written by their labels in it. Left out: as they are stored. */
  readonly valueLanguage?: string | undefined
}

export interface TypedSql {
  readonly type: ColumnType
  /** NULL where it is computed. */
  readonly sql: string
  readonly computed?: PlannedComputation | undefined
  readonly format?: ColumnFormat | undefined
}

/** Names of our own beside the related table's columns: no column is likely to have them. */
const valueName = quoteIdentifier('sluice value')
const keyName = (index: number) => quoteIdentifier(`sluice key ${index}`)

/**
 * A column of the file as typed SQL over `t`; undefined when its name stands for nothing (any more).
 * Related values are subqueries, so that Postgres gathers them: one value over relations to one row, a
 * list (by the related rows' keys, NULLs left out) where a relation leads to many, JSON for nested rows.
 */
export function planColumn(column: SpecColumn, scope: ColumnScope): TypedSql | undefined {
  const path = findPath(column.name, scope)
  if (!path) return undefined
  return planPath(path, column.columns ?? [], scope)
}

/** As `planColumn`, for a name that has been looked up. `nested`: what rows hold where the path ends at a relation. */
export function planPath(
  path: ColumnPath,
  nested: readonly SpecColumn[],
  scope: ColumnScope,
): TypedSql | undefined {
  const [step, ...steps] = path.steps
  if (!step) {
    if (!path.column) return planObject(nested, scope)
    return planOwn(path.column, scope)
  }
  const inner: ColumnScope = {
    ...scope,
    dataset: step.dataset,
    findDataset: (name) => scope.findDataset(name),
  }
  const value = planPath({ steps, column: path.column }, nested, inner)
  if (!value || value.computed) return undefined
  const keys = keyOf(step.dataset).map((name, index) => {
    const column = step.dataset.columns[name]
    return `${column ? columnSql(name, column) : 'NULL'} AS ${keyName(index)}`
  })
  const rows = relatedRowsSql(step.relation, step.dataset, scope.tenant, {
    extra: [`${value.sql} AS ${valueName}`, ...keys],
  })
  const related = `related.${valueName}`
  if (step.relation.kind === 'one') {
    return { type: value.type, sql: `(SELECT ${related} ${rows} LIMIT 1)`, format: value.format }
  }
  const order =
    keys.length > 0 ? `ORDER BY ${keys.map((_, index) => `related.${keyName(index)}`).join(', ')}` : ''
  return gather(value.type, related, rows, order)
}

function planOwn(
  { name, column }: NonNullable<ColumnPath['column']>,
  { dataset, valueLanguage }: ColumnScope,
): TypedSql | undefined {
  const { type, format } = column
  if (!column.compute) {
    const stored = { type, sql: columnSql(name, column), format }
    return valueLanguage === undefined ? stored : labelValues(stored, column, valueLanguage)
  }
  const computed = planComputation(column, dataset)
  if (!computed) return undefined
  const made = { type, sql: 'NULL', computed, format }
  return valueLanguage === undefined
    ? made
    : { ...made, computed: labelComputed(computed, column, valueLanguage) }
}

/** A list of scalars stays a list; lists of lists and nested rows are JSON, which may be ragged. */
function gather(type: ColumnType, related: string, rows: string, order: string): TypedSql {
  if (isList(type) || type === 'json') {
    return { type: 'json', sql: `(SELECT coalesce(json_agg(${related} ${order}), '[]') ${rows})` }
  }
  return {
    type: `${scalarOf(type)}[]`,
    sql: `ARRAY(SELECT ${related} ${rows} AND ${related} IS NOT NULL ${order})`,
  }
}

/** One row as a JSON object, its members in the order of the columns. */
function planObject(columns: readonly SpecColumn[], scope: ColumnScope): TypedSql | undefined {
  const members: string[] = []
  for (const column of columns) {
    const planned = planColumn(column, scope)
    if (!planned || planned.computed) return undefined
    members.push(`${planned.sql} AS ${quoteIdentifier(column.header)}`)
  }
  // row_to_json, not jsonb: it keeps the order of the members and has no limit of 50 of them. `o.*`, since
  // `o` alone would be a member of that name.
  return { type: 'json', sql: `(SELECT row_to_json(o.*) FROM (SELECT ${members.join(', ')}) AS o)` }
}

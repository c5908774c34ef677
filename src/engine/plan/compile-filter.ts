import type { Dataset } from '../../core/dataset.ts'
import type { Filter } from '../../core/filter.ts'
import { wordsOf } from '../../core/words.ts'
import { columnSql } from './column-sql.ts'
import { compileCondition, containsText } from './compile-condition.ts'
import { compileRelation } from './compile-relation.ts'
import { storedColumn } from './stored-column.ts'

/** What the names in a resolved filter mean. */
export interface FilterScope {
  /** The dataset whose row is `t`, with the organization's dynamic columns among its columns. */
  readonly dataset: Dataset
  findDataset(name: string): Dataset | undefined
  /** The organization's external id, which related rows and link rows must carry; the caller asks it of `t` itself. */
  readonly tenant: string
}

/**
 * A resolved filter as an SQL condition over the row `t`, without parameters: COPY takes none. Each
 * level of relations is a subquery whose own row is `t` again, so that columns' expressions hold there.
 * @throws ColumnDroppedError when a name has gone, or become computed, since the filter was resolved
 */
export function compileFilter(filter: Filter, scope: FilterScope): string {
  if ('and' in filter) return joinAll(filter.and, ' AND ', 'TRUE', scope)
  if ('or' in filter) return joinAll(filter.or, ' OR ', 'FALSE', scope)
  if ('not' in filter) return negate(filter.not, scope)
  if ('field' in filter) {
    const { column: name } = filter.field
    const column = storedColumn(name, scope.dataset, 'filter')
    return compileCondition(filter.field, column.type, columnSql(name, column))
  }
  if ('relation' in filter) return compileRelation(filter.relation, scope, { compile: compileFilter, negate })
  if ('search' in filter) return compileSearch(filter.search, scope)
  return filter satisfies never
}

function joinAll(
  filters: readonly Filter[],
  operator: ' AND ' | ' OR ',
  ofNone: string,
  scope: FilterScope,
): string {
  const [only, ...others] = filters.map((filter) => compileFilter(filter, scope))
  if (only === undefined) return ofNone
  return others.length === 0 ? only : `(${[only, ...others].join(operator)})`
}

/** Every row for which the filter does not hold. */
function negate(filter: Filter, scope: FilterScope): string {
  const sql = compileFilter(filter, scope)
  // The planner turns NOT EXISTS and NOT (… IS NULL) into joins and index scans, but looks into no IS NOT TRUE.
  return neverNull(filter) ? `NOT (${sql})` : `(${sql}) IS NOT TRUE`
}

function neverNull(filter: Filter): boolean {
  if ('and' in filter) return filter.and.every(neverNull)
  if ('or' in filter) return filter.or.every(neverNull)
  if ('field' in filter) return ['ne', 'notIn', 'isNull', 'hasNone'].includes(filter.field.operator)
  return 'not' in filter || 'relation' in filter
}

/** Every word is in one searchable column or another. */
function compileSearch(text: string, scope: FilterScope): string {
  const columns = (scope.dataset.searchable ?? []).map((name) => ({
    name,
    column: storedColumn(name, scope.dataset, 'filter'),
  }))
  const words = wordsOf(text).map((word) => {
    const places = columns.map(({ name, column }) => containsText(columnSql(name, column), column.type, word))
    return `(${places.join(' OR ') || 'FALSE'})`
  })
  return `(${words.join(' AND ') || 'TRUE'})`
}

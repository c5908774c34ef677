import { type Dataset, keyOf } from '../../core/dataset.ts'
import type { SortKey } from '../../core/spec.ts'
import { columnSql } from './column-sql.ts'
import { storedColumn } from './stored-column.ts'

/**
 * `ORDER BY …` over the row `t`, closed by those of the dataset's key columns that it does not name, so
 * that the order is total: two runs give the same file, where there is a key. The closing columns run in
 * the direction of the last key, as an index over both would be read. Empty when no sort was asked for.
 * @throws ColumnDroppedError when a column has gone, or become computed, since the sort was resolved
 */
export function compileSort(sort: readonly SortKey[], dataset: Dataset): string {
  const last = sort.at(-1)
  if (!last) return ''
  const named = new Set(sort.map(({ column }) => column))
  const terms = sort.map(({ column: name, direction, nulls }) => {
    const sql = columnSql(name, storedColumn(name, dataset, 'sort'))
    return `${sql} ${direction.toUpperCase()} NULLS ${nulls.toUpperCase()}`
  })
  const closing = keyOf(dataset)
    .filter((column) => !named.has(column))
    .map((column) => `${keySqlOf(column, dataset)} ${last.direction.toUpperCase()}`)
  return `ORDER BY ${[...terms, ...closing].join(', ')}`
}

/** Rows are told apart by their key whether or not the caller may see it. */
function keySqlOf(name: string, dataset: Dataset): string {
  return columnSql(name, dataset.columns[name] ?? storedColumn(name, dataset, 'sort'))
}

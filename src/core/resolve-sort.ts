import { isSortable } from './column-type.ts'
import type { Dataset } from './dataset.ts'
import { findColumn, noColumn } from './find-column.ts'
import { collectIssues, type Report } from './issue-list.ts'
import { isPlainObject, keysOf } from './plain-object.ts'
import type { SortKey } from './spec.ts'
import { quoteName, unknownName } from './unknown-name.ts'

/** More keys than this say nothing about an order that a person would see. */
export const maxSortKeys = 16

const sortKeys = ['column', 'direction', 'nulls']

/**
 * An untrusted list of `{column, direction, nulls}` as sort keys, the first the most significant. Null
 * and undefined are no sort. `direction` is `asc` by default; `nulls` as in Postgres, where NULL is
 * larger than any value: last when ascending, first when descending, so that one index serves both.
 * @throws ValidationError with paths such as `sort.0.column`
 */
export function resolveSort(input: unknown, dataset: Dataset): SortKey[] {
  if (input === null || input === undefined) return []
  const { report, throwIfAny } = collectIssues()
  const keys = parseKeys(input, dataset, report)
  throwIfAny()
  return keys
}

function parseKeys(input: unknown, dataset: Dataset, report: Report): SortKey[] {
  if (!Array.isArray(input)) {
    report('sort', 'must be a list of {column, direction, nulls}')
    return []
  }
  if (input.length > maxSortKeys) {
    report('sort', `has more than ${maxSortKeys} keys`)
    return []
  }
  const keys: SortKey[] = []
  for (const [index, item] of input.entries()) {
    const key = parseKey(item, `sort.${index}`, dataset, report)
    if (!key) continue
    if (keys.some(({ column }) => column === key.column)) {
      report(`sort.${index}.column`, `${quoteName(key.column)} is a key already`)
    }
    keys.push(key)
  }
  return keys
}

function parseKey(input: unknown, path: string, dataset: Dataset, report: Report): SortKey | undefined {
  if (!isPlainObject(input)) return report(path, 'must be an object with column, direction and nulls')
  const unknown = keysOf(input).find((key) => !sortKeys.includes(key))
  if (unknown !== undefined) return report(path, unknownName('key', unknown, sortKeys))

  const direction = oneOf(input.direction ?? 'asc', ['asc', 'desc'])
  if (!direction) report(`${path}.direction`, 'must be asc or desc')
  const nulls = oneOf(input.nulls ?? (direction === 'desc' ? 'first' : 'last'), ['first', 'last'])
  if (!nulls) report(`${path}.nulls`, 'must be first or last')

  const name = input.column
  if (typeof name !== 'string') return report(`${path}.column`, "must be a column's name")
  const column = findColumn(dataset, name)
  if (!column) return report(`${path}.column`, noColumn(dataset, name))
  if (column.compute) {
    return report(
      `${path}.column`,
      `${quoteName(name)} is computed for each row of a file: nothing can be sorted by it`,
    )
  }
  if (!isSortable(column.type)) {
    return report(`${path}.column`, `${quoteName(name)} is ${column.type}, which has no order to sort by`)
  }
  return direction && nulls && { column: name, direction, nulls }
}

function oneOf<T extends string>(input: unknown, words: readonly T[]): T | undefined {
  return words.find((word) => word === input)
}

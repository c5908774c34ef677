import type { Dataset } from './dataset.ts'
import { type Filter, filterOperators } from './filter.ts'
import { kindOf, operatorsFor } from './filter-kind.ts'
import type { FilterParser } from './filter-parser.ts'
import { findColumn, noColumn } from './find-column.ts'
import { isPlainObject, keysOf } from './plain-object.ts'
import { resolveCondition } from './resolve-condition.ts'
import { quoteName, unknownName } from './unknown-name.ts'

const fieldKeys = ['column', 'kind', 'operator', 'value']

/**
 * An untrusted `{column, operator, value}` as a node; `undefined` after a report. A `kind` besides says what
 * the caller takes the column for: it must be right, and is not kept.
 */
export function resolveField(
  input: unknown,
  path: string,
  dataset: Dataset,
  parser: FilterParser,
): Filter | undefined {
  const { report } = parser
  if (!isPlainObject(input)) return report(path, 'must be an object with column, operator and value')
  const unknown = keysOf(input).find((key) => !fieldKeys.includes(key))
  if (unknown !== undefined) return report(path, unknownName('key', unknown, fieldKeys))

  const operator = filterOperators.find((known) => known === input.operator)
  if (!operator) reportOperator(input.operator, `${path}.operator`, parser)
  const name = input.column
  if (typeof name !== 'string') return report(`${path}.column`, "must be a column's name")
  const column = findColumn(dataset, name)
  if (!column) return report(`${path}.column`, noColumn(dataset, name))
  if (column.compute) {
    return report(
      `${path}.column`,
      `${quoteName(name)} is computed for each row of a file: no filter can ask for it`,
    )
  }
  const allowed = operatorsFor(column.type)
  const known = `It takes: ${allowed.join(', ')}`
  const kind = kindOf(column.type)
  if (input.kind !== undefined && input.kind !== kind) {
    return report(`${path}.kind`, `${quoteName(name)} is of the kind '${kind}' (${column.type}). ${known}`)
  }
  if (!operator) return undefined
  if (!allowed.includes(operator)) {
    return report(
      `${path}.operator`,
      `'${operator}' does not apply to ${quoteName(name)} (${column.type}). ${known}`,
    )
  }
  if (input.value === undefined || input.value === null) {
    return report(`${path}.value`, 'is missing; rows without a value are asked for with isNull')
  }
  return resolveCondition(input.value, { name, column, operator, path: `${path}.value`, parser })
}

function reportOperator(input: unknown, path: string, { report }: FilterParser): void {
  if (typeof input === 'string') report(path, unknownName('operator', input, filterOperators))
  else report(path, `must be one of: ${filterOperators.join(', ')}`)
}

import { isPlainObject } from '../../../../core/plain-object.ts'
import { unknownName } from '../../../../core/unknown-name.ts'
import { allOf, type FilterInput, fieldIs } from '../../filter-input.ts'
import { fieldNames, findField } from './field.ts'
import type { CloseObject } from './objects.ts'
import type { QueryContext } from './s-query.ts'

const operators = { in: 'in', gt: 'gt', gte: 'gte', lt: 'lt', lte: 'lte' } as const
type Operator = keyof typeof operators

/** Filters by field, as lists of opportunities take them: `status_id`, or with an operator, `user_id__in`. */
export function filterOfParams(
  params: Readonly<Record<string, unknown>>,
  rows: CloseObject,
  { report, origins }: QueryContext,
): FilterInput | undefined {
  const filters = Object.entries(params).map(([key, value]) => {
    const path = `params.${key}`
    const cut = key.lastIndexOf('__')
    const operator = cut < 0 ? undefined : (key.slice(cut + 2) as Operator)
    if (operator !== undefined && !Object.hasOwn(operators, operator)) {
      return report(path, unknownName('operator', operator, Object.keys(operators)))
    }
    const name = cut < 0 ? key : key.slice(0, cut)
    const field = findField(rows, name)
    if (!field) return report(path, unknownName('field', name, fieldNames(rows)))
    if (isPlainObject(value)) return report(path, 'must be a value or a list of values')
    return origins.note(path, asked(field.name, operator, value))
  })
  const complete = filters.filter((filter) => filter !== undefined)
  return complete.length > 0 ? allOf(complete) : undefined
}

/** A list is any of it; so is text with commas where a list is asked for, as query strings have it. */
function asked(column: string, operator: Operator | undefined, value: unknown): FilterInput {
  if (operator === 'in') return fieldIs(column, 'in', typeof value === 'string' ? value.split(',') : value)
  if (operator !== undefined) return fieldIs(column, operators[operator], value)
  if (value === null) return fieldIs(column, 'isNull', true)
  return fieldIs(column, Array.isArray(value) ? 'in' : 'eq', value)
}

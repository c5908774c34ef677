import { isList, scalarOf } from '../../../../core/column-type.ts'
import { isPlainObject } from '../../../../core/plain-object.ts'
import { quoteName, unknownName } from '../../../../core/unknown-name.ts'
import { allOf, anyOf, type FilterInput, fieldIs } from '../../filter-input.ts'
import type { CloseField } from './field.ts'
import { momentOf } from './moment.ts'
import type { CloseObject } from './objects.ts'
import type { QueryContext } from './s-query.ts'

const conditionTypes = ['text', 'term', 'number_range', 'moment_range', 'reference', 'exists', 'boolean']
const currentUser = 'CURRENT_USER'
const bounds = ['gt', 'gte', 'lt', 'lte'] as const

export const textOperators = {
  full_words: 'matchesWords',
  phrase: 'matchesPhrase',
  beginning_of_words: 'matchesWordStarts',
} as const
type TextMode = keyof typeof textOperators

/** What a `field_condition` asks of its field. */
export function conditionOf(
  input: unknown,
  field: CloseField & { readonly object: CloseObject },
  path: string,
  context: QueryContext,
): FilterInput | undefined {
  const { report } = context
  if (!isPlainObject(input)) return report(path, 'must be an object with a type')
  const note = (key: string, filter: FilterInput) => context.origins.note(`${path}.${key}`, filter)
  switch (input.type) {
    case 'text': {
      const mode = textModeOf(input.mode, `${path}.mode`, context)
      if (!mode) return undefined
      // Addresses of a contact lie together in one value: there, words are looked for anywhere in it.
      const isWording = ['text', 'enum'].includes(field.column.type)
      return note('value', fieldIs(field.name, isWording ? textOperators[mode] : 'contains', input.value))
    }
    case 'term':
      return note('values', fieldIs(field.name, isList(field.column.type) ? 'hasAny' : 'in', input.values))
    case 'number_range': {
      const asked = bounds.filter((bound) => input[bound] !== undefined && input[bound] !== null)
      if (asked.length === 0) return report(path, `needs at least one of: ${bounds.join(', ')}`)
      return allOf(asked.map((bound) => note(bound, fieldIs(field.name, bound, input[bound]))))
    }
    case 'moment_range':
      return momentRangeOf(input, field, path, context)
    case 'reference':
      return referenceOf(input.object_ids, field, `${path}.object_ids`, context)
    case 'exists':
      return fieldIs(field.name, 'isNull', false)
    case 'boolean':
      return note('value', fieldIs(field.name, 'eq', input.value))
    default:
      return report(`${path}.type`, unknownName('condition type', String(input.type), conditionTypes))
  }
}

export function textModeOf(input: unknown, path: string, { report }: QueryContext): TextMode | undefined {
  const modes = Object.keys(textOperators) as TextMode[]
  return modes.find((mode) => mode === input) ?? report(path, `must be one of: ${modes.join(', ')}`)
}

function momentRangeOf(
  input: Record<string, unknown>,
  field: CloseField,
  path: string,
  context: QueryContext,
): FilterInput | undefined {
  const { report, origins } = context
  const isTime = ['date', 'timestamp', 'timestamptz'].includes(scalarOf(field.column.type))
  if (!isTime) return report(`${path}.type`, 'a moment_range goes with fields that hold dates or times')
  const filters: (FilterInput | undefined)[] = []
  for (const key of ['on_or_after', 'before'] as const) {
    const value = input[key]
    if (value === undefined || value === null) continue
    const at = `${path}.${key}`
    const found = momentOf(value, at, report)
    // Before a day's end means with all of that day, whose last moment is part of it.
    const before = found?.endsDay ? 'lte' : 'lt'
    const operator = key === 'on_or_after' ? 'gte' : before
    filters.push(found && origins.note(at, fieldIs(field.name, operator, found.moment)))
  }
  if (filters.length === 0) return report(path, 'needs on_or_after, before or both')
  const complete = filters.filter((filter) => filter !== undefined)
  return complete.length === filters.length ? allOf(complete) : undefined
}

function referenceOf(
  input: unknown,
  field: CloseField & { readonly object: CloseObject },
  path: string,
  { report, origins, ownerEmail }: QueryContext,
): FilterInput | undefined {
  if (!Array.isArray(input)) return report(path, 'must be a list of ids')
  const ids = input.filter((id) => id !== currentUser)
  const given = ids.length > 0 || input.length === 0
  const filters = given ? [origins.note(path, fieldIs(field.name, 'in', ids))] : []
  if (ids.length === input.length) return anyOf(filters)
  const email = field.object.view.users?.[field.name]
  if (email === undefined) return report(path, `${quoteName(field.name)} does not refer to users`)
  if (ownerEmail === null) {
    return report(path, `${currentUser} is the owner of the API key, and this key has none`)
  }
  return anyOf([...filters, fieldIs(email, 'eq', ownerEmail)])
}

import { z } from '@hono/zod-openapi'
import type { Column } from '../../../../core/dataset.ts'
import { ValidationError } from '../../../../core/errors.ts'
import { quoteName } from '../../../../core/unknown-name.ts'
import type { HubSpotView } from '../../../../datasets/crm/dialect-views.ts'
import { allOf, anyOf, type FilterInput, fieldHas, fieldIs } from '../../filter-input.ts'
import type { Origins } from '../../origins.ts'
import type { Viewed } from '../../views.ts'
import { propertyColumn } from './objects.ts'

const maxGroups = 3
const maxFilters = 3
const maxSorts = 5
const maxValues = 10_000
const root = 'publicCrmSearchRequest'

const operators = [
  'EQ',
  'NEQ',
  'LT',
  'LTE',
  'GT',
  'GTE',
  'BETWEEN',
  'IN',
  'NOT_IN',
  'HAS_PROPERTY',
  'NOT_HAS_PROPERTY',
  'CONTAINS_TOKEN',
  'NOT_CONTAINS_TOKEN',
] as const

const value = z.union([z.string(), z.number(), z.boolean()])

const filterSchema = z
  .strictObject({
    propertyName: z.string().min(1).max(200),
    operator: z.enum(operators),
    value: value.optional(),
    highValue: value.optional().openapi({ description: 'With BETWEEN: the upper end, which is included.' }),
    values: z.array(value).max(maxValues).optional().openapi({ description: 'With IN and NOT_IN.' }),
  })
  .openapi('HubSpotFilter')

const filters = z.array(filterSchema).max(maxFilters, `can have ${maxFilters} filters at most in a group`)

export const searchSchema = z
  .strictObject({
    filters: filters.optional().openapi({ description: 'One group: all of them must hold.' }),
    filterGroups: z
      .array(z.strictObject({ filters }))
      .max(maxGroups, `can have ${maxGroups} groups at most`)
      .optional()
      .openapi({ description: 'One of the groups must hold.' }),
    query: z.string().max(3_000).optional().openapi({ description: 'Words that a record has.' }),
    sorts: z
      .array(
        z.union([
          z.string().min(1).openapi({ description: 'A property; with a `-` before it, descending.' }),
          z.strictObject({ propertyName: z.string().min(1), order: z.enum(['ASC', 'DESC']).optional() }),
        ]),
      )
      .max(maxSorts, `can have ${maxSorts} sorts at most`)
      .optional(),
  })
  .openapi('HubSpotSearch')

type Search = z.infer<typeof searchSchema>
type SearchFilter = z.infer<typeof filterSchema>

/** @throws ValidationError */
export function searchFilters(search: Search, viewed: Viewed<HubSpotView>, origins: Origins): FilterInput[] {
  const toNoted = (filter: SearchFilter, path: string) => origins.note(path, toFilter(filter, path, viewed))
  const single = search.filters ?? []
  const groups = (search.filterGroups ?? []).map((group, index) => ({ ...group, index }))
  const asked = groups.filter((group) => group.filters.length > 0)
  if (single.length > 0 && asked.length > 0) {
    throw wrong(root, 'takes filters or filterGroups, not both')
  }
  const made = single.map((filter, index) => toNoted(filter, `${root}.filters.${index}`))
  if (asked.length > 0) {
    const path = `${root}.filterGroups`
    const ofGroups = asked.map(({ filters, index: group }) =>
      allOf(filters.map((filter, index) => toNoted(filter, `${path}.${group}.filters.${index}`))),
    )
    made.push(origins.note(path, anyOf(ofGroups)))
  }
  const query = search.query?.trim()
  if (query) made.push(origins.note(`${root}.query`, { search: query }))
  return made
}

/** @throws ValidationError */
export function toSort(sorts: NonNullable<Search['sorts']>, viewed: Viewed<HubSpotView>): unknown[] {
  return sorts.map((sort, index) => {
    const { propertyName, order = 'ASC' } =
      typeof sort === 'string'
        ? { propertyName: sort.replace(/^-/, ''), order: sort.startsWith('-') ? 'DESC' : 'ASC' }
        : sort
    const column = columnOf(propertyName, `${root}.sorts.${index}`, viewed)
    return { column, direction: order === 'ASC' ? 'asc' : 'desc' }
  })
}

function toFilter(filter: SearchFilter, path: string, viewed: Viewed<HubSpotView>): FilterInput {
  const name = columnOf(filter.propertyName, `${path}.propertyName`, viewed)
  const column = viewed.dataset.columns[name]
  if (!column) throw new TypeError(`The view of ${viewed.dataset.name} names no column ${name}`)
  const named = { name, type: column.type }
  const one = (key: 'value' | 'highValue') => {
    const given = filter[key]
    if (given === undefined) throw wrong(`${path}.${key}`, `is required with ${filter.operator}`)
    return toValue(given, column)
  }
  const several = () => {
    if (filter.values === undefined) throw wrong(`${path}.values`, `is required with ${filter.operator}`)
    return filter.values.map((given) => toValue(given, column))
  }
  switch (filter.operator) {
    case 'EQ':
      return fieldHas(named, 'eq', one('value'))
    case 'NEQ':
      return fieldHas(named, 'ne', one('value'))
    case 'LT':
      return fieldIs(name, 'lt', one('value'))
    case 'LTE':
      return fieldIs(name, 'lte', one('value'))
    case 'GT':
      return fieldIs(name, 'gt', one('value'))
    case 'GTE':
      return fieldIs(name, 'gte', one('value'))
    case 'BETWEEN':
      return fieldIs(name, 'between', { from: one('value'), to: one('highValue') })
    case 'IN':
      return fieldHas(named, 'in', several())
    case 'NOT_IN':
      return fieldHas(named, 'notIn', several())
    case 'HAS_PROPERTY':
      return hasValue(name, column)
    case 'NOT_HAS_PROPERTY':
      return { not: hasValue(name, column) }
    case 'CONTAINS_TOKEN':
      return fieldIs(name, 'matchesWords', String(one('value')))
    case 'NOT_CONTAINS_TOKEN':
      return { not: fieldIs(name, 'matchesWords', String(one('value'))) }
    default:
      return filter.operator satisfies never
  }
}

/** The vendor knows no empty text. */
function hasValue(name: string, { type }: Column): FilterInput {
  const known = fieldIs(name, 'isNull', false)
  return type === 'text' ? allOf([known, fieldIs(name, 'ne', '')]) : known
}

const timeTypes: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamptz'])

/** Moments may come as milliseconds since 1970, as the vendor's clients write them. */
function toValue(given: string | number | boolean, { type }: Column): unknown {
  if (timeTypes.has(type) && /^-?\d{9,14}$/.test(String(given))) {
    const moment = new Date(Number(given)).toISOString()
    return type === 'date' ? moment.slice(0, 10) : moment
  }
  if (type === 'date' && /^\d{4}-\d\d-\d\dT/.test(String(given))) return String(given).slice(0, 10)
  return typeof given === 'number' ? given : String(given)
}

function columnOf(property: string, path: string, viewed: Viewed<HubSpotView>): string {
  const column = propertyColumn(property, viewed)
  if (column !== undefined) return column
  throw wrong(path, `Property ${quoteName(property)} does not exist`)
}

function wrong(path: string, message: string): ValidationError {
  return new ValidationError([{ path, message }])
}

import { z } from '@hono/zod-openapi'
import { isList } from '../../../../core/column-type.ts'
import type { Column } from '../../../../core/dataset.ts'
import { ValidationError } from '../../../../core/errors.ts'
import { quoteName } from '../../../../core/unknown-name.ts'
import type { HubSpotView } from '../../../../datasets/crm/dialect-views.ts'
import type { Condition } from '../../conditions.ts'
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
export function searchConditions(search: Search, viewed: Viewed<HubSpotView>): Condition[] {
  const single = search.filters ?? []
  const groups = (search.filterGroups ?? []).map((group, index) => ({ ...group, index }))
  const asked = groups.filter((group) => group.filters.length > 0)
  if (single.length > 0 && asked.length > 0) {
    throw wrong(root, 'takes filters or filterGroups, not both')
  }
  const conditions: Condition[] = single.map((filter, index) => {
    const path = `${root}.filters.${index}`
    return { path, filter: toFilter(filter, path, viewed) }
  })
  if (asked.length > 0) {
    const pathOf = (group: number, index: number) => `${root}.filterGroups.${group}.filters.${index}`
    conditions.push({
      path: `${root}.filterGroups`,
      filter: {
        or: asked.map((group) => ({
          and: group.filters.map((filter, index) => toFilter(filter, pathOf(group.index, index), viewed)),
        })),
      },
      parts: asked.flatMap((group, at) =>
        group.filters.map((_, index) => ({ at: `or.${at}.and.${index}`, path: pathOf(group.index, index) })),
      ),
    })
  }
  const query = search.query?.trim()
  if (query) conditions.push({ path: `${root}.query`, filter: { search: query } })
  return conditions
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

function toFilter(filter: SearchFilter, path: string, viewed: Viewed<HubSpotView>): unknown {
  const name = columnOf(filter.propertyName, `${path}.propertyName`, viewed)
  const column = viewed.dataset.columns[name]
  if (!column) throw new TypeError(`The view of ${viewed.dataset.name} names no column ${name}`)
  const holdsSeveral = isList(column.type)
  const field = (operator: string, asked: unknown) => ({ field: { column: name, operator, value: asked } })
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
      return holdsSeveral ? field('hasAny', [one('value')]) : field('eq', one('value'))
    case 'NEQ':
      return holdsSeveral ? field('hasNone', [one('value')]) : field('ne', one('value'))
    case 'LT':
      return field('lt', one('value'))
    case 'LTE':
      return field('lte', one('value'))
    case 'GT':
      return field('gt', one('value'))
    case 'GTE':
      return field('gte', one('value'))
    case 'BETWEEN':
      return field('between', { from: one('value'), to: one('highValue') })
    case 'IN':
      return field(holdsSeveral ? 'hasAny' : 'in', several())
    case 'NOT_IN':
      return field(holdsSeveral ? 'hasNone' : 'notIn', several())
    case 'HAS_PROPERTY':
      return hasValue(name, column)
    case 'NOT_HAS_PROPERTY':
      return { not: hasValue(name, column) }
    case 'CONTAINS_TOKEN':
      return field('matchesWords', String(one('value')))
    case 'NOT_CONTAINS_TOKEN':
      return { not: field('matchesWords', String(one('value'))) }
    default:
      return filter.operator satisfies never
  }
}

/** The vendor knows no empty text. */
function hasValue(name: string, { type }: Column): unknown {
  const known = { field: { column: name, operator: 'isNull', value: false } }
  const filled = { field: { column: name, operator: 'ne', value: '' } }
  return type === 'text' ? { and: [known, filled] } : known
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

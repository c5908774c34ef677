import { z } from '@hono/zod-openapi'
import { isList } from '../../../../core/column-type.ts'
import { ValidationError } from '../../../../core/errors.ts'
import { allOf, type FilterInput, fieldHas, fieldIs } from '../../filter-input.ts'
import type { Origins } from '../../origins.ts'
import { crmFilterSchema, crmFiltersOf } from './crm-filters.ts'
import type { Deals } from './request.ts'

const maxValues = 10_000
const maxCrmFilters = 50

export const listFilterNames = [
  'deal_ids',
  'owner_ids',
  'collaborator_ids',
  'collaborators',
  'status',
  'deal_type',
  'region',
  'industry',
  'product_ids',
  'product_labels',
  'competitor_ids',
  'competitors',
] as const
const flagNames = ['has_competitor', 'analyzed', 'verified'] as const

const filterTypes = ['is', 'is any of', 'is not', 'exclude', 'include all of'] as const
type FilterType = (typeof filterTypes)[number]

const values = z
  .array(z.string())
  .min(1, 'must have at least one value; leave the filter out to get every deal')
  .max(maxValues)
const filterType = z.enum(filterTypes).openapi({ description: 'Default: is any of.' })

type ListShape = { [Name in (typeof listFilterNames)[number]]: z.ZodOptional<typeof values> } & {
  [Name in `${(typeof listFilterNames)[number]}_filter_type`]: z.ZodOptional<typeof filterType>
}
const listShape = Object.fromEntries(
  listFilterNames.flatMap((name) => [
    [name, values.optional()],
    [`${name}_filter_type`, filterType.optional()],
  ]),
) as ListShape

/** All of them must hold. */
export const filterSchema = z
  .strictObject({
    ...listShape,
    close_date: z
      .strictObject({ from: z.string().optional(), to: z.string().optional() })
      .optional()
      .openapi({ description: 'Days, ISO 8601; both are included.' }),
    amount: z
      .strictObject({ min: z.number().optional(), max: z.number().optional() })
      .optional()
      .openapi({ description: 'Both are included.' }),
    has_competitor: z.boolean().optional(),
    analyzed: z.boolean().optional(),
    verified: z.boolean().optional(),
    salesforce_filters: z.array(crmFilterSchema).max(maxCrmFilters).optional(),
    hubspot_filters: z.array(crmFilterSchema).max(maxCrmFilters).optional(),
  })
  .openapi('HindsightFilters')

export type Filters = z.infer<typeof filterSchema>

/** @throws ValidationError */
export function filtersOf(filters: Filters, deals: Deals, origins: Origins): FilterInput[] {
  const made: FilterInput[] = []
  const add = (name: string, filter: FilterInput) => made.push(origins.note(`filters.${name}`, filter))
  for (const name of listFilterNames) {
    const { [name]: asked, [`${name}_filter_type` as const]: type } = filters
    if (asked) add(name, listFilter(name, asked, type ?? 'is any of', deals))
    else if (type) throw wrong(`${name}_filter_type`, `goes with ${name}, which is missing`)
  }
  for (const name of flagNames) {
    const asked = filters[name]
    // What was never analyzed is not analyzed.
    const holds = field(name, 'eq', true, deals)
    if (asked !== undefined) add(name, asked ? holds : { not: holds })
  }
  const { close_date: dates, amount } = filters
  if (dates?.from !== undefined) add('close_date.from', field('close_date', 'gte', dayOf(dates.from), deals))
  if (dates?.to !== undefined) add('close_date.to', field('close_date', 'lte', dayOf(dates.to), deals))
  if (amount?.min !== undefined) add('amount.min', field('amount', 'gte', amount.min, deals))
  if (amount?.max !== undefined) add('amount.max', field('amount', 'lte', amount.max, deals))
  checkOrder('close_date', dates?.from, dates?.to)
  checkOrder('amount', amount?.min, amount?.max)
  return [...made, ...crmFiltersOf(filters, deals, origins)]
}

function listFilter(name: string, asked: readonly string[], type: FilterType, deals: Deals): FilterInput {
  const column = columnOf(name, deals)
  const named = { name: column, type: deals.dataset.columns[column]?.type ?? 'text' }
  switch (type) {
    case 'is':
    case 'is any of':
      return fieldHas(named, 'in', asked)
    case 'is not':
    case 'exclude':
      return fieldHas(named, 'notIn', asked)
    case 'include all of': {
      if (isList(named.type)) return fieldIs(column, 'hasAll', asked)
      // One value cannot be two: each has to hold, so that an unknown one is still found out.
      return allOf([...new Set(asked)].map((value) => fieldIs(column, 'eq', value)))
    }
    default:
      return type satisfies never
  }
}

function field(name: string, operator: string, value: unknown, deals: Deals): FilterInput {
  return fieldIs(columnOf(name, deals), operator, value)
}

function columnOf(name: string, { view }: Deals): string {
  return view.filters[name] ?? name
}

/** The day of a moment: the column holds days. */
export function dayOf(text: string): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)?$/.test(text) ? text.slice(0, 10) : text
}

function checkOrder<T extends string | number>(name: string, from: T | undefined, to: T | undefined): void {
  if (from !== undefined && to !== undefined && from > to) {
    throw wrong(name, `begins at ${from}, after its end ${to}`)
  }
}

function wrong(name: string, message: string): ValidationError {
  return new ValidationError([{ path: `filters.${name}`, message }])
}

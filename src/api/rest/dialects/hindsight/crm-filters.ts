import { z } from '@hono/zod-openapi'
import { type ColumnType, isList, isNumeric } from '../../../../core/column-type.ts'
import type { Column } from '../../../../core/dataset.ts'
import { ValidationError } from '../../../../core/errors.ts'
import { quoteName } from '../../../../core/unknown-name.ts'
import type { CrmProperties } from '../../../../datasets/crm/dialect-views.ts'
import { type FilterInput, fieldHas, fieldIs } from '../../filter-input.ts'
import type { Origins } from '../../origins.ts'
import { dayOf, type Filters } from './filters.ts'
import type { Deals } from './request.ts'

const operators = [
  'is',
  'is not',
  'is greater than',
  'is less than',
  'is greater than or equal to',
  'is less than or equal to',
  'is before',
  'is after',
  'contains',
  'does not contain',
] as const

export const crmFilterSchema = z
  .strictObject({
    property: z.string().min(1).max(200).openapi({
      description: 'A property of the deal in the CRM, or of its account: `Account.Industry`.',
    }),
    operator: z.enum(operators),
    value: z.union([z.string(), z.number(), z.boolean()]),
  })
  .openapi('HindsightCrmFilter')

type CrmFilter = z.infer<typeof crmFilterSchema>

/** @throws ValidationError that names the property or the operator that does not fit */
export function crmFiltersOf(filters: Filters, deals: Deals, origins: Origins): FilterInput[] {
  return (['salesforce', 'hubspot'] as const).flatMap((crm) =>
    (filters[`${crm}_filters`] ?? []).map((filter, index) => {
      const path = `filters.${crm}_filters.${index}`
      const name = propertyColumn(filter.property, deals.view[crm], deals)
      const column = name === undefined ? undefined : deals.dataset.columns[name]
      if (name === undefined || !column) {
        throw wrong(
          `${path}.property`,
          `${quoteName(filter.property)} is no property of this organization's CRM`,
        )
      }
      return origins.note(path, condition(filter, name, column, path))
    }),
  )
}

/** Names as the CRM spells them, whatever their case: `Amount`, `Account.Industry`, `Lead_Source__c`. */
function propertyColumn(property: string, crm: CrmProperties, { dataset }: Deals): string | undefined {
  const known = Object.keys(crm.properties).find((name) => name.toLowerCase() === property.toLowerCase())
  if (known !== undefined) return crm.properties[known]
  const account = /^account\.(.+)$/i.exec(property)?.[1]
  const name =
    account === undefined ? crm.propertyPrefix + snakeCase(property) : crm.accountPrefix + snakeCase(account)
  return Object.hasOwn(dataset.columns, name) ? name : undefined
}

function snakeCase(property: string): string {
  return property
    .replace(/__c$/, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

function condition({ operator, value }: CrmFilter, name: string, column: Column, path: string): FilterInput {
  const asked = valueFor(column, value)
  const equal = fieldHas({ name, type: column.type }, 'eq', asked)
  const compare = (word: string) => {
    if (isNumeric(column.type) || isMoment(column.type)) return fieldIs(name, word, asked)
    throw wrong(`${path}.operator`, `'${operator}' asks for a number, and this property is ${column.type}`)
  }
  const order = (word: string) => {
    if (isMoment(column.type)) return fieldIs(name, word, asked)
    throw wrong(`${path}.operator`, `'${operator}' asks for a date, and this property is ${column.type}`)
  }
  const contains = () => {
    if (isList(column.type)) return equal
    if (column.type === 'text' || column.type === 'enum') return fieldIs(name, 'contains', asked)
    throw wrong(`${path}.operator`, `'${operator}' asks for text, and this property is ${column.type}`)
  }
  switch (operator) {
    case 'is':
      return equal
    case 'is not':
      return { not: equal }
    case 'is greater than':
      return compare('gt')
    case 'is less than':
      return compare('lt')
    case 'is greater than or equal to':
      return compare('gte')
    case 'is less than or equal to':
      return compare('lte')
    case 'is before':
      return order('lt')
    case 'is after':
      return order('gt')
    case 'contains':
      return contains()
    case 'does not contain':
      return { not: contains() }
    default:
      return operator satisfies never
  }
}

function isMoment(type: ColumnType): boolean {
  return type === 'date' || type === 'timestamp' || type === 'timestamptz'
}

/** Values arrive as text; a number of text stays text. */
function valueFor({ type }: Column, value: CrmFilter['value']): unknown {
  if (typeof value === 'boolean') return type === 'boolean' ? value : String(value)
  if (isNumeric(type)) return value
  return type === 'date' ? dayOf(String(value)) : String(value)
}

function wrong(path: string, message: string): ValidationError {
  return new ValidationError([{ path, message }])
}

import { z } from '@hono/zod-openapi'
import { ValidationError } from '../../../../core/errors.ts'
import type { ColumnRequest } from '../../../../core/request.ts'
import type { HindsightView } from '../../../../datasets/crm/dialect-views.ts'
import { allOf } from '../../filter-input.ts'
import { Origins, type Translated } from '../../origins.ts'
import type { Viewed } from '../../views.ts'
import { filterSchema, filtersOf } from './filters.ts'

const day = 24 * 3600
/** A file has no more columns. */
const maxColumns = 1_600

export const exportBody = z
  .strictObject({
    columns: z
      .array(z.string().min(1).max(200))
      .min(1, 'must name at least one column')
      .max(maxColumns)
      .openapi({ description: 'Column ids, in the order of the file.' }),
    filters: filterSchema.optional(),
  })
  .openapi('HindsightExportRequest')

export type Deals = Viewed<HindsightView>

/** @throws ValidationError */
export function toRequest({ columns, filters = {} }: z.infer<typeof exportBody>, deals: Deals): Translated {
  const origins = new Origins({ filter: 'filters' })
  const made = filtersOf(filters, deals, origins)
  return {
    origins,
    request: {
      door: 'hindsight',
      dataset: deals.dataset.name,
      columns: toColumns(columns, deals),
      filter: made.length > 0 ? allOf(made) : undefined,
      format: 'csv',
      options: { dateFormat: 'iso8601' },
      fileLifetimeSeconds: 7 * day,
      recordLifetimeSeconds: 30 * day,
    },
  }
}

/** In the caller's order, under the caller's names. @throws ValidationError that names every unknown one */
export function toColumns(ids: readonly string[], deals: Deals): ColumnRequest[] {
  const columns = ids.map((id) => ({ name: columnOf(id, deals), label: id }))
  const unknown = columns.filter(({ name }) => name === undefined).map(({ label }) => label)
  if (unknown.length > 0) throw wrong(`Invalid column IDs: ${unknown.join(', ')}`)
  const repeated = columns.filter(({ name }, at) => columns.findIndex((other) => other.name === name) !== at)
  if (repeated.length > 0) {
    throw wrong(`Duplicate column IDs: ${repeated.map(({ label }) => label).join(', ')}`)
  }
  return columns as ColumnRequest[]
}

/** The dataset's column behind an id: one of the page's, an alias of one, or one that the organization has. */
export function columnOf(id: string, { dataset, view }: Deals): string | undefined {
  if (view.columns.includes(id)) return id
  if (Object.hasOwn(view.aliases, id)) return view.aliases[id]
  const isDynamic = dataset.dynamicColumns?.some(({ prefix }) => id.startsWith(prefix))
  return isDynamic && Object.hasOwn(dataset.columns, id) ? id : undefined
}

function wrong(message: string): ValidationError {
  return new ValidationError([{ path: '', message }])
}

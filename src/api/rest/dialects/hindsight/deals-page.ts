import { z } from '@hono/zod-openapi'
import { ValidationError } from '../../../../core/errors.ts'
import { findColumn } from '../../../../core/find-column.ts'
import { allOf } from '../../filter-input.ts'
import { Origins, type Translated } from '../../origins.ts'
import { parseInput } from '../../parse-input.ts'
import { type Filters, filterSchema, filtersOf, listFilterNames } from './filters.ts'
import { columnOf, type Deals, toColumns } from './request.ts'

/** Rows that may be skipped: beyond, an export is the way. */
const maxPageIndex = 100_000

const jsonText = z.string().optional().openapi({ description: 'JSON, as in the body of an export.' })
const filterNames = Object.keys(filterSchema.shape) as (keyof Filters)[]

export const pageQuery = z.strictObject({
  page_size: z.coerce.number().pipe(z.int().min(1).max(100)).default(50),
  page_index: z.coerce.number().pipe(z.int().min(0).max(maxPageIndex)).default(0),
  columns: z
    .string()
    .optional()
    .openapi({ description: 'Column ids, separated by commas. Default: the id and every standard column.' }),
  sort: z.string().optional().openapi({ description: 'A column id. Default: created_at.' }),
  sort_order: z.enum(['asc', 'desc']).default('desc'),
  searchQuery: z.string().optional().openapi({ description: 'Words that the name or the summary has.' }),
  filters: z.string().optional().openapi({ description: 'All filters in one object, as JSON.' }),
  ...(Object.fromEntries(filterNames.map((name) => [name, jsonText])) as {
    [Name in keyof Filters]-?: typeof jsonText
  }),
})

/** A page of deals, as an export of the same rows would have them. @throws ValidationError */
export function toPageRequest(query: z.infer<typeof pageQuery>, deals: Deals): Translated {
  const origins = new Origins({ filter: 'filters' })
  const filters = filtersOf(parseFilters(query), deals, origins)
  if (query.searchQuery?.trim()) filters.push(origins.note('searchQuery', { search: query.searchQuery }))
  const sort = query.sort ?? 'created_at'
  const column = sort === 'id' ? sort : columnOf(sort, deals)
  if (column === undefined) throw new ValidationError([{ path: '', message: `Invalid column IDs: ${sort}` }])
  return {
    origins,
    request: {
      door: 'hindsight',
      dataset: deals.dataset.name,
      columns: columnsOf(query.columns, deals),
      filter: filters.length > 0 ? allOf(filters) : undefined,
      sort: [{ column, direction: query.sort_order, nulls: 'last' }],
    },
  }
}

/** The id is a column here, so that a row can be told from the others. */
function columnsOf(asked: string | undefined, deals: Deals) {
  const ids =
    asked === undefined
      ? // Nobody named them, so the key's limits narrow them.
        ['id', ...deals.view.columns].filter((id) => findColumn(deals.dataset, id))
      : asked.split(',').map((id) => id.trim())
  const columns = toColumns(
    ids.filter((id) => id !== 'id'),
    deals,
  )
  return ids.includes('id') ? [{ name: 'id', label: 'id' }, ...columns] : columns
}

function parseFilters(query: z.infer<typeof pageQuery>): Filters {
  const one = query.filters === undefined ? {} : parseInput(filterSchema, jsonOf('filters', query.filters))
  const each = Object.fromEntries(
    filterNames.flatMap((name) => {
      const text = query[name]
      if (text === undefined) return []
      // A modifier is a word, which is no JSON by itself.
      const isWord = listFilterNames.some((list) => name === `${list}_filter_type`) && !text.startsWith('"')
      return [[name, isWord ? text : jsonOf(name, text)]]
    }),
  )
  return { ...one, ...parseInput(filterSchema, each) }
}

function jsonOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ValidationError([
      { path: name, message: 'must be JSON, such as ["value"], true or {"min": 1}' },
    ])
  }
}

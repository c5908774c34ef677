import type { EntityManager } from '@mikro-orm/postgresql'
import { type ExportStatus, exportStatuses } from '../../core/status.ts'
import { Export } from '../../platform/db/entities/export.ts'
import type { ListPosition } from './list-cursor.ts'

/** Exports of a page when nobody says how many. */
export const defaultPageSize = 20

export type OrderField = 'createdAt' | 'name'

export interface ListedExports {
  readonly organizationId: string
  /** Any of these. Left out: all. */
  readonly statuses?: readonly ExportStatus[] | undefined
  /** Any of these. Left out: all. */
  readonly datasets?: readonly string[] | undefined
  /** At this instant or later. */
  readonly createdAfter?: Date | undefined
  /** Before this instant. */
  readonly createdBefore?: Date | undefined
}

export interface PageRequest {
  readonly field: OrderField
  readonly direction: 'asc' | 'desc'
  /** Both exclusive. */
  readonly after: ListPosition | null
  readonly before: ListPosition | null
  /** Counted from the start, or from the end. */
  readonly from: 'start' | 'end'
  readonly size: number
}

const columnOf = { createdAt: 'created_at', name: 'name' } as const satisfies Record<OrderField, string>

/**
 * One page, in the order of the list, and whether rows lie beyond it where it was cut. One query, which
 * reads no more rows than the page has for each status and dataset asked for: keyset instead of OFFSET,
 * so page 10,000 costs what page 1 does.
 */
export async function readExportPage(
  em: EntityManager,
  listed: ListedExports,
  page: PageRequest,
): Promise<{ rows: Export[]; hasMore: boolean }> {
  const column = columnOf[page.field]
  const isAscending = (page.direction === 'asc') === (page.from === 'start')
  const order = isAscending ? `${column}, id` : `${column} desc, id desc`
  const { sql, params } = selectEach(listed, {
    positions: positionsOf(page, column),
    end: `order by ${order} limit ${page.size + 1}`,
  })
  const found = await em.execute<Record<string, unknown>[]>(sql, params)
  const rows = found.slice(0, page.size).map((row) => em.map(Export, row))
  return { rows: page.from === 'start' ? rows : rows.reverse(), hasMore: found.length > page.size }
}

export async function countExports(em: EntityManager, listed: ListedExports): Promise<number> {
  const { condition, params } = conditionOf(listed)
  const status = listed.statuses ? ' and status = any(?::text[])' : ''
  const dataset = listed.datasets ? ' and dataset = any(?::text[])' : ''
  const [row] = await em.execute<{ count: string }[]>(
    `select count(*) from sluice.exports where ${condition}${status}${dataset}`,
    [
      ...params,
      ...(listed.statuses ? [textArray(listed.statuses)] : []),
      ...(listed.datasets ? [textArray(listed.datasets)] : []),
    ],
  )
  return Number(row?.count ?? 0)
}

interface Fragment {
  readonly sql: string
  readonly params: readonly unknown[]
}

// Row comparison: an index condition as a whole. Spelled out with OR, a million exports of one name
// would be read up to the cursor.
function positionsOf({ after, before, direction }: PageRequest, column: string): Fragment[] {
  const [later, earlier] = direction === 'asc' ? ['>', '<'] : ['<', '>']
  const cast = column === 'created_at' ? 'timestamptz' : 'text'
  return [
    ...(after ? [{ operator: later, ...after }] : []),
    ...(before ? [{ operator: earlier, ...before }] : []),
  ].map(({ operator, value, id }) => ({
    sql: `(${column}, id) ${operator} (?::${cast}, ?::uuid)`,
    params: [value, id],
  }))
}

/**
 * Each status and dataset has its rows in order in an index; several of them together have not. So each
 * gives its own first rows, and those are merged: `status = any(…)` would read until it has found enough.
 */
function selectEach(
  listed: ListedExports,
  { positions, end }: { positions: readonly Fragment[]; end: string },
): { sql: string; params: unknown[] } {
  const { condition, params } = conditionOf(listed)
  const conditions = [condition, ...positions.map(({ sql }) => sql)]
  const values = [...params, ...positions.flatMap((position) => position.params)]
  if (!listed.statuses && !listed.datasets) {
    return { sql: `select * from sluice.exports where ${conditions.join(' and ')} ${end}`, params: values }
  }
  const lists = [`unnest(?::text[]) as listed_status`]
  const listParams = [textArray(listed.statuses ?? exportStatuses)]
  conditions.push('status = listed_status')
  if (listed.datasets) {
    lists.push(`unnest(?::text[]) as listed_dataset`)
    listParams.push(textArray(listed.datasets))
    conditions.push('dataset = listed_dataset')
  }
  return {
    sql: `select page.* from ${lists.join(' cross join ')} cross join lateral (
      select * from sluice.exports where ${conditions.join(' and ')} ${end}) as page ${end}`,
    params: [...listParams, ...values],
  }
}

function conditionOf({ organizationId, createdAfter, createdBefore }: ListedExports): {
  condition: string
  params: unknown[]
} {
  const conditions = ['organization_id = ?']
  const params: unknown[] = [organizationId]
  if (createdAfter) {
    conditions.push('created_at >= ?')
    params.push(createdAfter)
  }
  if (createdBefore) {
    conditions.push('created_at < ?')
    params.push(createdBefore)
  }
  return { condition: conditions.join(' and '), params }
}

/** Of distinct words: the same one twice would give its rows twice. As text, because a list is spread over several `?`. */
function textArray(words: readonly string[]): string {
  return `{${[...new Set(words)].map((word) => `"${word.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}

import { ValidationError } from '../../core/errors.ts'
import { Export } from '../../platform/db/entities/export.ts'
import { builder } from './builder.ts'
import { ExportType } from './export.ts'
import { parseExportId } from './export-id.ts'
import {
  countExports,
  defaultPageSize,
  type ListedExports,
  type OrderField,
  type PageRequest,
  readExportPage,
} from './export-page.ts'
import { ExportStatusEnum } from './export-status.ts'
import { type ListPosition, readCursor, writeCursor } from './list-cursor.ts'

const maxPageSize = 200
/** Each is a place in an index of its own. */
const maxFilterDatasets = 50

const ExportFilter = builder.inputType('ExportFilter', {
  description: 'Which exports. Everything that is given must hold.',
  fields: (t) => ({
    status: t.field({ type: [ExportStatusEnum], description: 'Any of these.' }),
    dataset: t.stringList({ description: 'Any of these.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'At this instant or later.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Before this instant.' }),
  }),
})

const ExportOrderField = builder.enumType('ExportOrderField', {
  description: 'What exports are ordered by.',
  values: {
    CREATED_AT: { value: 'createdAt', description: 'When they were accepted.' },
    NAME: { value: 'name', description: 'What they are called.' },
  } as const,
})

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which way.',
  values: {
    ASC: { value: 'asc', description: 'The smallest or earliest first.' },
    DESC: { value: 'desc', description: 'The largest or latest first.' },
  } as const,
})

const ExportOrder = builder.inputType('ExportOrder', {
  description: 'The order of a list.',
  fields: (t) => ({
    field: t.field({
      type: ExportOrderField,
      required: true,
      description: 'Ordered by this; equal ones by id.',
    }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Which way.' }),
  }),
})

builder.queryField('export', (t) =>
  t.field({
    type: ExportType,
    nullable: true,
    description: 'One export; null when the organization has none with this id.',
    authScopes: { scope: 'exports:read' },
    args: { id: t.arg.id({ required: true, description: 'Global id, or the UUID.' }) },
    resolve: async (_root, { id }, { services, principal }) => {
      const exportId = parseExportId(String(id))
      return exportId
        ? await services.orm.em
            .fork()
            .findOne(Export, { id: exportId, organization: principal!.organizationId })
        : null
    },
  }),
)

builder.queryField('exports', (t) =>
  t.connection(
    {
      type: ExportType,
      description: `The organization's exports, newest first. A page has ${defaultPageSize} of them, ${maxPageSize} at most.`,
      authScopes: { scope: 'exports:read' },
      args: {
        filter: t.arg({ type: ExportFilter, description: 'Default: all.' }),
        orderBy: t.arg({ type: ExportOrder, description: 'Default: newest first.' }),
      },
      resolve: async (_root, args, { services, principal }) => {
        const em = services.orm.em.fork()
        const listed = listedBy(args.filter ?? {}, principal!.organizationId)
        const page = pageOf(args)
        const { rows, hasMore } = await readExportPage(em, listed, page)
        const edges = rows.map((node) => ({ node, cursor: writeCursor(positionOf(node, page.field)) }))
        return {
          edges,
          pageInfo: {
            // Beyond a cursor there was a row when it was given; more is not worth a query.
            hasNextPage: page.from === 'start' ? hasMore : page.before !== null,
            hasPreviousPage: page.from === 'end' ? hasMore : page.after !== null,
            startCursor: edges[0]?.cursor ?? null,
            endCursor: edges.at(-1)?.cursor ?? null,
          },
          count: () => countExports(em, listed),
        }
      },
    },
    {
      name: 'ExportConnection',
      description: 'A page of exports.',
      fields: (f) => ({
        totalCount: f.field({
          type: 'BigInt',
          description: 'How many exports the filter finds, on all pages. Counted only when it is asked for.',
          resolve: (connection) => (connection as unknown as { count(): Promise<number> }).count(),
        }),
      }),
    },
    { name: 'ExportEdge', description: 'An export in a page.' },
  ),
)

/** @throws ValidationError for more datasets than a list takes */
function listedBy(filter: typeof ExportFilter.$inferInput, organizationId: string): ListedExports {
  const { status, dataset, createdAfter, createdBefore } = filter
  if (dataset && dataset.length > maxFilterDatasets) {
    throw wrongArgument('filter.dataset', `can name ${maxFilterDatasets} datasets at most`)
  }
  return {
    organizationId,
    statuses: status ?? undefined,
    // What Postgres cannot store names nothing.
    datasets: dataset?.filter((name) => name.isWellFormed() && !name.includes('\0')),
    createdAfter: createdAfter ?? undefined,
    createdBefore: createdBefore ?? undefined,
  }
}

interface ListArguments {
  first?: number | null | undefined
  last?: number | null | undefined
  after?: string | null | undefined
  before?: string | null | undefined
  orderBy?: { field: OrderField; direction: 'asc' | 'desc' } | null | undefined
}

/** @throws ValidationError for what has no meaning: two sizes, a size out of bounds, another list's cursor */
function pageOf({ first, last, after, before, orderBy }: ListArguments): PageRequest {
  const { field, direction } = orderBy ?? { field: 'createdAt', direction: 'desc' }
  if (first != null && last != null) throw wrongArgument('last', 'cannot be used together with first')
  const name = last != null ? 'last' : 'first'
  const size = last ?? first ?? defaultPageSize
  if (size < 1 || size > maxPageSize) throw wrongArgument(name, `must be from 1 to ${maxPageSize}`)
  return {
    field,
    direction,
    size,
    from: name === 'last' ? 'end' : 'start',
    after: cursorArgument('after', after, field),
    before: cursorArgument('before', before, field),
  }
}

function cursorArgument(
  name: string,
  cursor: string | null | undefined,
  field: OrderField,
): ListPosition | null {
  if (cursor == null) return null
  const position = readCursor(cursor, field === 'createdAt' ? 'instant' : 'text')
  if (position) return position
  throw wrongArgument(name, 'this cursor does not belong to a list in this order')
}

function positionOf(row: Export, field: OrderField): ListPosition {
  return { id: row.id, value: field === 'createdAt' ? row.createdAt.toISOString() : row.name }
}

function wrongArgument(path: string, message: string): ValidationError {
  return new ValidationError([{ path, message }])
}

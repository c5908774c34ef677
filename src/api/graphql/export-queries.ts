import type { FilterQuery } from '@mikro-orm/core'
import { ValidationError } from '../../core/errors.ts'
import { Export } from '../../platform/db/entities/export.ts'
import { builder } from './builder.ts'
import { ExportStatusEnum, ExportType } from './export.ts'
import { isUuid, parseExportId } from './export-id.ts'

const defaultPageSize = 20
const maxPageSize = 200

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
  values: { CREATED_AT: { value: 'createdAt' }, NAME: { value: 'name' } } as const,
})

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which way.',
  values: { ASC: { value: 'asc' }, DESC: { value: 'desc' } } as const,
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
    resolve: async (_root, { id }, { em, principal }) => {
      const exportId = parseExportId(String(id))
      return exportId
        ? await em.findOne(Export, { id: exportId, organization: principal!.organizationId })
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
      resolve: async (_root, args, { em, principal }) => {
        const where = whereOf(args.filter ?? {}, principal!.organizationId)
        const { field, direction } = args.orderBy ?? {
          field: 'createdAt' as const,
          direction: 'desc' as const,
        }
        const page = pageOf(args, field)
        // Keyset, not OFFSET: page 10,000 costs as much as page 1.
        const cursor = await em.findByCursor(Export, {
          where,
          ...page,
          orderBy: [{ [field]: direction }, { id: direction }],
          includeCount: false,
        })
        return {
          edges: cursor.items.map((node) => ({ node, cursor: cursor.from(node) })),
          pageInfo: {
            hasNextPage: cursor.hasNextPage,
            hasPreviousPage: cursor.hasPrevPage,
            startCursor: cursor.startCursor,
            endCursor: cursor.endCursor,
          },
          count: () => em.fork().count(Export, where),
        }
      },
    },
    {
      description: 'A page of exports.',
      fields: (f) => ({
        totalCount: f.field({
          type: 'BigInt',
          description: 'How many exports the filter finds, on all pages. Counted only when it is asked for.',
          resolve: (connection) => (connection as unknown as { count(): Promise<number> }).count(),
        }),
      }),
    },
    { description: 'An export in a page.' },
  ),
)

function whereOf(filter: typeof ExportFilter.$inferInput, organization: string): FilterQuery<Export> {
  return {
    organization,
    ...(filter.status ? { status: { $in: filter.status } } : {}),
    ...(filter.dataset ? { dataset: { $in: filter.dataset } } : {}),
    ...(filter.createdAfter || filter.createdBefore
      ? {
          createdAt: {
            ...(filter.createdAfter ? { $gte: filter.createdAfter } : {}),
            ...(filter.createdBefore ? { $lt: filter.createdBefore } : {}),
          },
        }
      : {}),
  }
}

interface PageArguments {
  first?: number | null | undefined
  last?: number | null | undefined
  after?: string | null | undefined
  before?: string | null | undefined
}

type OrderField = 'createdAt' | 'name'

/** @throws ValidationError for what has no meaning: both directions, a size out of bounds, another list's cursor */
function pageOf(
  args: PageArguments,
  field: OrderField,
): { first: number; after?: string } | { last: number; before?: string } {
  if (args.first != null && args.last != null) throw wrongPage('last', 'cannot be used together with first')
  const name = args.last != null ? 'last' : 'first'
  const size = args[name] ?? defaultPageSize
  if (size < 1 || size > maxPageSize) throw wrongPage(name, `must be from 1 to ${maxPageSize}`)
  if (name === 'last') {
    if (args.after != null) throw wrongPage('after', 'goes with first; use before with last')
    return { last: size, ...(args.before != null ? { before: cursorOf('before', args.before, field) } : {}) }
  }
  if (args.before != null) throw wrongPage('before', 'goes with last; use after with first')
  return { first: size, ...(args.after != null ? { after: cursorOf('after', args.after, field) } : {}) }
}

/** A cursor holds what its row is ordered by; MikroORM would compare anything else as if it did. */
function cursorOf(path: string, cursor: string, field: OrderField): string {
  const values = decodeCursor(cursor)
  const [value, id] = Array.isArray(values) ? (values as unknown[]) : []
  const isOfOrder =
    typeof value === 'string' &&
    !value.includes('\0') &&
    (field === 'name' || (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value)))) &&
    typeof id === 'string' &&
    isUuid(id)
  if (isOfOrder) return cursor
  throw wrongPage(path, 'this cursor does not belong to a list in this order')
}

function decodeCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return null
  }
}

function wrongPage(path: string, message: string): ValidationError {
  return new ValidationError([{ path, message }])
}

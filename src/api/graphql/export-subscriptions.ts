import { NotFoundError } from '../../core/errors.ts'
import type { Export } from '../../platform/db/entities/export.ts'
import { builder } from './builder.ts'
import { ExportType } from './export.ts'
import { requireExportId } from './export-id.ts'
import { ExportStatusEnum } from './export-status.ts'

const ExportUpdatedFilter = builder.inputType('ExportUpdatedFilter', {
  description: 'Which exports to hear of. Everything that is given must hold.',
  fields: (t) => ({
    status: t.field({ type: [ExportStatusEnum], description: 'Any of these.' }),
    dataset: t.stringList({ description: 'Any of these.' }),
  }),
})

builder.subscriptionField('exportProgress', (t) =>
  t.field({
    type: ExportType,
    description:
      'The states of one export: the current one at once, then each newer one that the connection can take, and the last after the end. Then it completes.',
    authScopes: { scope: 'exports:read' },
    args: { id: t.arg.id({ required: true, description: 'Global id, or the UUID.' }) },
    subscribe: async (_root, { id }, { services, principal }) => {
      const states = await services.feed.watchOne(principal!.organizationId, requireExportId(String(id)))
      if (!states) throw new NotFoundError('There is no such export.')
      return states
    },
    resolve: (state) => state,
  }),
)

builder.subscriptionField('exportUpdated', (t) =>
  t.field({
    type: ExportType,
    description:
      "The organization's exports: first the state of each that is under way, then every change. A slow connection skips states, never exports.",
    authScopes: { scope: 'exports:read' },
    args: { filter: t.arg({ type: ExportUpdatedFilter, description: 'Default: all.' }) },
    subscribe: async (_root, { filter }, { services, principal }) => {
      const states = await services.feed.watchAll(principal!.organizationId)
      return filter ? only(states, (row) => matches(row, filter)) : states
    },
    resolve: (state) => state,
  }),
)

function matches(row: Export, filter: typeof ExportUpdatedFilter.$inferInput): boolean {
  if (filter.status && !filter.status.includes(row.status)) return false
  return !filter.dataset || filter.dataset.includes(row.dataset)
}

/** Filters a live sequence. `return` goes straight to the source, which may be waiting. */
function only<T>(source: AsyncGenerator<T>, test: (value: T) => boolean): AsyncGenerator<T> {
  const next = async (): Promise<IteratorResult<T>> => {
    for (;;) {
      const result = await source.next()
      if (result.done || test(result.value)) return result
    }
  }
  return {
    next,
    return: (value) => source.return(value),
    throw: (error) => source.throw(error),
    [Symbol.asyncIterator]() {
      return this
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  }
}

import {
  ConflictError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
  ValidationError,
} from '../../core/errors.ts'
import { cancelExport } from '../../lifecycle/cancel-export.ts'
import { deleteExport } from '../../lifecycle/delete-export.ts'
import { retryExport } from '../../lifecycle/retry-export.ts'
import { type SubmitResult, submitExport } from '../../lifecycle/submit-export.ts'
import type { Export } from '../../platform/db/entities/export.ts'
import { builder } from './builder.ts'
import { ExportType } from './export.ts'
import { requireExportId } from './export-id.ts'
import { CreateExportInput, withRequest } from './export-input.ts'

const DuplicateEnum = builder.enumType('Duplicate', {
  description: 'Which export answers a request.',
  values: {
    NONE: { value: 'none', description: 'A new one.' },
    RESENT: { value: 'resent', description: 'The one that the same idempotency key made.' },
    IN_FLIGHT: { value: 'inFlight', description: 'An equal one that is pending or processing.' },
    COMPLETED: { value: 'completed', description: 'An equal one that was completed within the window.' },
  } as const,
})

const CreateExportSuccess = builder.objectRef<SubmitResult>('CreateExportSuccess').implement({
  description: 'The export was accepted.',
  fields: (t) => ({
    export: t.expose('export', { type: ExportType, description: 'The export.' }),
    deduped: t.exposeBoolean('deduped', { description: 'Whether it is one that was there before.' }),
    duplicate: t.expose('duplicate', { type: DuplicateEnum, description: 'Which one answers.' }),
  }),
})

const CancelExportSuccess = builder.objectRef<{ export: Export }>('CancelExportSuccess').implement({
  description: 'The export has ended: canceled, or as it had ended before.',
  fields: (t) => ({ export: t.expose('export', { type: ExportType, description: 'The export.' }) }),
})

const RetryExportSuccess = builder.objectRef<{ export: Export }>('RetryExportSuccess').implement({
  description: 'The export is back in the queue.',
  fields: (t) => ({ export: t.expose('export', { type: ExportType, description: 'The export.' }) }),
})

const DeleteExportSuccess = builder.objectRef<{ deletedId: string }>('DeleteExportSuccess').implement({
  description: 'The export is gone.',
  fields: (t) => ({ deletedId: t.exposeID('deletedId', { description: 'The id it had, as it was given.' }) }),
})

builder.mutationField('createExport', (t) =>
  t.field({
    type: CreateExportSuccess,
    description: 'Accepts an export and answers at once; the files are made in the background.',
    authScopes: { authenticated: true },
    errors: {
      types: [ValidationError, LimitExceededError, ForbiddenError, ConflictError],
      union: { name: 'CreateExportResult', description: 'What came of createExport.' },
    },
    args: {
      input: t.arg({ type: CreateExportInput, required: true, description: 'What to export, and how.' }),
    },
    resolve: (_root, { input }, { services, principal }) =>
      withRequest(input, (request) => submitExport(services, principal!, request)),
  }),
)

builder.mutationField('cancelExport', (t) =>
  t.field({
    type: CancelExportSuccess,
    description:
      'Ends an export that is under way; nothing of it can be downloaded. One that has ended stays as it is.',
    authScopes: { authenticated: true },
    errors: {
      types: [NotFoundError, ForbiddenError],
      union: { name: 'CancelExportResult', description: 'What came of cancelExport.' },
    },
    args: { id: t.arg.id({ required: true, description: 'Of the export.' }) },
    resolve: async (_root, { id }, { services, principal }) => ({
      export: await cancelExport(services, principal!, requireExportId(String(id))),
    }),
  }),
)

builder.mutationField('retryExport', (t) =>
  t.field({
    type: RetryExportSuccess,
    description:
      'Has a failed or canceled export made again, from its own spec: the same record, with further attempts.',
    authScopes: { authenticated: true },
    errors: {
      types: [NotFoundError, ForbiddenError, ConflictError, LimitExceededError],
      union: { name: 'RetryExportResult', description: 'What came of retryExport.' },
    },
    args: { id: t.arg.id({ required: true, description: 'Of the export.' }) },
    resolve: async (_root, { id }, { services, principal }) => ({
      export: await retryExport(services, principal!, requireExportId(String(id))),
    }),
  }),
)

builder.mutationField('deleteExport', (t) =>
  t.field({
    type: DeleteExportSuccess,
    description:
      'Removes an export for good: record, timeline, files. One that is under way is canceled first.',
    authScopes: { authenticated: true },
    errors: {
      types: [NotFoundError, ForbiddenError],
      union: { name: 'DeleteExportResult', description: 'What came of deleteExport.' },
    },
    args: { id: t.arg.id({ required: true, description: 'Of the export.' }) },
    resolve: async (_root, { id }, { services, principal }) => {
      await deleteExport(services, principal!, requireExportId(String(id)))
      return { deletedId: String(id) }
    },
  }),
)

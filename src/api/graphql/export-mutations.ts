import {
  ConflictError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
  ValidationError,
} from '../../core/errors.ts'
import type { ColumnRequest, ExportRequest } from '../../core/request.ts'
import { cancelExport } from '../../lifecycle/cancel-export.ts'
import { deleteExport } from '../../lifecycle/delete-export.ts'
import { retryExport } from '../../lifecycle/retry-export.ts'
import { type SubmitResult, submitExport } from '../../lifecycle/submit-export.ts'
import type { Export } from '../../platform/db/entities/export.ts'
import { builder } from './builder.ts'
import { CompressionEnum, ExportFormatEnum, ExportType } from './export.ts'
import { requireExportId } from './export-id.ts'
import { RowFilter, RowSort, toFilter } from './row-filter.ts'

interface ExportColumnInputShape {
  name: string
  label?: string | null | undefined
  columns?: ExportColumnInputShape[] | null | undefined
}

const ExportColumnInput = builder.inputRef<ExportColumnInputShape>('ExportColumnInput')

ExportColumnInput.implement({
  description: 'A column of the file.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'A column of the dataset (`amount`), of related rows (`company.name`; over a relation to many, a list: `contacts.email`), or a relation whose rows are nested as JSON (`contacts`).',
    }),
    label: t.string({ description: 'What the header row says. Default: the name.' }),
    columns: t.field({
      type: [ExportColumnInput],
      description:
        "Of a relation: what its nested rows hold. Default: the related dataset's default columns.",
    }),
  }),
})

function toColumns(columns: readonly ExportColumnInputShape[]): ColumnRequest[] {
  return columns.map(({ name, label, columns: nested }) => ({
    name,
    ...(label == null ? {} : { label }),
    ...(nested == null ? {} : { columns: toColumns(nested) }),
  }))
}

const BooleanTextInput = builder.inputType('BooleanTextInput', {
  description: 'Words for booleans.',
  fields: (t) => ({
    true: t.string({ required: true, description: 'For true.' }),
    false: t.string({ required: true, description: 'For false.' }),
  }),
})

const DateFormatEnum = builder.enumType('DateFormat', {
  description: 'How instants are written.',
  values: {
    ORIGINAL: { value: 'original', description: "PostgreSQL's text: 2026-03-10 12:00:00.123456+00" },
    ISO8601: { value: 'iso8601', description: '2026-03-10T12:00:00+00:00' },
    EXCEL: { value: 'excel', description: '2026-03-10 12:00:00 PM, in UTC' },
  },
})

const QuoteEnum = builder.enumType('Quote', {
  description: 'Which cells are quoted.',
  values: {
    MINIMAL: { value: 'minimal', description: 'Where it is needed (RFC 4180).' },
    ALL: { value: 'all', description: 'Every cell that is not NULL.' },
  },
})

const ExportOptionsInput = builder.inputType('ExportOptionsInput', {
  description: "The format's options. One that the format does not have is an error.",
  fields: (t) => ({
    header: t.boolean({ description: 'Whether the first line names the columns. Default: true.' }),
    delimiter: t.string({ description: 'Between cells: one ASCII character. Default: a comma.' }),
    quote: t.field({ type: QuoteEnum, description: 'Default: MINIMAL.' }),
    bom: t.boolean({
      description: 'Begin with a byte order mark, by which Excel knows UTF-8. Default: false.',
    }),
    nullText: t.string({ description: 'For NULL. Default: empty; an empty text is written as "".' }),
    booleanText: t.field({ type: BooleanTextInput, description: 'Default: true and false.' }),
    listSeparator: t.string({
      description: "Between the elements of a list. Default: '; '. null: PostgreSQL's array text.",
    }),
    dateFormat: t.field({ type: DateFormatEnum, description: 'Default: ORIGINAL.' }),
    timeZone: t.string({ description: 'IANA time zone in which instants are written. Default: UTC.' }),
    formulaGuard: t.boolean({
      description:
        "Put ' before text that a spreadsheet would run as a formula. Numbers are never touched. Default: true.",
    }),
  }),
})

export const CreateExportInput = builder.inputType('CreateExportInput', {
  description: 'What to export, and how.',
  fields: (t) => ({
    dataset: t.string({ required: true, description: 'Name of the dataset.' }),
    columns: t.field({
      type: [ExportColumnInput],
      description: "In the order of the file. Default: the dataset's default columns.",
    }),
    filter: t.field({ type: RowFilter, description: 'Which rows. Default: all of the organization.' }),
    sort: t.field({
      type: [RowSort],
      description: "Default: the dataset's own order, or none: as the table holds them.",
    }),
    format: t.field({ type: ExportFormatEnum, description: 'Default: CSV.' }),
    compression: t.field({ type: CompressionEnum, description: 'Default: NONE.' }),
    options: t.field({ type: ExportOptionsInput, description: "The format's options." }),
    limit: t.field({ type: 'BigInt', description: 'The first so many rows only. Default: all.' }),
    maxRowsPerFile: t.int({
      description: 'Several files of so many rows at most, instead of one. At least 100.',
    }),
    maxBytesPerFile: t.field({
      type: 'BigInt',
      description:
        'Several files of so many bytes of rows at most (before compression), instead of one. At least 1 MiB.',
    }),
    name: t.string({ description: "For people, and for the file. Default: the dataset's label." }),
    idempotencyKey: t.string({
      description:
        'The same key with the same request gives the same export, however often it is sent; with another request it is a ConflictError.',
    }),
    dedupeWithinSeconds: t.int({
      description:
        'Answer with an equal export that is under way, or was completed at most this long ago. Default: 0, always a new one.',
    }),
  }),
})

const CreateExportSuccess = builder.objectRef<SubmitResult>('CreateExportSuccess').implement({
  description: 'The export was accepted.',
  fields: (t) => ({
    export: t.expose('export', { type: ExportType, description: 'The export.' }),
    deduped: t.exposeBoolean('deduped', { description: 'Whether it is one that was there before.' }),
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
      submitExport(services, principal!, toRequest(input)),
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

/** The input as the core takes it. A GraphQL client may send null for what it leaves out, except where null has a meaning of its own. */
export function toRequest(input: typeof CreateExportInput.$inferInput): ExportRequest {
  const { listSeparator, ...options } = input.options ?? {}
  return {
    door: 'graphql',
    ...withoutNulls({
      ...input,
      columns: input.columns && toColumns(input.columns),
      sort: input.sort?.map(withoutNulls),
    }),
    dataset: input.dataset,
    ...(input.filter ? { filter: toFilter(input.filter as Parameters<typeof toFilter>[0]) } : {}),
    options: { ...withoutNulls(options), ...(listSeparator === undefined ? {} : { listSeparator }) },
  } as ExportRequest
}

function withoutNulls<T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item != null)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

import { ValidationError } from '../../core/errors.ts'
import type { ColumnRequest, ExportRequest } from '../../core/request.ts'
import { builder } from './builder.ts'
import { CompressionEnum, ContentEncodingEnum, ExportFormatEnum } from './export-format.ts'
import { ExportOptionsInput, toOptions } from './export-options.ts'
import { issuePath } from './issue-path.ts'
import { RowFilter, RowSort, toFilter } from './row-filter.ts'
import { withoutNulls } from './without-nulls.ts'

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

const HeaderStyleEnum = builder.enumType('HeaderStyle', {
  description: 'What columns are called in the file.',
  values: {
    NAMES: { value: 'names', description: 'Their names in the dataset.' },
    LABELS: { value: 'labels', description: 'Their labels for people, in `language`.' },
  } as const,
})

const ValueStyleEnum = builder.enumType('ValueStyle', {
  description: 'What cells of enumerations hold.',
  values: {
    STORED: { value: 'stored', description: 'Their values as they are stored.' },
    LABELS: { value: 'labels', description: 'Their labels for people, in `language`.' },
  } as const,
})

export const CreateExportInput = builder.inputType('CreateExportInput', {
  description: 'What to export, and how.',
  fields: (t) => ({
    dataset: t.string({ required: true, description: 'Name of the dataset.' }),
    columns: t.field({
      type: [ExportColumnInput],
      description: "In the order of the file. Default: the dataset's default columns.",
    }),
    headers: t.field({
      type: HeaderStyleEnum,
      description: 'What columns without a label of their own are called in the file. Default: NAMES.',
    }),
    values: t.field({
      type: ValueStyleEnum,
      description:
        'What cells of enumerations hold. Filters and sorts stay on stored values. Default: STORED.',
    }),
    language: t.string({ description: 'Of the labels, BCP 47. Default: en.' }),
    expand: t.string({
      description:
        'A relation to many: one row for each related row, instead of a list in one cell. A row without any stays.',
    }),
    filter: t.field({ type: RowFilter, description: 'Which rows. Default: all of the organization.' }),
    sort: t.field({
      type: [RowSort],
      description: "Default: the dataset's own order, or none: as the table holds them.",
    }),
    format: t.field({ type: ExportFormatEnum, description: 'Default: CSV.' }),
    compression: t.field({ type: CompressionEnum, description: 'Default: NONE.' }),
    compressionLevel: t.int({
      description:
        'From 1, the fastest, to the smallest: 9 of GZIP and ZIP (default 6), 19 of ZSTD (default 1). Goes with a compression.',
    }),
    zipAboveBytes: t.field({
      type: 'BigInt',
      description:
        'A file that comes out larger than this is delivered in a zip. Default: never. Goes with Compression NONE.',
    }),
    contentEncoding: t.field({
      type: ContentEncodingEnum,
      description:
        'Stores the file encoded, and serves it with Content-Encoding under the name and media type of the plain file. Default: none. Goes with Compression NONE.',
    }),
    options: t.field({ type: ExportOptionsInput, description: "The format's options." }),
    limit: t.field({ type: 'BigInt', description: 'The first so many rows only. Default: all.' }),
    maxRowsPerFile: t.int({
      description:
        'Several files of so many rows at most, instead of one: at least 100, and 400 files at most.',
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
    excludeDelivered: t.boolean({
      description:
        'Leaves out rows that earlier completed exports of this dataset delivered. Default: false.',
    }),
    notifyByMail: t.boolean({
      description: "Sends a mail to the key's owner when the export has ended. Default: false.",
    }),
  }),
})

type Input = typeof CreateExportInput.$inferInput

/** What `verb` makes of the input; where it finds something wrong, the paths are those of the input. */
export async function withRequest<T>(input: Input, verb: (request: ExportRequest) => Promise<T>): Promise<T> {
  try {
    return await verb(toRequest(input))
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    throw new ValidationError(error.issues.map((issue) => ({ ...issue, path: issuePath(issue.path, input) })))
  }
}

/** The input as the core takes it. */
function toRequest(input: Input): ExportRequest {
  return {
    door: 'graphql',
    ...withoutNulls({
      ...input,
      columns: input.columns && toColumns(input.columns),
      sort: input.sort?.map(withoutNulls),
    }),
    dataset: input.dataset,
    ...(input.filter ? { filter: toFilter(input.filter as Parameters<typeof toFilter>[0]) } : {}),
    options: toOptions(input.options ?? {}),
  } as ExportRequest
}

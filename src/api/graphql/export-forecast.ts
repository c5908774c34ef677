import { type ExportEstimate, estimateExport } from '../../lifecycle/estimate-export.ts'
import { type ExportPreview, previewExport } from '../../lifecycle/preview-export.ts'
import { builder } from './builder.ts'
import { CreateExportInput, withRequest } from './export-input.ts'
import { SpecColumnType } from './export-spec.ts'

const ExportPreviewType = builder.objectRef<ExportPreview>('ExportPreview').implement({
  description: 'The first rows of an export that nobody has asked for yet.',
  fields: (t) => ({
    columns: t.field({
      type: [SpecColumnType],
      description: 'In the order of the file.',
      resolve: (preview) => [...preview.columns],
    }),
    rows: t.field({
      type: 'JSON',
      description:
        'A list of rows, each a list of texts in the order of the columns; null for NULL. Cut at 2,000 characters.',
      resolve: (preview) => preview.rows,
    }),
    text: t.exposeString('text', {
      nullable: true,
      description: 'How the file would begin; null for formats that are not text.',
    }),
  }),
})

const EstimateBasisEnum = builder.enumType('EstimateBasis', {
  description: 'What bytes and seconds rest on.',
  values: {
    PAST_RUNS: {
      value: 'past_runs',
      description: "The organization's latest exports of this dataset and format.",
    },
    ASSUMED: { value: 'assumed', description: 'There are none yet.' },
  } as const,
})

const ExportEstimateType = builder.objectRef<ExportEstimate>('ExportEstimate').implement({
  description: 'What an export would come to.',
  fields: (t) => ({
    rows: t.field({
      type: 'BigInt',
      description: 'Rows of the files.',
      resolve: (estimate) => estimate.rows,
    }),
    rowsExact: t.exposeBoolean('rowsExact', {
      description: "Whether they were counted; otherwise it is the planner's estimate.",
    }),
    bytes: t.field({
      type: 'BigInt',
      description: 'Bytes of the files.',
      resolve: (estimate) => estimate.bytes,
    }),
    seconds: t.exposeFloat('seconds', { description: 'From start to end, without waiting in the queue.' }),
    basis: t.expose('basis', { type: EstimateBasisEnum, description: 'What bytes and seconds rest on.' }),
  }),
})

builder.queryField('previewExport', (t) =>
  t.field({
    type: ExportPreviewType,
    description: 'The first rows as they would look in the file. Makes nothing, counts against no limit.',
    authScopes: { scope: 'exports:write' },
    args: {
      input: t.arg({ type: CreateExportInput, required: true, description: 'As for createExport.' }),
      rows: t.arg.int({ description: 'Default 10, at most 100.' }),
    },
    resolve: (_root, { input, rows }, { services, principal }) =>
      withRequest(input, (request) => previewExport(services, principal!, request, rows ?? undefined)),
  }),
)

builder.queryField('estimateExport', (t) =>
  t.field({
    type: ExportEstimateType,
    description: 'Rows, bytes and seconds, before anything is made. Counts against no limit.',
    authScopes: { scope: 'exports:write' },
    args: { input: t.arg({ type: CreateExportInput, required: true, description: 'As for createExport.' }) },
    resolve: (_root, { input }, { services, principal }) =>
      withRequest(input, (request) => estimateExport(services, principal!, request)),
  }),
)

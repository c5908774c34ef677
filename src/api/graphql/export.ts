import { stageSentence } from '../../core/stage-sentence.ts'
import { completionOf } from '../../lifecycle/forecast-exports.ts'
import type { ApiKey } from '../../platform/db/entities/api-key.ts'
import { Export } from '../../platform/db/entities/export.ts'
import type { ExportEvent } from '../../platform/db/entities/export-event.ts'
import { builder } from './builder.ts'
import { ExportFileType, linkedFiles, ManifestType } from './export-file.ts'
import { ExportFormatEnum } from './export-format.ts'
import { isUuid } from './export-id.ts'
import { ExportSpecType } from './export-spec.ts'
import { ExportStageEnum, ExportStatusEnum } from './export-status.ts'

const ExportError = builder.objectRef<Export>('ExportError').implement({
  description: 'Why an export has failed or was canceled.',
  fields: (t) => ({
    code: t.string({
      description: 'Stable, for programs; the errors page lists them all.',
      resolve: (row) => row.errorCode ?? 'INTERNAL',
    }),
    message: t.string({ description: 'A sentence for people.', resolve: (row) => row.errorMessage ?? '' }),
    retryable: t.boolean({
      description: 'Whether the same export can succeed later.',
      resolve: (row) => row.errorRetryable ?? false,
    }),
  }),
})

const ExportPartsType = builder.objectRef<{ ready: number; total: number }>('ExportParts').implement({
  description: 'Parts that are made side by side, or files of an export that has several.',
  fields: (t) => ({
    ready: t.exposeInt('ready', {
      description: 'Those that are made. Files can be downloaded when all of them are.',
    }),
    total: t.exposeInt('total', { description: 'All of them.' }),
  }),
})

const ExportEventType = builder.objectRef<ExportEvent>('ExportEvent').implement({
  description: 'A line of the timeline.',
  fields: (t) => ({
    at: t.field({ type: 'DateTime', description: 'When it happened.', resolve: (event) => event.at }),
    type: t.exposeString('type', {
      description: 'One of created, started, retrying, completed, downloaded …',
    }),
    attempt: t.exposeInt('attempt', { description: 'The attempt it belongs to; 0 before the first.' }),
    message: t.exposeString('message', { description: 'A sentence for people.' }),
  }),
})

const ApiKeyReference = builder.objectRef<ApiKey>('ApiKeyReference').implement({
  description: 'An API key, as others may see it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it was called when it was made.' }),
    prefix: t.exposeString('prefix', { description: 'The first characters of the secret.' }),
  }),
})

export const ExportType = builder.node(builder.objectRef<Export>('Export'), {
  description: 'One piece of work and its record.',
  id: { resolve: (row) => row.id, description: 'Global id.' },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'rowsExported' in value,
  loadManyWithoutCache: async (ids: string[], { services, principal }) => {
    if (!principal) return ids.map(() => null)
    const wellFormed = ids.filter(isUuid)
    const rows = await services.orm.em
      .fork()
      .find(Export, { id: { $in: wellFormed }, organization: principal.organizationId })
    const byId = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => byId.get(id) ?? null)
  },
  authScopes: { scope: 'exports:read' },
  fields: (t) => ({
    number: t.field({
      type: 'BigInt',
      description: 'Counts from 1 within the organization.',
      resolve: (row) => row.number,
    }),
    name: t.exposeString('name', { description: 'For people.' }),
    dataset: t.exposeString('dataset', { description: 'Name of the dataset.' }),
    format: t.expose('format', { type: ExportFormatEnum, description: 'Format of the files.' }),
    status: t.expose('status', { type: ExportStatusEnum, description: 'Where it stands.' }),
    progress: t.exposeInt('progress', {
      description:
        'From 0 to 100. Within an attempt it never falls; 100 means that the files can be downloaded.',
    }),
    stage: t.expose('stage', { type: ExportStageEnum, description: 'What is being done right now.' }),
    stageMessage: t.string({ description: 'The same as a sentence.', resolve: (row) => stageSentence(row) }),
    queuePosition: t.int({
      nullable: true,
      description:
        "Place among the organization's exports that wait for another one to end, from 1; null: it waits for none.",
      resolve: (row) => row.queuePosition ?? null,
    }),
    rowsExported: t.field({
      type: 'BigInt',
      description: 'Rows written so far.',
      resolve: (row) => row.rowsExported,
    }),
    rowsTotal: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Rows there will be; null before anything is known.',
      resolve: (row) => row.rowsTotal ?? null,
    }),
    rowsTotalExact: t.exposeBoolean('rowsTotalExact', {
      description: "Whether `rowsTotal` was counted; otherwise it is the planner's estimate.",
    }),
    bytes: t.field({ type: 'BigInt', description: 'Bytes written so far.', resolve: (row) => row.bytes }),
    estimatedCompletionAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When it will be done: at the pace so far; before it has begun, by what lies before it in the queue and by how long its like took lately. Null while nothing is known, and after the end.',
      resolve: async (row, _args, { load, services }) =>
        row.status === 'pending'
          ? completionOf(await load.forecast(row), services.now())
          : (row.estimatedCompletionAt ?? null),
    }),
    attempt: t.exposeInt('attempt', { description: 'Tries begun.' }),
    version: t.field({
      type: 'BigInt',
      description: 'Grows with every change.',
      resolve: (row) => row.version,
    }),
    error: t.field({
      type: ExportError,
      nullable: true,
      description: 'Why it has failed, was canceled, or is being tried again.',
      resolve: (row) => (row.errorCode ? row : null),
    }),
    files: t.field({
      type: [ExportFileType],
      description: 'Empty until it is completed, and after its files have expired.',
      resolve: async (row, _args, context) =>
        (await linkedFiles(row, context)).filter(({ file }) => file.kind === 'data'),
    }),
    manifest: t.field({
      type: ManifestType,
      nullable: true,
      description: 'Null until it is completed, and after its files have expired.',
      resolve: async (row, _args, context) =>
        (await linkedFiles(row, context)).find(({ file }) => file.kind === 'manifest') ?? null,
    }),
    notes: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What the format had to say of the files, e.g. {"truncatedCells": 2}.',
      resolve: (row) => row.notes ?? null,
    }),
    snapshotAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The moment whose rows the files hold.',
      resolve: (row) => row.snapshotAt ?? null,
    }),
    parts: t.field({
      type: ExportPartsType,
      nullable: true,
      description:
        'Of the current attempt; null when it is made in one piece, and while nobody knows how many there will be.',
      resolve: ({ partsReady, partsTotal }) =>
        partsTotal == null ? null : { ready: partsReady ?? 0, total: partsTotal },
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was accepted.',
      resolve: (row) => row.createdAt,
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the first attempt began.',
      resolve: (row) => row.startedAt ?? null,
    }),
    completedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it ended, whatever the end.',
      resolve: (row) => row.completedAt ?? null,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the files go; null until it is completed.',
      resolve: (row) => row.expiresAt ?? null,
    }),
    requestedBy: t.field({
      type: ApiKeyReference,
      nullable: true,
      description: 'The key that asked for it; null when the key no longer exists.',
      resolve: (row, _args, { load }) => (row.requestedBy ? load.apiKey(row.requestedBy.id) : null),
    }),
    door: t.exposeString('door', {
      description: 'The way it came in: `graphql`, or the name of a REST dialect.',
    }),
    spec: t.expose('spec', { type: ExportSpecType, description: 'What exactly the file holds.' }),
    events: t.field({
      type: [ExportEventType],
      description: 'Its timeline.',
      resolve: (row, _args, { load }) => load.events(row.id),
    }),
  }),
})

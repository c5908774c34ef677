import { signFileUrl } from '../../core/signed-url.ts'
import {
  type Compression,
  type ContentEncoding,
  compressionLevels,
  type ExportFormat,
  type ExportSpec,
} from '../../core/spec.ts'
import { stageSentence } from '../../core/stage-sentence.ts'
import type { ExportStage, ExportStatus } from '../../core/status.ts'
import { completionOf } from '../../lifecycle/forecast-exports.ts'
import type { ApiKey } from '../../platform/db/entities/api-key.ts'
import { Export } from '../../platform/db/entities/export.ts'
import type { ExportEvent } from '../../platform/db/entities/export-event.ts'
import type { ExportFile } from '../../platform/db/entities/export-file.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { enumValues } from './enum-values.ts'
import { isUuid } from './export-id.ts'

export const ExportStatusEnum = builder.enumType('ExportStatus', {
  description:
    'PENDING → PROCESSING → COMPLETED, FAILED or CANCELED; COMPLETED → EXPIRED when the files are gone.',
  values: enumValues<ExportStatus>({
    pending: 'It waits for a worker.',
    processing: 'A worker makes it.',
    completed: 'Its files can be downloaded.',
    failed: 'It ended without files; `error` says why.',
    canceled: 'Somebody ended it before it was done.',
    expired: 'It was completed, and its files are gone.',
  }),
})
const ExportStageEnum = builder.enumType('ExportStage', {
  description: 'What is being done right now.',
  values: enumValues<ExportStage>({
    queued: 'Nothing yet: it waits.',
    counting: 'The rows are counted.',
    exporting: 'Rows are read and written.',
    compressing: 'What was written is packed.',
    uploading: 'Parts are joined in the storage.',
    publishing: 'The files are made visible.',
    done: 'Nothing any more: it has ended.',
  }),
})
export const ExportFormatEnum = builder.enumType('ExportFormat', {
  description: 'The format of a file.',
  values: enumValues<ExportFormat>({
    csv: 'Comma-separated values.',
    tsv: 'Tab-separated values.',
    json: 'One array of objects.',
    ndjson: 'An object in each line.',
    xlsx: 'A workbook of Excel 2007 and later.',
    xls: 'A workbook of Excel 97 to 2003: 65,536 rows a sheet.',
    parquet: 'Apache Parquet: typed columns, for analytics.',
  }),
})
export const CompressionEnum = builder.enumType('Compression', {
  description: 'What a file is packed in.',
  values: enumValues<Compression>({
    none: 'Nothing.',
    gzip: 'Gzip, one file: .gz.',
    zip: 'A zip archive with the file in it.',
    zstd: 'Zstandard, one file: .zst.',
  }),
})

export const ContentEncodingEnum = builder.enumType('ContentEncoding', {
  description: 'What the stored bytes of a file are encoded in.',
  values: enumValues<ContentEncoding>({ gzip: 'Stored as gzip, and unpacked by whoever downloads.' }),
})

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

/** A file, and until when a link to it works. */
interface LinkedFile {
  readonly file: ExportFile
  readonly linkExpiresAt: Date
}

const ExportFileType = builder.objectRef<LinkedFile>('ExportFile').implement({
  description: 'A finished file.',
  fields: (t) => ({
    number: t.field({
      type: 'BigInt',
      nullable: true,
      description:
        'Of a file among several: its own number, counted with the exports of the organization. Null: it is the only one.',
      resolve: ({ file }) => file.number ?? null,
    }),
    name: t.string({ description: 'What a download is called.', resolve: ({ file }) => file.name }),
    url: t.string({
      description:
        'A signed link that works without a key, in any browser, until `expiresAt`. Every answer has a fresh one.',
      resolve: (linked, _args, { services }) => linkTo(linked, services),
    }),
    bytes: t.field({
      type: 'BigInt',
      description:
        'Size of what a client has in the end: of the decoded content where there is a `contentEncoding`.',
      resolve: ({ file }) => file.plainBytes ?? file.bytes,
    }),
    rows: t.field({
      type: 'BigInt',
      description: 'Rows in it, without the header.',
      resolve: ({ file }) => file.rows,
    }),
    sha256: t.string({
      description: 'SHA-256 of the same bytes, hex.',
      resolve: ({ file }) => file.plainSha256 ?? file.sha256,
    }),
    contentEncoding: t.field({
      type: ContentEncodingEnum,
      nullable: true,
      description: 'What the bytes are stored and sent in, to clients that accept it; null: nothing.',
      resolve: ({ file }) => file.contentEncoding ?? null,
    }),
    contentType: t.string({ description: 'Media type.', resolve: ({ file }) => file.contentType }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When `url` stops working.',
      resolve: ({ linkExpiresAt }) => linkExpiresAt,
    }),
  }),
})

async function linkTo({ file, linkExpiresAt }: LinkedFile, services: Context['services']): Promise<string> {
  return signFileUrl({
    baseUrl: services.publicUrl(),
    fileId: file.id,
    fileName: file.name,
    expiresAt: linkExpiresAt,
    grantedTo: services.linksFor?.keyId,
    key: await services.signingKeys.newest(),
  })
}

async function linkedFiles(row: Export, context: Context): Promise<LinkedFile[]> {
  if (row.status !== 'completed') return []
  const [files, organization] = await Promise.all([
    context.load.files(row.id),
    context.load.organization(row.organization.id),
  ])
  const { linkLifetimeSeconds } = organization.plan.getEntity()
  const lifetimeEnd = context.services.now().getTime() + linkLifetimeSeconds * 1000
  const ends = [row.expiresAt, context.services.linksFor?.expiresAt].map(
    (end) => end?.getTime() ?? Number.POSITIVE_INFINITY,
  )
  const linkExpiresAt = new Date(Math.min(lifetimeEnd, ...ends))
  return files.map((file) => ({ file, linkExpiresAt }))
}

const ExportPartsType = builder.objectRef<{ ready: number; total: number }>('ExportParts').implement({
  description: 'Parts that are made side by side, or files of an export that has several.',
  fields: (t) => ({
    ready: t.exposeInt('ready', {
      description: 'Those that are made. Files can be downloaded when all of them are.',
    }),
    total: t.exposeInt('total', { description: 'All of them.' }),
  }),
})

const ManifestType = builder.objectRef<LinkedFile>('Manifest').implement({
  description: 'What the files hold: the resolved spec, the snapshot, rows and SHA-256 of each file.',
  fields: (t) => ({
    url: t.string({
      description: 'A signed link, like those of the files.',
      resolve: (linked, _args, { services }) => linkTo(linked, services),
    }),
  }),
})

export const SpecColumnType = builder.objectRef<ExportSpec['columns'][number]>('SpecColumn')

SpecColumnType.implement({
  description: 'A column of the file.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Of the dataset.' }),
    header: t.exposeString('header', { description: 'What the header row says.' }),
    columns: t.field({
      type: [SpecColumnType],
      nullable: true,
      description: 'Of a relation: what its nested rows hold.',
      resolve: (column) => (column.columns ? [...column.columns] : null),
    }),
  }),
})

const SpecSortKey = builder.objectRef<ExportSpec['sort'][number]>('SpecSortKey').implement({
  description: 'One key of the order of the rows.',
  fields: (t) => ({
    column: t.exposeString('column', { description: 'Of the dataset.' }),
    direction: t.exposeString('direction', { description: '`asc` or `desc`.' }),
    nulls: t.exposeString('nulls', { description: '`first` or `last`.' }),
  }),
})

const ExportSpecType = builder.objectRef<ExportSpec>('ExportSpec').implement({
  description:
    'What exactly the file holds: the request with every default filled in, as it was when the export was accepted.',
  fields: (t) => ({
    dataset: t.exposeString('dataset', { description: 'Name of the dataset.' }),
    columns: t.expose('columns', { type: [SpecColumnType], description: 'In the order of the file.' }),
    filter: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Which rows; null: all of the organization.',
      resolve: (spec) => spec.filter,
    }),
    sort: t.expose('sort', { type: [SpecSortKey], description: 'Empty: as the table holds them.' }),
    format: t.expose('format', { type: ExportFormatEnum, description: 'Format of the file.' }),
    compression: t.expose('compression', { type: CompressionEnum, description: 'What it is packed in.' }),
    compressionLevel: t.int({
      nullable: true,
      description: 'From 1, the fastest; null: it is not packed.',
      resolve: ({ compression, compressionLevel }) =>
        compression === 'none' ? null : (compressionLevel ?? compressionLevels[compression].usual),
    }),
    options: t.field({
      type: 'JSON',
      description: "The format's options, all of them.",
      resolve: (spec) => spec.options,
    }),
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

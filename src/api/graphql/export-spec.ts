import { shownFilter } from '../../core/shown-filter.ts'
import { compressionLevels, type ExportSpec } from '../../core/spec.ts'
import { builder } from './builder.ts'
import { CompressionEnum, ExportFormatEnum } from './export-format.ts'

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

export const ExportSpecType = builder.objectRef<ExportSpec>('ExportSpec').implement({
  description:
    'What exactly the file holds: the request with every default filled in, as it was when the export was accepted.',
  fields: (t) => ({
    dataset: t.exposeString('dataset', { description: 'Name of the dataset.' }),
    columns: t.expose('columns', { type: [SpecColumnType], description: 'In the order of the file.' }),
    filter: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'Which rows; null: all of the organization. What was asked of a column that your key may not use has null for its value.',
      resolve: (spec, _args, { services, principal }) =>
        shownFilter(spec, { access: principal!, findDataset: (name) => services.datasets.get(name) }),
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

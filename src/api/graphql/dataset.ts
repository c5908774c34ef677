import { mayUseDataset } from '../../core/access.ts'
import { isList, isNumeric, isSortable, type ScalarType, scalarOf } from '../../core/column-type.ts'
import {
  type Column,
  type ColumnOption,
  type Dataset,
  defaultColumnsOf,
  keyOf,
  type Relation,
  visibleColumnsOf,
} from '../../core/dataset.ts'
import { kindOf, operatorsFor } from '../../core/filter-kind.ts'
import { findColumn } from '../../core/find-column.ts'
import { labelIn } from '../../core/labels.ts'
import { datasetsOf } from '../../lifecycle/load-dataset.ts'
import { builder } from './builder.ts'
import { enumValues } from './enum-values.ts'
import { exampleOf, FilterQuestion } from './filter-question.ts'

const ColumnTypeEnum = builder.enumType('ColumnType', {
  description: 'What a column holds.',
  values: enumValues<ScalarType>({
    text: 'Text of any length.',
    integer: 'A whole number below 2^31.',
    bigint: 'A whole number below 2^63.',
    decimal: 'A number with all its digits.',
    float: 'A number of about 15 digits.',
    boolean: 'True or false.',
    date: 'A day: 2026-01-31.',
    time: 'A time of day: 09:30:00.',
    timestamp: 'A moment on a calendar and clock somewhere: 2026-01-31T09:30:00.',
    timestamptz: 'An instant: 2026-01-31T09:30:00Z.',
    interval: 'A length of time, in ISO 8601: P1DT12H.',
    uuid: 'A UUID.',
    enum: 'One of the values in `options`.',
    json: 'A JSON value.',
    bytes: 'Bytes, as text in hex.',
  }),
})

const OptionType = builder.objectRef<ColumnOption>('ColumnOption').implement({
  description: 'A value that a column can have.',
  fields: (t) => ({
    value: t.exposeString('value', { description: 'As it is stored, and as filters take it.' }),
    label: t.string({
      description: 'For people.',
      args: { language: t.arg.string({ description: 'BCP 47. Default: en.' }) },
      resolve: (option, { language }) => labelIn(option.label, language ?? undefined),
    }),
  }),
})

interface NamedColumn {
  readonly name: string
  readonly column: Column
  readonly isDefault: boolean
  readonly isSearchable: boolean
  /** Whether the dataset is declared without it: only this organization has it. */
  readonly isOwn: boolean
}

const ColumnType = builder.objectRef<NamedColumn>('Column').implement({
  description: 'A column of a dataset.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As createExport takes it.' }),
    label: t.string({
      description: 'For people.',
      args: { language: t.arg.string({ description: 'BCP 47. Default: en.' }) },
      resolve: ({ column }, { language }) => labelIn(column.label, language ?? undefined),
    }),
    description: t.string({
      nullable: true,
      description: 'More about it.',
      resolve: ({ column }) => column.description ?? null,
    }),
    type: t.field({
      type: ColumnTypeEnum,
      description: "Its type; of a list, its elements'.",
      resolve: ({ column }) => scalarOf(column.type),
    }),
    isList: t.boolean({
      description: 'Whether it holds a list.',
      resolve: ({ column }) => isList(column.type),
    }),
    isNumeric: t.boolean({
      description: 'Whether it holds a number.',
      resolve: ({ column }) => isNumeric(column.type),
    }),
    kind: t.string({
      description:
        'Under which kind a filter asks it, as ColumnFilter names it: `{column: <name>, is: {<kind>: {<operator>: …}}}`.',
      resolve: ({ column }) => kindOf(column.type),
    }),
    filters: t.field({
      type: [FilterQuestion],
      description: 'What a filter can ask of it, in the order of a form; of a computed column, nothing.',
      resolve: ({ column }) => (column.compute ? [] : [...operatorsFor(column.type)]),
    }),
    example: t.field({
      type: 'JSON',
      description: 'What a value of it looks like in a filter, for a placeholder.',
      resolve: ({ column }) => column.options?.[0]?.value ?? exampleOf[scalarOf(column.type)],
    }),
    isSearchable: t.exposeBoolean('isSearchable', {
      description: 'Whether `search` looks into it.',
    }),
    isOwn: t.exposeBoolean('isOwn', {
      description: 'Whether only this organization has it, as a field that it made itself.',
    }),
    isSortable: t.boolean({
      description: 'Whether rows can be ordered by it.',
      resolve: ({ column }) => !column.compute && isSortable(column.type),
    }),
    isComputed: t.boolean({
      description: 'Whether a function makes it for each row of a file: no filter or sort can use it.',
      resolve: ({ column }) => column.compute !== undefined,
    }),
    isDefault: t.exposeBoolean('isDefault', {
      description: 'Whether an export has it when no columns are named.',
    }),
    isPersonal: t.boolean({
      description: 'Whether it holds personal data.',
      resolve: ({ column }) => column.pii ?? false,
    }),
    options: t.field({
      type: [OptionType],
      nullable: true,
      description: 'The values it can have, where there is a list of them.',
      resolve: ({ column }) => (column.options ? [...column.options] : null),
    }),
  }),
})

const DatasetType = builder.objectRef<Dataset>('Dataset')

const RelationType = builder.objectRef<{ name: string; relation: Relation }>('Relation').implement({
  description: 'Rows of another dataset that belong to a row of this one.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As columns and filters name it.' }),
    label: t.string({
      description: 'For people.',
      args: { language: t.arg.string({ description: 'BCP 47. Default: en.' }) },
      resolve: ({ relation }, { language }) => labelIn(relation.label, language ?? undefined),
    }),
    dataset: t.string({
      description: 'Name of the other dataset.',
      resolve: ({ relation }) => relation.dataset,
    }),
    target: t.field({
      type: DatasetType,
      description: 'The other dataset, with its columns.',
      resolve: ({ relation }, _args, { services }) => services.datasets.get(relation.dataset)!,
    }),
    isToMany: t.boolean({
      description: 'Whether there can be several such rows.',
      resolve: ({ relation }) => relation.kind === 'many',
    }),
  }),
})

DatasetType.implement({
  description: 'Something that can be exported.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As createExport takes it.' }),
    label: t.string({
      description: 'For people.',
      args: { language: t.arg.string({ description: 'BCP 47. Default: en.' }) },
      resolve: (dataset, { language }) => labelIn(dataset.label, language ?? undefined),
    }),
    description: t.string({
      nullable: true,
      description: 'More about it.',
      resolve: (dataset) => dataset.description ?? null,
    }),
    key: t.stringList({
      description: 'Columns that together identify a row; none where nothing does.',
      resolve: (dataset) => [...keyOf(dataset)],
    }),
    relations: t.field({
      type: [RelationType],
      description: 'What belongs to its rows.',
      resolve: (dataset, _args, { principal }) =>
        Object.entries(dataset.relations ?? {})
          .filter(([, relation]) => mayUseDataset(principal!, relation.dataset))
          .map(([name, relation]) => ({ name, relation })),
    }),
    columns: t.field({
      type: [ColumnType],
      description: 'All that the key may use, with those that only this organization has.',
      resolve: async (dataset, _args, { load }) => {
        const own = await load.dataset(dataset.name)
        if (!own) return []
        const defaults = new Set(defaultColumnsOf(own))
        return visibleColumnsOf(own).flatMap((name): NamedColumn[] => {
          const column = findColumn(own, name)
          if (!column) return []
          const isSearchable = dataset.searchable?.includes(name) ?? false
          const isOwn = !Object.hasOwn(dataset.columns, name)
          return [{ name, column, isDefault: defaults.has(name), isSearchable, isOwn }]
        })
      },
    }),
  }),
})

builder.queryField('datasets', (t) =>
  t.field({
    type: [DatasetType],
    description: 'What the key can export.',
    authScopes: { scope: 'datasets:read' },
    resolve: (_root, _args, { services, principal }) => datasetsOf(services, principal!),
  }),
)

builder.queryField('dataset', (t) =>
  t.field({
    type: DatasetType,
    nullable: true,
    description: 'One dataset; null when the key can export none with this name.',
    authScopes: { scope: 'datasets:read' },
    args: { name: t.arg.string({ required: true, description: 'Its name.' }) },
    resolve: (_root, { name }, { services, principal }) =>
      mayUseDataset(principal!, name) ? (services.datasets.get(name) ?? null) : null,
  }),
)

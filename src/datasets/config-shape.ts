import { scalarTypes } from '../core/column-type.ts'
import type {
  Column,
  ColumnFormat,
  ColumnOption,
  Computation,
  Dataset,
  DynamicColumns,
  Relation,
} from '../core/dataset.ts'
import type { SortKey } from '../core/spec.ts'
import { tenantTypes } from '../core/tenant.ts'
import type { DatasetsConfig } from './define-config.ts'
import { choice, either, flag, kind, listOf, mapOf, object, oneOf, type Shape, text } from './shape.ts'

/** Datasets that come with Sluice, by the word that asks for them. */
export const builtInNames = ['crm'] as const

/** `withheld` is never declared: it says what a caller's key may not use. */
type Keys<T> = Readonly<Record<Exclude<keyof T, 'withheld'>, Shape>>

const labels = either(
  (value) => typeof value === 'string',
  text,
  mapOf(text, 'a text or an object with one text per language'),
)
const names = listOf(text)
const pair = kind(
  "a pair of column names, such as ['company_id', 'id']",
  (value) => Array.isArray(value) && value.length === 2 && value.every((name) => typeof name === 'string'),
)
const pairs = listOf(pair)
const whole = kind('a whole number', Number.isInteger)
const table = object({ schema: text, name: text }, ['schema', 'name'])

const format = object(
  { decimals: whole, pattern: text, excel: text, parquet: oneOf(['text']) } satisfies Keys<ColumnFormat>,
  [],
)

const compute = object(
  {
    from: names,
    value: kind('a function', (value) => typeof value === 'function'),
  } satisfies Keys<Computation>,
  ['from', 'value'],
)

const option = object({ value: text, label: labels } satisfies Keys<ColumnOption>, ['value', 'label'])

const column = object(
  {
    type: oneOf([...scalarTypes, ...scalarTypes.map((type) => `${type}[]`)], 'type'),
    label: labels,
    description: text,
    column: text,
    expr: text,
    compute,
    format,
    options: listOf(option),
    hidden: flag,
    pii: flag,
  } satisfies Keys<Column>,
  ['type', 'label'],
)

const sortKey = object(
  {
    column: text,
    direction: oneOf(['asc', 'desc']),
    nulls: oneOf(['first', 'last']),
  } satisfies Keys<SortKey>,
  ['column', 'direction', 'nulls'],
)

const through = object(
  { table, on: pairs, tenantColumn: text, where: text } satisfies Keys<NonNullable<Relation['through']>>,
  ['table', 'on'],
)

const relation = object(
  {
    kind: oneOf(['one', 'many']),
    dataset: text,
    label: labels,
    on: pairs,
    through,
  } satisfies Keys<Relation>,
  ['kind', 'dataset', 'label', 'on'],
)

const dynamicColumns = object(
  { prefix: text, label: labels, catalog: text, expr: text, pii: flag } satisfies Keys<DynamicColumns>,
  ['prefix', 'label', 'catalog', 'expr'],
)

const source = choice({
  table: object({ table }, ['table']),
  query: object({ query: text }, ['query']),
})

const tenant = choice({
  column: object({ column: text, type: oneOf(tenantTypes, 'type') }, ['column']),
  rowLevelSecurity: object({ rowLevelSecurity: object({ setting: text }, ['setting']) }, [
    'rowLevelSecurity',
  ]),
  shared: object({ shared: kind('true', (value) => value === true) }, ['shared']),
})

const dataset = object(
  {
    name: text,
    label: labels,
    description: text,
    source,
    key: names,
    tenant,
    columns: mapOf(column),
    dynamicColumns: listOf(dynamicColumns),
    relations: mapOf(relation),
    defaultColumns: names,
    defaultSort: listOf(sortKey),
    searchable: names,
    recordsDelivered: flag,
    dialects: mapOf(kind('an object', (value) => typeof value === 'object' && value !== null)),
  } satisfies Keys<Dataset>,
  ['name', 'label', 'source', 'tenant', 'columns'],
)

/** Every key that a config file can have. docs/config.md is checked against it. */
export const configShape = object(
  {
    datasets: listOf(dataset, nameOrIndex),
    builtIn: listOf(oneOf(builtInNames)),
  } satisfies Keys<DatasetsConfig>,
  ['datasets'],
)

/** `datasets.orders.key`, where the dataset has a name already. */
function nameOrIndex(item: unknown, index: number): string {
  const name = item !== null && typeof item === 'object' && 'name' in item ? item.name : undefined
  return typeof name === 'string' && name !== '' ? name : String(index)
}

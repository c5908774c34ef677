import { z } from 'zod'
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
import { mustBe } from './config-issues.ts'
import type { DatasetsConfig } from './define-config.ts'

/** Datasets that come with Sluice, by the word that asks for them. */
export const builtInNames = ['crm'] as const

/** `withheld` is never declared: it says what a caller's key may not use. */
type Keys<T> = Readonly<Record<Exclude<keyof T, 'withheld'>, z.ZodType>>

const text = z.string()
const flag = z.boolean().optional()
const names = z.array(text)
const labels = z.union([text, z.record(text, text)], {
  error: mustBe('a text or an object with one text per language'),
})
const pair = z.custom(
  (value) => Array.isArray(value) && value.length === 2 && value.every((name) => typeof name === 'string'),
  { error: mustBe("a pair of column names, such as ['company_id', 'id']") },
)
const pairs = z.array(pair)
const whole = z.custom(Number.isInteger, { error: mustBe('a whole number') })
const anObject = z.custom((value) => typeof value === 'object' && value !== null, {
  error: mustBe('an object'),
})
const table = z.strictObject({ schema: text, name: text })

const format = z.strictObject({
  decimals: whole.optional(),
  pattern: text.optional(),
  excel: text.optional(),
  parquet: z.enum(['text']).optional(),
} satisfies Keys<ColumnFormat>)

const compute = z.strictObject({
  from: names,
  value: z.custom((value) => typeof value === 'function', { error: mustBe('a function') }),
} satisfies Keys<Computation>)

const option = z.strictObject({ value: text, label: labels } satisfies Keys<ColumnOption>)

const column = z.strictObject({
  type: z.enum([...scalarTypes, ...scalarTypes.map((type) => `${type}[]`)]),
  label: labels,
  description: text.optional(),
  column: text.optional(),
  expr: text.optional(),
  compute: compute.optional(),
  format: format.optional(),
  options: z.array(option).optional(),
  hidden: flag,
  pii: flag,
} satisfies Keys<Column>)

const sortKey = z.strictObject({
  column: text,
  direction: z.enum(['asc', 'desc']),
  nulls: z.enum(['first', 'last']),
} satisfies Keys<SortKey>)

const through = z.strictObject({
  table,
  on: pairs,
  tenantColumn: text.optional(),
  where: text.optional(),
} satisfies Keys<NonNullable<Relation['through']>>)

const relation = z.strictObject({
  kind: z.enum(['one', 'many']),
  dataset: text,
  label: labels,
  on: pairs,
  through: through.optional(),
} satisfies Keys<Relation>)

const dynamicColumns = z.strictObject({
  prefix: text,
  label: labels,
  catalog: text,
  expr: text,
  pii: flag,
} satisfies Keys<DynamicColumns>)

/** An object in which exactly one of several keys says what it is, e.g. `table` or `query`. */
function exactlyOneOf<Shape extends z.ZodRawShape>(words: readonly (keyof Shape)[], shape: Shape) {
  const error = mustBe(`an object with exactly one of ${words.join(', ')}`)
  return z
    .strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? error(issue) : undefined) })
    .refine((value) => words.filter((word) => value[word as keyof typeof value] !== undefined).length === 1, {
      error,
      when: ({ issues }) => issues.length === 0,
    })
}

const source = exactlyOneOf(['table', 'query'], { table: table.optional(), query: text.optional() })

const tenant = exactlyOneOf(['column', 'rowLevelSecurity', 'shared'], {
  column: text.optional(),
  type: z.enum(tenantTypes).optional(),
  rowLevelSecurity: z.strictObject({ setting: text }).optional(),
  shared: z.literal(true, { error: mustBe('true') }).optional(),
}).refine(({ column, type }) => type === undefined || column !== undefined, {
  path: ['type'],
  error: 'goes with column',
})

const dataset = z.strictObject({
  name: text,
  label: labels,
  description: text.optional(),
  source,
  key: names.optional(),
  tenant,
  columns: z.record(text, column),
  dynamicColumns: z.array(dynamicColumns).optional(),
  relations: z.record(text, relation).optional(),
  defaultColumns: names.optional(),
  defaultSort: z.array(sortKey).optional(),
  searchable: names.optional(),
  recordsDelivered: flag,
  dialects: z.record(text, anObject).optional(),
} satisfies Keys<Dataset>)

/** Every key that a config file can have. docs/config.md is checked against it. */
export const configShape = z.strictObject({
  datasets: z.array(dataset),
  builtIn: z.array(z.enum(builtInNames)).optional(),
} satisfies Keys<DatasetsConfig>)

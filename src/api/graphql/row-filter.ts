import type { Quantifier } from '../../core/filter.ts'
import { builder } from './builder.ts'
import { ColumnFilter, toCondition } from './column-filter.ts'

const FieldFilter = builder.inputType('FieldFilter', {
  description: 'A question to one column.',
  fields: (t) => ({
    column: t.string({ required: true, description: 'Name of a column of the dataset.' }),
    is: t.field({ type: ColumnFilter, required: true, description: 'What is asked of it.' }),
  }),
})

const QuantifierEnum = builder.enumType('Quantifier', {
  description: 'How many related rows must match.',
  values: {
    SOME: { value: 'some', description: 'One at least.' },
    NONE: { value: 'none', description: 'Not one.' },
    EVERY: { value: 'every', description: 'All of them; a row without related rows is in.' },
  } as const,
})

/** One of them is set; GraphQL has seen to that. */
interface RowFilterInput {
  and?: RowFilterInput[] | null | undefined
  or?: RowFilterInput[] | null | undefined
  not?: RowFilterInput | null | undefined
  field?: { column: string; is: object } | null | undefined
  relation?: RelationFilterInput | null | undefined
  search?: string | null | undefined
}

interface RelationFilterInput {
  name: string
  quantifier?: Quantifier | null | undefined
  where?: RowFilterInput | null | undefined
}

export const RowFilter = builder.inputRef<RowFilterInput>('RowFilter')
const RelationFilter = builder.inputRef<RelationFilterInput>('RelationFilter')

RowFilter.implement({
  description: 'Which rows. Logic has two values: NULL never spreads, and `not` is the exact complement.',
  isOneOf: true,
  fields: (t) => ({
    and: t.field({ type: [RowFilter], description: 'All of them hold.' }),
    or: t.field({ type: [RowFilter], description: 'One of them holds.' }),
    not: t.field({ type: RowFilter, description: 'It does not hold.' }),
    field: t.field({ type: FieldFilter, description: 'A column is as asked.' }),
    relation: t.field({ type: RelationFilter, description: 'Related rows are as asked.' }),
    search: t.string({ description: "Every word is in one of the dataset's searchable columns." }),
  }),
})

RelationFilter.implement({
  description: 'Related rows.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name of a relation of the dataset.' }),
    quantifier: t.field({ type: QuantifierEnum, description: 'Default: SOME.' }),
    where: t.field({ type: RowFilter, description: 'Over the related dataset. Default: any row.' }),
  }),
})

export const RowSort = builder.inputType('RowSort', {
  description:
    "One key of the order of the rows. The dataset's key always comes last, so that the order is total.",
  fields: (t) => ({
    column: t.string({ required: true, description: 'Name of a column of the dataset.' }),
    direction: t.field({
      type: builder.enumType('SortDirection', {
        description: 'Which way.',
        values: {
          ASC: { value: 'asc', description: 'The smallest or earliest first.' },
          DESC: { value: 'desc', description: 'The largest or latest first.' },
        } as const,
      }),
      description: 'Default: ASC.',
    }),
    nulls: t.field({
      type: builder.enumType('NullsOrder', {
        description: 'Where NULL stands.',
        values: {
          FIRST: { value: 'first', description: 'Before all values.' },
          LAST: { value: 'last', description: 'After all values.' },
        } as const,
      }),
      description: 'Default: LAST when ascending, FIRST when descending.',
    }),
  }),
})

/** The input as the core's filter names it, still to be resolved. GraphQL has bounded its depth. */
export function toFilter(input: RowFilterInput): unknown {
  if (input.and) return { and: input.and.map(toFilter) }
  if (input.or) return { or: input.or.map(toFilter) }
  if (input.not) return { not: toFilter(input.not) }
  if (input.relation) {
    const { name, quantifier, where } = input.relation
    return {
      relation: { name, ...(quantifier ? { quantifier } : {}), where: where ? toFilter(where) : null },
    }
  }
  if (input.field) return { field: { column: input.field.column, ...toCondition(input.field.is) } }
  return { search: input.search }
}

import { type ColumnType, isList } from '../../core/column-type.ts'

/** A filter as a dialect asks for it: the tree is ours, the names and values in it are not checked yet. */
export type FilterInput =
  | { readonly and: readonly FilterInput[] }
  | { readonly or: readonly FilterInput[] }
  | { readonly not: FilterInput }
  | { readonly search: unknown }
  | { readonly field: { readonly column: string; readonly operator: string; readonly value: unknown } }
  | {
      readonly relation: {
        readonly name: string
        readonly quantifier: 'some' | 'none'
        readonly where: FilterInput | null
      }
    }

/** Every row. */
export const everyRow: FilterInput = { and: [] }

export function fieldIs(column: string, operator: string, value: unknown): FilterInput {
  return { field: { column, operator, value } }
}

/** What equality and membership ask of a column that holds several values: whether the value is among them. */
const amongSeveral = { eq: 'hasAny', ne: 'hasNone', in: 'hasAny', notIn: 'hasNone' } as const

/** As `fieldIs`, by what a column of this type holds: one value, or several. */
export function fieldHas(
  { name, type }: { readonly name: string; readonly type: ColumnType },
  operator: keyof typeof amongSeveral,
  value: unknown,
): FilterInput {
  if (!isList(type)) return fieldIs(name, operator, value)
  return fieldIs(name, amongSeveral[operator], Array.isArray(value) ? value : [value])
}

/** Vendors nest deeper than needed, and depth is bounded: what is one node is made one. */
export function allOf(filters: readonly FilterInput[]): FilterInput {
  const flat = filters.flatMap((filter) => ('and' in filter ? filter.and : [filter]))
  return flat.length === 1 && flat[0] ? flat[0] : { and: flat }
}

/** As `allOf`: any of them. No filter at all is no row. */
export function anyOf(filters: readonly FilterInput[]): FilterInput {
  const flat = filters.flatMap((filter) => ('or' in filter ? filter.or : [filter]))
  return flat.length === 1 && flat[0] ? flat[0] : { or: flat }
}

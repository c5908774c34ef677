/**
 * Which rows. One recursive tree for every door: GraphQL's `@oneOf` input, the dialects' own filter
 * shapes and the CLI all become this. Each node has exactly one key.
 */
export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly field: FieldCondition }
  | { readonly relation: RelationCondition }
  | { readonly search: string }

/** `value` is a scalar, a list (`in`, `hasAny` …), `{from, to}` (`between`) or a boolean (`isNull`). */
export interface FieldCondition {
  readonly column: string
  readonly operator: FilterOperator
  readonly value: FilterValue
}

/** `some`: at least one related row matches; `none`: not one; `every`: no related row fails to match. */
export interface RelationCondition {
  readonly name: string
  readonly quantifier: 'some' | 'none' | 'every'
  readonly where: Filter | null
}

export type FilterScalar = string | number | boolean
export type FilterValue = FilterScalar | readonly FilterScalar[] | { readonly from: FilterScalar; readonly to: FilterScalar }

export const filterOperators = [
  'eq',
  'ne',
  'in',
  'notIn',
  'lt',
  'lte',
  'gt',
  'gte',
  'between',
  'isNull',
  'contains',
  'startsWith',
  'endsWith',
  'matchesWords',
  'hasAny',
  'hasAll',
  'hasNone',
] as const
export type FilterOperator = (typeof filterOperators)[number]

/**
 * Which rows. One recursive tree for every door: GraphQL's `@oneOf` input, the dialects' own filter
 * shapes and the CLI all become this. Each node has exactly one key.
 *
 * Logic has two values: a condition holds or it does not, NULL never spreads. So `not` is the exact
 * complement, `not eq` and `ne` are the same rows, `and: []` is every row and `or: []` is none.
 */
export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly field: FieldCondition }
  | { readonly relation: RelationCondition }
  | { readonly search: string }

/**
 * One column against one value. `value` is a scalar, a list (`in`, `notIn`, `hasAny`, `hasAll`,
 * `hasNone`), `{from, to}` (`between`) or a boolean (`isNull`). In a resolved filter it is canonical:
 * integers and floats are numbers; bigints and decimals are digits in a string; dates, times and
 * instants are ISO 8601 (instants in UTC); lists are sorted and hold nothing twice.
 */
export interface FieldCondition {
  readonly column: string
  readonly operator: FilterOperator
  readonly value: FilterValue
}

/**
 * Rows with `some`: at least one related row matches; `none`: not one does; `every`: no related row
 * fails to match, so a row without related rows is in. `where: null` asks for the related row alone.
 */
export interface RelationCondition {
  readonly name: string
  readonly quantifier: Quantifier
  readonly where: Filter | null
}

export const quantifiers = ['some', 'none', 'every'] as const
export type Quantifier = (typeof quantifiers)[number]

export type FilterScalar = string | number | boolean
export interface FilterRange {
  readonly from: FilterScalar
  readonly to: FilterScalar
}
export type FilterValue = FilterScalar | readonly FilterScalar[] | FilterRange

/**
 * What a column can be asked. A row whose column is NULL is out, except where it says "NULL is in".
 *
 * | operator | holds when | case |
 * |---|---|---|
 * | `eq` | the column equals the value | exact |
 * | `ne` | it does not; NULL is in | exact |
 * | `in` | it equals one of the list; an empty list: never | exact |
 * | `notIn` | it equals none of the list; NULL is in | exact |
 * | `lt` `lte` `gt` `gte` | it sorts before, … the value; text by the column's collation | exact |
 * | `between` | `from` ≤ column ≤ `to`, both ends included | exact |
 * | `isNull` | `true`: it is NULL; `false`: it is not. An empty text or list is not NULL | |
 * | `contains` `startsWith` `endsWith` | the text is in it, begins it, ends it | ignored |
 * | `matchesWords` | it has every word, whole, in any order; `*` in a word stands for any run of characters other than blanks | ignored |
 * | `matchesPhrase` | it has the words whole and in this order, with nothing but blanks and punctuation between | ignored |
 * | `matchesWordStarts` | for every word, one of its words begins so | ignored |
 * | `hasAny` | the list column holds one of the values; none given: never | exact |
 * | `hasAll` | it holds all of them; none given: every row whose list is not NULL | exact |
 * | `hasNone` | it holds none of them; NULL is in | exact |
 *
 * Words are what blanks separate; a word is whole when no letter, digit or underscore touches its
 * ends. Case is ignored by the column's collation.
 */
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
  'matchesPhrase',
  'matchesWordStarts',
  'hasAny',
  'hasAll',
  'hasNone',
] as const
export type FilterOperator = (typeof filterOperators)[number]

/** Bounds of one filter; what passes them is refused, never cut. */
export const filterLimits = {
  /** Nodes on the way from the root to a leaf, both counted. */
  depth: 12,
  /** Nodes of the whole tree; every word of a search or of a word operator counts as one more. */
  nodes: 500,
  /** Values of one list. */
  listValues: 10_000,
  /** UTF-16 code units of one text. */
  textChars: 10_000,
  /** UTF-16 code units of all texts and numbers together: they become part of an SQL statement. */
  totalChars: 1_000_000,
} as const

import type { ColumnType } from './column-type.ts'
import type { Labels } from './labels.ts'
import type { SortKey } from './spec.ts'
import type { TenantType } from './tenant.ts'

/** Something exportable: declared as data, no code per dataset. */
export interface Dataset {
  /** The word callers use: `deals`. */
  readonly name: string
  readonly label: Labels
  readonly description?: string
  /** Where rows come from; the engine gives it the alias `t`. */
  readonly source: TableSource | QuerySource
  /**
   * Columns that together identify a row within one organization; they close every sort. Left out where a
   * table or view has none: rows that a sort leaves equal then come in no promised order.
   */
  readonly key?: readonly [string, ...string[]]
  readonly tenant: Tenant
  readonly columns: Readonly<Record<string, Column>>
  /** Columns that exist per organization, catalogued in the database. */
  readonly dynamicColumns?: readonly DynamicColumns[]
  readonly relations?: Readonly<Record<string, Relation>>
  /** What an export holds when the caller names no columns. Default: every column that is not hidden. */
  readonly defaultColumns?: readonly string[]
  readonly defaultSort?: readonly SortKey[]
  /** Text columns that a free-text search looks into. */
  readonly searchable?: readonly string[]
  /**
   * Whether it is remembered which rows completed exports have delivered, so that an export can leave them
   * out. Needs a key. Default: false; it costs a fraction of the export's own time and a table's worth of keys.
   */
  readonly recordsDelivered?: boolean
  /** How each dialect sees this dataset, in that dialect's own words. */
  readonly dialects?: Readonly<Record<string, unknown>>
}

export interface TableSource {
  readonly table: { readonly schema: string; readonly name: string }
}

/** A SELECT without a trailing semicolon; it becomes a subquery. */
export interface QuerySource {
  readonly query: string
}

/**
 * Which rows belong to an organization. The column holds its external id. Or the tables have row-level
 * security: the setting has the external id when the rows are read, and the owner's policies look at it,
 * e.g. `org = current_setting('app.tenant_id')`. Or everybody shares the rows.
 */
export type Tenant =
  | {
      readonly column: string
      /** What the column holds; an id that it cannot hold has no rows. Default: text. */
      readonly type?: TenantType
    }
  | { readonly rowLevelSecurity: { readonly setting: string } }
  | { readonly shared: true }

export interface Column {
  readonly type: ColumnType
  readonly label: Labels
  readonly description?: string
  /** The database's own column, where it has another name. Default: the column's name here. */
  readonly column?: string
  /** SQL over the alias `t`, instead of a column of the database. */
  readonly expr?: string
  /** A value that only JavaScript can make, instead of a column of the database. */
  readonly compute?: Computation
  /** How its values are written in text files and shown in workbooks. Default: as the format has it. */
  readonly format?: ColumnFormat
  /** An enumeration's values and their words, in the order a form would offer them. */
  readonly options?: readonly ColumnOption[]
  /** Left out of the default columns and of `datasets`, but exportable by name. */
  readonly hidden?: boolean
  /** Personal data: only keys with the scope `pii:read` may use it. */
  readonly pii?: boolean
  /** Why the caller's key may not use it. Never declared: see limitDataset. */
  readonly withheld?: string
}

/**
 * A function over other columns of the same row, called for every row of a file, in its order. It must be
 * synchronous and may not keep anything from one row to the next. Rows cannot be filtered or sorted by it.
 */
export interface Computation {
  /** Columns of the dataset, none of them computed: what the function is given. */
  readonly from: readonly [string, ...string[]]
  /** Null or undefined is NULL. What the column's type does not hold, or an exception, fails the export. */
  readonly value: (row: ComputeRow) => unknown
}

/** One row's columns by their names; each row is an object of its own. */
export type ComputeRow = Readonly<Record<string, ComputeValue>>

/**
 * `integer` and `float` are numbers, `bigint` is a bigint, `boolean` a boolean. Everything else is text as
 * Postgres writes it: decimals with all their digits, dates, instants with their offset, JSON as it is
 * stored. Lists are arrays of these, NULL is null.
 */
export type ComputeValue = string | number | bigint | boolean | null | readonly ComputeValue[]

/** JSON and Parquet have types instead, which but `parquet` changes. */
export interface ColumnFormat {
  /** Of numbers: so many digits after the point, 0 to 20; rounded half away from zero. Workbooks keep all digits and show these. */
  readonly decimals?: number
  /** Of days and moments: e.g. `DD.MM.YYYY`. A caller's own `dateFormat` goes before it. @see date-pattern.ts */
  readonly pattern?: string
  /** In workbooks: a number format as Excel writes it, e.g. `#,##0.00 [$€-407]`. Default: made of the others. */
  readonly excel?: string
  /** Written to Parquet as text (a list as JSON): for values that no Parquet type holds, such as infinite dates. */
  readonly parquet?: 'text'
}

export interface ColumnOption {
  readonly value: string
  readonly label: Labels
}

/**
 * A family of columns named `<prefix><id>`. `catalog` is SQL with the parameter `$1` (the
 * organization's external id) that returns `id text, label text or jsonb, type text, options jsonb`;
 * `expr` is SQL over `t` in which `:id` stands for the quoted id, and yields text that casts to the
 * type: a list's elements are separated by `;`, and an empty text is NULL unless the type is text.
 */
export interface DynamicColumns {
  readonly prefix: string
  readonly label: Labels
  readonly catalog: string
  readonly expr: string
  /** Personal data, all of them: see Column. */
  readonly pii?: boolean
}

/**
 * Rows of another dataset that belong to a row of this one. Rows meet where every pair of columns is
 * equal (`to one`: at most one does), directly or through a link table. The tenant columns of both
 * sides are always compared besides.
 */
export interface Relation {
  readonly kind: 'one' | 'many'
  readonly dataset: string
  readonly label: Labels
  /** Pairs of database columns: `[ours, theirs]`. With `through`: `[ours, link's]`. */
  readonly on: readonly (readonly [string, string])[]
  readonly through?: {
    readonly table: { readonly schema: string; readonly name: string }
    /** Pairs of database columns: `[link's, theirs]`. */
    readonly on: readonly (readonly [string, string])[]
    /** The link table's tenant column, when it has one; of the same type as the related dataset's. */
    readonly tenantColumn?: string
    /** SQL over the link's alias `l` that must hold, e.g. `l.object = 'contact'`. */
    readonly where?: string
  }
  /** Why the caller's key may not follow it. Never declared: see limitDataset. */
  readonly withheld?: string
}

/** The names that a caller may use, for lists and suggestions. */
export function visibleColumnsOf(dataset: Dataset): readonly string[] {
  return Object.entries(dataset.columns)
    .filter(([, column]) => !column.hidden && column.withheld === undefined)
    .map(([name]) => name)
}

/** Those that the caller's key may follow. */
export function visibleRelationsOf(dataset: Dataset): readonly string[] {
  return Object.entries(dataset.relations ?? {})
    .filter(([, relation]) => relation.withheld === undefined)
    .map(([name]) => name)
}

/** The columns an export holds when the caller names none. */
export function defaultColumnsOf(dataset: Dataset): readonly string[] {
  return dataset.defaultColumns ?? visibleColumnsOf(dataset)
}

/** Empty where the dataset has no key. */
export function keyOf(dataset: Dataset): readonly string[] {
  return dataset.key ?? []
}

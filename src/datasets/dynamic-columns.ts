import { type ColumnType, isList, type ScalarType, scalarOf } from '../core/column-type.ts'
import type { Column, ColumnOption, Dataset, DynamicColumns } from '../core/dataset.ts'
import type { Labels } from '../core/labels.ts'
import { quoteLiteral } from '../core/sql.ts'

/** Runs one statement in the source database and gives its rows; jsonb arrives parsed. */
export type CatalogQuery = (
  sql: string,
  params: readonly unknown[],
) => Promise<readonly Readonly<Record<string, unknown>>[]>

interface CatalogRow {
  readonly id: string
  readonly label: Labels
  readonly type: string
  readonly options: readonly ColumnOption[] | null
}

/** Postgres' name for each type that a dynamic value is cast to. */
const castOf: Readonly<Record<ScalarType, string>> = {
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  decimal: 'numeric',
  float: 'double precision',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  interval: 'interval',
  uuid: 'uuid',
  enum: 'text',
  json: 'jsonb',
  bytes: 'bytea',
}

/**
 * The columns that exist for this organization only, by name. Where two families claim one name
 * (`crm_` with the id `hubspot_account_x`, and `crm_hubspot_account_` with `x`), the longer prefix has it.
 * @param tenant the organization's external id
 * @throws when a catalog names a type that no column has
 */
export async function loadDynamicColumns(
  query: CatalogQuery,
  dataset: Dataset,
  tenant: string,
): Promise<ReadonlyMap<string, Column>> {
  const columns = new Map<string, Column>()
  const families = (dataset.dynamicColumns ?? []).toSorted((a, b) => a.prefix.length - b.prefix.length)
  for (const family of families) {
    const rows = (await query(family.catalog, [tenant])) as readonly unknown[] as readonly CatalogRow[]
    for (const row of rows) columns.set(family.prefix + row.id, toColumn(family, row, dataset.name))
  }
  return columns
}

function toColumn(family: DynamicColumns, row: CatalogRow, dataset: string): Column {
  const type = row.type as ColumnType
  const cast = castOf[scalarOf(type)]
  if (!Object.hasOwn(castOf, scalarOf(type)) || !cast) {
    throw new TypeError(
      `The catalog of ${dataset}.${family.prefix}${row.id} names the unknown type '${type}'`,
    )
  }
  // Not `::id`, which would be a cast to a type of that name.
  const text = family.expr.replaceAll(/(?<!:):id\b/g, () => quoteLiteral(row.id))
  return {
    type,
    label: row.label ?? row.id,
    expr: castText(text, type, cast),
    ...(row.options ? { options: row.options } : {}),
  }
}

/** Dynamic values lie as text: a list's elements are separated by `;`, and an empty text is no number. */
function castText(text: string, type: ColumnType, cast: string): string {
  if (isList(type)) return `string_to_array(nullif((${text}), ''), ';')::${cast}[]`
  return cast === 'text' ? `(${text})` : `nullif((${text}), '')::${cast}`
}

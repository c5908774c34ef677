import { type ColumnType, isList, scalarOf } from '../core/column-type.ts'
import type { Column, ColumnOption, Dataset, DynamicColumns } from '../core/dataset.ts'
import { ValidationError } from '../core/errors.ts'
import type { Labels } from '../core/labels.ts'
import { quoteLiteral } from '../core/sql.ts'
import { castOf, safeCastSql } from './safe-cast.ts'

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

/** Columns of one family: more than an export can have. */
const maxColumns = 5_000

/**
 * The columns that exist for this organization only, by name. Where two families claim one name
 * (`crm_` with the id `hubspot_account_x`, and `crm_hubspot_account_` with `x`), the longer prefix has it.
 * @param tenant the organization's external id
 * @throws ValidationError when a catalog has more than 5,000; TypeError when it names a type that no column has
 */
export async function loadDynamicColumns(
  query: CatalogQuery,
  dataset: Dataset,
  tenant: string,
): Promise<ReadonlyMap<string, Column>> {
  const columns = new Map<string, Column>()
  const families = (dataset.dynamicColumns ?? []).toSorted((a, b) => a.prefix.length - b.prefix.length)
  if (families.length === 0) return columns
  // One question for all: every export asks it twice, and six of them were a tenth of a small one's CPU.
  const [answer] = await query(
    `SELECT current_setting('server_version_num')::int AS "serverVersion", ${families.map(catalogSql).join(', ')}`,
    [tenant],
  )
  const serverVersion = Number(answer?.serverVersion)
  for (const [index, family] of families.entries()) {
    const rows = (answer?.[`catalog_${index}`] ?? []) as readonly CatalogRow[]
    if (rows.length > maxColumns) {
      const message = `has more than ${maxColumns} columns of its own that begin with '${family.prefix}'`
      throw new ValidationError([{ path: 'dataset', message }])
    }
    for (const row of rows)
      columns.set(family.prefix + row.id, toColumn(family, row, { dataset: dataset.name, serverVersion }))
  }
  return columns
}

/**
 * A catalog's rows in one value, in their order; ids as text, for JSON would round long numbers. The line
 * break ends a comment in which the catalog may end.
 */
function catalogSql({ catalog }: DynamicColumns, index: number): string {
  const rows = `SELECT * FROM (${catalog}\n) AS catalog LIMIT ${maxColumns + 1}`
  return `(SELECT json_agg(to_jsonb(c) || jsonb_build_object('id', c.id::text)) FROM (${rows}) AS c) AS catalog_${index}`
}

function toColumn(
  family: DynamicColumns,
  row: CatalogRow,
  { dataset, serverVersion }: { dataset: string; serverVersion: number },
): Column {
  const type = row.type as ColumnType
  if (!Object.hasOwn(castOf, scalarOf(type))) {
    throw new TypeError(
      `The catalog of ${dataset}.${family.prefix}${row.id} names the unknown type '${type}'`,
    )
  }
  // Not `::id`, which would be a cast to a type of that name.
  const text = family.expr.replaceAll(/(?<!:):id\b/g, () => quoteLiteral(row.id))
  return {
    type,
    label: row.label ?? row.id,
    expr: castText(text, type, serverVersion),
    ...(row.options ? { options: row.options } : {}),
    ...(family.pii ? { pii: true } : {}),
  }
}

/**
 * Dynamic values lie as text: a list's elements are separated by `;`, an empty text is no number, and
 * neither is what somebody once typed into a number's field.
 */
function castText(text: string, type: ColumnType, serverVersion: number): string {
  const scalar = scalarOf(type)
  const isText = castOf[scalar] === 'text'
  if (!isList(type) && isText) return `(${text})`
  if (isText) return `string_to_array(nullif((${text}), ''), ';')`
  const value = (sql: string) => safeCastSql(sql, scalar, serverVersion)
  // The subquery reads the text once, whatever that costs, and looks at it several times.
  const from = `FROM (SELECT nullif((${text}), '') AS v OFFSET 0) AS d`
  if (!isList(type)) return `(SELECT ${value('d.v')} ${from})`
  const elements = `SELECT ${value('e.v')} FROM unnest(string_to_array(d.v, ';')) WITH ORDINALITY AS e(v, n) ORDER BY e.n`
  return `(SELECT CASE WHEN d.v IS NOT NULL THEN ARRAY(${elements}) END ${from})`
}

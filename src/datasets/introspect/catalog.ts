import type { CatalogQuery } from '../dynamic-columns.ts'
import { loadPgTypes, type PgType } from '../pg-type.ts'

/** A table, view, materialized view, foreign or partitioned table, as the catalog has it. */
export interface CatalogTable {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly comment: string | null
  readonly columns: readonly CatalogColumn[]
  /** Columns of the primary key first, then those of other unique keys without NULLs, the shortest first. */
  readonly keys: readonly (readonly string[])[]
  /** The setting that its row-level security looks at, e.g. `app.tenant_id`. */
  readonly policySetting: string | null
}

export interface CatalogColumn {
  readonly name: string
  readonly comment: string | null
  readonly type: PgType
  /** Labels of its enumeration, or of that of its domain. */
  readonly labels: readonly string[] | null
}

/** Rows of `from` that point at one row of `to` (oids of tables). */
export interface ForeignKey {
  readonly from: number
  readonly to: number
  readonly pairs: readonly (readonly [string, string])[]
}

export interface Catalog {
  readonly tables: readonly CatalogTable[]
  readonly foreignKeys: readonly ForeignKey[]
}

export interface CatalogScope {
  /** Default: every schema that is neither Postgres' nor Sluice's own. */
  readonly schema?: string | undefined
  /** Default: every table. */
  readonly table?: string | undefined
}

/** What may be read of it, in a fixed number of queries however many tables there are. Partitions are part of their parent. */
export async function readCatalog(query: CatalogQuery, scope: CatalogScope = {}): Promise<Catalog> {
  const tables = (await query(
    `SELECT c.oid::bigint::float8 AS oid, n.nspname AS schema, c.relname AS name,
       obj_description(c.oid, 'pg_class') AS comment,
       (SELECT (regexp_match(pg_get_expr(p.polqual, p.polrelid), 'current_setting\\(''([^'']+)'''))[1]
        FROM pg_policy p WHERE p.polrelid = c.oid AND c.relrowsecurity AND p.polcmd IN ('r', '*')
        ORDER BY 1 LIMIT 1) AS "policySetting"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
       AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
       -- Keys and exports are nobody's dataset.
       AND n.nspname NOT IN ('sluice', 'pgboss')
       AND ($1::text IS NULL OR n.nspname = $1) AND ($2::text IS NULL OR c.relname = $2)
     ORDER BY n.nspname, c.relname`,
    [scope.schema ?? null, scope.table ?? null],
  )) as readonly Omit<CatalogTable, 'columns' | 'keys'>[]
  const oids = tables.map(({ oid }) => oid)
  const columns = await readColumns(query, oids)
  const keys = await readKeys(query, oids)
  return {
    tables: tables.map((table) => ({
      ...table,
      columns: columns.get(table.oid) ?? [],
      keys: keys.get(table.oid) ?? [],
    })),
    foreignKeys: await readForeignKeys(query, oids),
  }
}

interface ColumnRow {
  readonly table: number
  readonly name: string
  readonly comment: string | null
  readonly type: number
  readonly labels: readonly string[] | null
}

async function readColumns(
  query: CatalogQuery,
  oids: readonly number[],
): Promise<Map<number, CatalogColumn[]>> {
  const rows = (await query(
    `SELECT a.attrelid::bigint::float8 AS table, a.attname AS name, a.atttypid::bigint::float8 AS type,
       col_description(a.attrelid, a.attnum) AS comment,
       (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e
        WHERE e.enumtypid IN (t.oid, t.typbasetype)) AS labels
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY a.attrelid, a.attnum`,
    [oids],
  )) as readonly unknown[] as readonly ColumnRow[]
  const types = await loadPgTypes(query, [...new Set(rows.map(({ type }) => type))])
  const byTable = new Map<number, CatalogColumn[]>()
  for (const { table, type: oid, ...column } of rows) {
    const type = types.get(oid)
    if (!type) continue
    byTable.set(table, [...(byTable.get(table) ?? []), { ...column, type }])
  }
  return byTable
}

async function readKeys(query: CatalogQuery, oids: readonly number[]): Promise<Map<number, string[][]>> {
  const rows = (await query(
    `SELECT i.indrelid::bigint::float8 AS table, array_agg(a.attname::text ORDER BY k.position) AS columns
     FROM pg_index i
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position)
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
     WHERE i.indrelid = ANY ($1::oid[]) AND i.indisunique AND i.indimmediate AND i.indisvalid
       AND i.indpred IS NULL AND i.indexprs IS NULL AND k.position <= i.indnkeyatts
     GROUP BY i.indexrelid, i.indrelid, i.indisprimary
     HAVING bool_and(a.attnotnull)
     ORDER BY i.indrelid, i.indisprimary DESC, count(*), min(a.attnum)`,
    [oids],
  )) as readonly unknown[] as readonly { table: number; columns: string[] }[]
  const byTable = new Map<number, string[][]>()
  for (const { table, columns } of rows) byTable.set(table, [...(byTable.get(table) ?? []), columns])
  return byTable
}

async function readForeignKeys(query: CatalogQuery, oids: readonly number[]): Promise<ForeignKey[]> {
  const rows = (await query(
    `SELECT c.conrelid::bigint::float8 AS "from", c.confrelid::bigint::float8 AS "to",
       array_agg(ARRAY[ours.attname::text, theirs.attname::text] ORDER BY k.position) AS pairs
     FROM pg_constraint c
     CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(ours, theirs, position)
     JOIN pg_attribute ours ON ours.attrelid = c.conrelid AND ours.attnum = k.ours
     JOIN pg_attribute theirs ON theirs.attrelid = c.confrelid AND theirs.attnum = k.theirs
     WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conrelid = ANY ($1::oid[]) AND c.confrelid = ANY ($1::oid[])
     GROUP BY c.oid ORDER BY c.conrelid, c.conname`,
    [oids],
  )) as readonly unknown[]
  return rows as ForeignKey[]
}

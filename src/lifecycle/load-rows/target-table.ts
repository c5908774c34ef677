import type pg from 'pg'
import type { TableSource } from '../../core/dataset.ts'
import { quoteTable } from '../../core/sql.ts'

/** A table that rows are loaded into, as the database knows it. */
export interface TargetTable {
  /** Quoted. */
  readonly sql: string
  readonly columns: ReadonlyMap<string, TargetColumn>
  /** The columns of each unique constraint or index without conditions. */
  readonly uniqueKeys: readonly (readonly string[])[]
}

export interface TargetColumn {
  readonly name: string
  /** As SQL names it: `character varying(10)`. */
  readonly type: string
  /** Without its length: a cast to it cuts nothing off, and the length is checked when it is stored. */
  readonly bareType: string
  readonly isArray: boolean
  readonly isRequired: boolean
  /** Its value is the database's own: computed, or always counted up. */
  readonly isGenerated: boolean
}

/** @throws pg's DatabaseError when there is no such table */
export async function describeTable(client: pg.Client, table: TableSource['table']): Promise<TargetTable> {
  const sql = quoteTable(table)
  const columns = await client.query<TargetColumn>(
    `SELECT attname AS name,
            format_type(atttypid, atttypmod) AS type,
            format_type(atttypid, -1) AS "bareType",
            t.typcategory = 'A' AS "isArray",
            attnotnull AS "isRequired",
            attgenerated <> '' OR attidentity = 'a' AS "isGenerated"
     FROM pg_attribute JOIN pg_type t ON t.oid = atttypid
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
     ORDER BY attnum`,
    [sql],
  )
  const keys = await client.query<{ columns: string[] }>(
    `SELECT array_agg(a.attname::text ORDER BY k.position) AS columns
     FROM pg_index i
     CROSS JOIN unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, position)
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
     WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indimmediate AND i.indisvalid
       AND i.indpred IS NULL AND i.indexprs IS NULL AND k.position <= i.indnkeyatts
     GROUP BY i.indexrelid`,
    [sql],
  )
  return {
    sql,
    columns: new Map(columns.rows.map((column) => [column.name, column])),
    uniqueKeys: keys.rows.map((key) => key.columns),
  }
}

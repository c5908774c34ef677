/** A type as the catalog has it, with those that it is made of. */
export interface PgType {
  /** `pg_catalog` for Postgres' own. */
  readonly schema: string
  /** As pg_type has it: `int4`, `timestamptz`, `_text`. */
  readonly name: string
  /** Base, composite, domain, enum, multirange, pseudo, range. @see pg_type.typtype */
  readonly kind: 'b' | 'c' | 'd' | 'e' | 'm' | 'p' | 'r'
  /** `S` is a kind of string, `A` an array. @see pg_type.typcategory */
  readonly category: string
  /** What a domain is over, or what an array holds. */
  readonly of?: PgType
}

interface TypeRow extends Omit<PgType, 'of'> {
  readonly oid: number
  readonly of: number | null
}

/**
 * Types by their oid, as `pg_attribute.atttypid` names them. One query, whatever they are made of.
 * @param query runs one statement and gives its rows
 */
export async function loadPgTypes(
  query: (sql: string, params: readonly unknown[]) => Promise<readonly unknown[]>,
  oids: readonly number[],
): Promise<ReadonlyMap<number, PgType>> {
  const rows = (await query(
    `WITH RECURSIVE wanted AS (
       SELECT unnest($1::oid[]) AS oid
       UNION
       SELECT CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END
       FROM wanted JOIN pg_catalog.pg_type t USING (oid)
       WHERE t.typtype = 'd' OR (t.typcategory = 'A' AND t.typelem <> 0))
     SELECT t.oid::bigint::float8 AS oid, n.nspname AS schema, t.typname AS name, t.typtype AS kind,
       t.typcategory AS category,
       (CASE WHEN t.typtype = 'd' THEN t.typbasetype WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem END)
         ::bigint::float8 AS of
     FROM wanted JOIN pg_catalog.pg_type t USING (oid) JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace`,
    [oids],
  )) as readonly TypeRow[]
  const byOid = new Map(rows.map((row) => [row.oid, row]))
  const typeOf = ({ oid: _, of, ...row }: TypeRow): PgType => {
    const inner = of === null ? undefined : byOid.get(of)
    return inner ? { ...row, of: typeOf(inner) } : row
  }
  return new Map(rows.map((row) => [row.oid, typeOf(row)]))
}

import type { TableSource } from '../../core/dataset.ts'
import { quoteTable } from '../../core/sql.ts'
import type { Source } from '../../engine/source/source.ts'

/** What the catalog says of a table that rows are read from. */
export interface TableFacts {
  /** Table, view, materialized view, partitioned or foreign table. @see pg_class.relkind */
  readonly kind: 'r' | 'v' | 'm' | 'p' | 'f'
  /** As the planner last saw it; negative: never. */
  readonly rows: number
  readonly hasRowSecurity: boolean
  readonly policies: number
  /** Why policies do not bind whoever asks; null when they do. */
  readonly exemption: string | null
  /** Of a view: whether the policies of its tables bind whoever asks. */
  readonly isInvokersView: boolean
  readonly indexes: readonly { readonly columns: readonly string[]; readonly isUnique: boolean }[]
}

export async function tableFactsOf(
  source: Source,
  table: TableSource['table'],
): Promise<TableFacts | undefined> {
  const [facts] = await source.query<TableFacts>(
    `SELECT c.relkind AS kind, c.reltuples AS rows, c.relrowsecurity AS "hasRowSecurity",
       (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*')) AS policies,
       CASE WHEN r.rolsuper THEN 'is a superuser' WHEN r.rolbypassrls THEN 'has BYPASSRLS'
         WHEN pg_has_role(c.relowner, 'USAGE') AND NOT c.relforcerowsecurity THEN 'owns the table' END AS exemption,
       coalesce('security_invoker=true' = ANY (c.reloptions) OR 'security_invoker=on' = ANY (c.reloptions), false)
         AS "isInvokersView",
       coalesce((SELECT json_agg(json_build_object('isUnique', i.indisunique AND i.indimmediate,
           'columns', (SELECT json_agg(a.attname ORDER BY k.position)
             FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
             WHERE k.position <= i.indnkeyatts)))
         FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL),
         '[]') AS indexes
     FROM pg_class c, pg_roles r WHERE c.oid = $1::regclass AND r.rolname = current_user`,
    [quoteTable(table)],
    {},
  )
  return facts
}

/** Fewer rows are read as quickly without an index. */
const largeRows = 10_000

export function isLarge({ rows, kind }: TableFacts): boolean {
  return (kind === 'r' || kind === 'p' || kind === 'm') && rows >= largeRows
}

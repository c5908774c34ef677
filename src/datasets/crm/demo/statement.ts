import { type DemoContext, type DemoStatement, numbered } from './sql.ts'

type Expressions = Readonly<Record<string, string>>

/**
 * Rows numbered from 1 to `count`: a column is an SQL expression over `n` and the hashes f, g, h.
 * `draw` are expressions that columns use more than once. `salt` keeps tables from looking alike.
 */
export function fill(
  { tenant, seed }: DemoContext,
  table: string,
  {
    count,
    salt,
    draw = {},
    columns,
  }: { count: number; salt: number; draw?: Expressions; columns: Expressions },
): DemoStatement {
  const drawn = Object.entries(draw).map(([name, expr]) => `, ${expr} AS ${name}`)
  return {
    label: table.replaceAll('_', ' '),
    sql: `INSERT INTO crm.${table} (organization_id, ${Object.keys(columns).join(', ')})
SELECT ${tenant}, ${Object.values(columns).join(',\n  ')}
FROM (SELECT *${drawn.join('')} FROM ${numbered(count, seed * 1000 + salt)} AS numbers OFFSET 0) AS drawn`,
  }
}

/** Rows written out, each value an SQL expression. */
export function insert(
  { tenant }: DemoContext,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): DemoStatement {
  return {
    label: table.replaceAll('_', ' '),
    sql: `INSERT INTO crm.${table} (organization_id, ${columns.join(', ')}) VALUES
${rows.map((row) => `(${tenant}, ${row.join(', ')})`).join(',\n')}`,
  }
}

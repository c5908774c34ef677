import type { Column } from '../../core/dataset.ts'
import { quoteIdentifier } from '../../core/sql.ts'

/**
 * A column's value over the alias `t`: bare where it is the database's own column, so that indexes serve.
 * @throws TypeError for a computed column, which the database does not know
 */
export function columnSql(name: string, column: Column): string {
  if (column.compute) throw new TypeError(`The column '${name}' is computed and has no SQL`)
  return column.expr === undefined ? `t.${quoteIdentifier(column.column ?? name)}` : `(${column.expr})`
}

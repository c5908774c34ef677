import type { Column } from '../../core/dataset.ts'
import { quoteIdentifier } from '../../core/sql.ts'

/** A column's value over the alias `t`: bare where it is the database's own column, so that indexes serve. */
export function columnSql(name: string, column: Column): string {
  return column.expr === undefined ? `t.${quoteIdentifier(name)}` : `(${column.expr})`
}

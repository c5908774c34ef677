import type { Dataset } from '../../core/dataset.ts'
import { quoteTable } from '../../core/sql.ts'

/** A dataset's rows as a FROM item with the alias `t`, of every organization. */
export function sourceSql({ source }: Dataset): string {
  // The line break ends a comment in which the declared query may end.
  return 'table' in source ? `${quoteTable(source.table)} AS t` : `(${source.query}\n) AS t`
}

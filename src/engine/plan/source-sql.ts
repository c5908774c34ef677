import type { Dataset } from '../../core/dataset.ts'
import { quoteIdentifier, quoteLiteral, quoteTable } from '../../core/sql.ts'

/** A dataset's rows as a FROM item with the alias `t`, of every organization. */
export function sourceSql({ source }: Dataset): string {
  // The line break ends a comment in which the declared query may end.
  return 'table' in source ? `${quoteTable(source.table)} AS t` : `(${source.query}\n) AS t`
}

/** That a row is the organization's (by its external id); undefined when everybody shares the rows. */
export function tenantSql({ tenant }: Dataset, externalId: string): string | undefined {
  if ('shared' in tenant) return undefined
  // Without a cast the literal takes the column's own type, whatever that is.
  return `t.${quoteIdentifier(tenant.column)} = ${quoteLiteral(externalId)}`
}

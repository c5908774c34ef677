import type { Dataset, Tenant } from './dataset.ts'
import { quoteIdentifier, quoteLiteral } from './sql.ts'

/** What a tenant column can hold. */
export const tenantTypes = ['text', 'integer', 'bigint', 'uuid'] as const
export type TenantType = (typeof tenantTypes)[number]

type TenantColumn = Extract<Tenant, { column: string }>

/**
 * That a column, as SQL names it, holds an organization's external id. An id that its type cannot hold is
 * nobody's rows, not an error; so is one written in another way than Postgres writes it, since `7` and `007`
 * would otherwise be two organizations with the same rows.
 */
export function isTenant(
  sql: string,
  { type = 'text' }: Pick<TenantColumn, 'type'>,
  externalId: string,
): string {
  if (type === 'text') return `${sql} = ${quoteLiteral(externalId)}`
  if (!isCanonical(type, externalId)) return 'FALSE'
  // bigint for both: comparing it with an integer or a smallint is served by their indexes.
  return `${sql} = ${quoteLiteral(externalId)}::${type === 'uuid' ? 'uuid' : 'bigint'}`
}

function isCanonical(type: Exclude<TenantType, 'text'>, externalId: string): boolean {
  if (type === 'uuid') return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(externalId)
  return (
    /^(0|-?[1-9]\d{0,18})$/.test(externalId) && BigInt.asIntN(64, BigInt(externalId)) === BigInt(externalId)
  )
}

/** That a row `t` is the organization's; undefined where nothing has to be asked: the rows are everybody's, or Postgres decides itself. */
export function tenantSql({ tenant }: Dataset, externalId: string): string | undefined {
  if ('column' in tenant) return isTenant(`t.${quoteIdentifier(tenant.column)}`, tenant, externalId)
  if ('shared' in tenant || 'rowLevelSecurity' in tenant) return undefined
  return tenant satisfies never
}

/**
 * The session settings that the policies of any dataset read, for one organization. They are set before
 * anything else is done with a connection, whichever dataset it is for: a query may reach another one's table.
 */
export function tenantSession(datasets: readonly Dataset[], externalId: string): Record<string, string> {
  const session: Record<string, string> = {}
  for (const { tenant } of datasets) {
    if ('rowLevelSecurity' in tenant) session[tenant.rowLevelSecurity.setting] = externalId
  }
  return session
}

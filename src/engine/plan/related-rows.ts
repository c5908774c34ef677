import type { Dataset, Relation } from '../../core/dataset.ts'
import { quoteIdentifier, quoteTable } from '../../core/sql.ts'
import { isTenant, tenantSql } from '../../core/tenant.ts'
import { sourceSql } from './source-sql.ts'

/**
 * `FROM … WHERE …` over the rows that a relation leads to, as `related`, from the row `t` around it. The
 * inner `t` is the related row, for its own columns' expressions; neither scope sees the other, so levels
 * nest without names of their own. Both sides, and the link between them, are the organization's.
 * @param extra what the related rows have besides their own columns, as SQL over the inner `t`
 * @param where SQL over the inner `t` that must hold
 */
export function relatedRowsSql(
  relation: Relation,
  dataset: Dataset,
  tenant: string,
  { extra = [], where = null }: { extra?: readonly string[]; where?: string | null } = {},
): string {
  const conditions = [tenantSql(dataset, tenant), where].filter((sql) => sql !== undefined && sql !== null)
  const filter = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
  const related = `(SELECT ${['t.*', ...extra].join(', ')} FROM ${sourceSql(dataset)}${filter}) AS related`
  const { on, through } = relation
  if (!through) return `FROM ${related} WHERE ${pairs(on, 't', 'related')}`
  const link = [pairs(on, 't', 'l')]
  if (through.tenantColumn) {
    const type = 'column' in dataset.tenant ? dataset.tenant : {}
    link.push(isTenant(`l.${quoteIdentifier(through.tenantColumn)}`, type, tenant))
  }
  if (through.where) link.push(`(${through.where})`)
  const join = `${quoteTable(through.table)} AS l JOIN ${related} ON ${pairs(through.on, 'l', 'related')}`
  return `FROM ${join} WHERE ${link.join(' AND ')}`
}

/** That the columns of every pair are equal, the right side's on the left, where an index serves. */
function pairs(on: Relation['on'], left: string, right: string): string {
  return on
    .map(([ours, theirs]) => `${right}.${quoteIdentifier(theirs)} = ${left}.${quoteIdentifier(ours)}`)
    .join(' AND ')
}

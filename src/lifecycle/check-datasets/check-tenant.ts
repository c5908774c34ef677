import type { Dataset } from '../../core/dataset.ts'
import { quoteTable } from '../../core/sql.ts'
import type { TenantType } from '../../core/tenant.ts'
import { unknownName } from '../../core/unknown-name.ts'
import type { PgType } from '../../datasets/pg-type.ts'
import { baseOf, tenantTypeOf } from '../../datasets/tenant-type-of.ts'
import type { ReportFinding } from './finding.ts'
import { isLarge, type TableFacts } from './table-facts.ts'

/** Whether nothing but an organization's own rows can come out. */
export function checkTenant(
  { tenant, source }: Dataset,
  stored: ReadonlyMap<string, PgType | undefined>,
  facts: TableFacts | undefined,
  report: ReportFinding,
): void {
  if ('shared' in tenant) return
  if ('rowLevelSecurity' in tenant) {
    if (facts) checkPolicies(facts, report)
    return
  }
  const { column, type = 'text' } = tenant
  if (!stored.has(column)) {
    report('error', 'tenant.column', unknownName('column of the database', column, [...stored.keys()]))
    return
  }
  checkType(stored.get(column), type, report)
  if (
    facts &&
    'table' in source &&
    isLarge(facts) &&
    !facts.indexes.some(({ columns }) => columns?.[0] === column)
  ) {
    report(
      'warning',
      'tenant.column',
      `no index begins with '${column}', so every export reads the whole table: CREATE INDEX CONCURRENTLY ON ${quoteTable(source.table)} ("${column}").`,
    )
  }
}

function checkType(pgType: PgType | undefined, type: TenantType, report: ReportFinding): void {
  if (!pgType) return
  const base = baseOf(pgType)
  if (base.name === 'citext' || base.name === 'bpchar') {
    report(
      'warning',
      'tenant.column',
      `is of the type ${base.name}: external ids that differ in case or blanks only would share rows. Make it text, or see to it that none do.`,
    )
    return
  }
  const actual = tenantTypeOf(base)
  const isWhole = (name: TenantType | undefined) => name === 'integer' || name === 'bigint'
  if (actual === type || (isWhole(actual) && isWhole(type))) return
  report(
    'error',
    'tenant.type',
    actual
      ? `is ${type}, and the column is ${base.name}: say type: '${actual}'.`
      : `the column is ${base.name}, which cannot be compared with an external id: use a query that casts it to text.`,
  )
}

/** A policy that does not bind the role shows every organization's rows to each. */
function checkPolicies(facts: TableFacts, report: ReportFinding): void {
  const path = 'tenant.rowLevelSecurity'
  if (facts.kind === 'v') {
    if (!facts.isInvokersView) {
      report(
        'error',
        path,
        "the view reads its tables with its owner's rights, whom their policies may not bind: ALTER VIEW … SET (security_invoker = true) (PostgreSQL 15), or name the table.",
      )
    }
    return
  }
  if (facts.kind !== 'r' && facts.kind !== 'p') {
    report(
      'error',
      path,
      'materialized views and foreign tables have no row-level security: use a tenant column.',
    )
  } else if (!facts.hasRowSecurity) {
    report(
      'error',
      path,
      'row-level security is off, so every organization would see all rows: ALTER TABLE … ENABLE ROW LEVEL SECURITY, and a policy that looks at the setting.',
    )
  } else if (facts.exemption) {
    report(
      'error',
      path,
      `the role ${facts.exemption}, so policies do not bind it: connect as a role that may only SELECT${facts.exemption === 'owns the table' ? ', or ALTER TABLE … FORCE ROW LEVEL SECURITY' : ''}.`,
    )
  } else if (facts.policies === 0) {
    report(
      'error',
      path,
      'the table has no policy for SELECT, so nobody has any rows: CREATE POLICY … USING (… = current_setting(…)).',
    )
  }
}

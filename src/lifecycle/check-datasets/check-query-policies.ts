import type { TableSource } from '../../core/dataset.ts'
import type { Source } from '../../engine/source/source.ts'
import type { ReportFinding } from './finding.ts'
import { tableFactsOf } from './table-facts.ts'

interface PlanNode {
  readonly Schema?: string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly PlanNode[]
}

/** That policies bind a query somewhere: of which of its tables they must, only its author knows. */
export async function checkQueryPolicies(
  source: Source,
  query: string,
  session: Readonly<Record<string, string>>,
  report: ReportFinding,
): Promise<void> {
  const [row] = await source.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
    `EXPLAIN (VERBOSE, FORMAT JSON) ${query}`,
    [],
    session,
  )
  for (const table of tablesIn(row?.['QUERY PLAN'][0]?.Plan)) {
    const facts = await tableFactsOf(source, table)
    if (facts?.hasRowSecurity && facts.exemption === null && facts.policies > 0) return
  }
  report(
    'error',
    'tenant.rowLevelSecurity',
    'no policy binds this role in any table that the query reads, so every organization would see all rows: enable row-level security there, and connect as a role that neither owns the tables nor bypasses policies.',
  )
}

function tablesIn(plan: PlanNode | undefined): TableSource['table'][] {
  if (!plan) return []
  const { Schema: schema, 'Relation Name': name, Plans: plans = [] } = plan
  const own = schema !== undefined && name !== undefined ? [{ schema, name }] : []
  return [...own, ...plans.flatMap(tablesIn)]
}

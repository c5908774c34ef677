import { type Dataset, keyOf } from '../core/dataset.ts'
import { quoteIdentifier, quoteTable } from '../core/sql.ts'
import { tenantSession } from '../core/tenant.ts'
import { onDay } from '../core/today.ts'
import { loadPgTypes } from '../datasets/pg-type.ts'
import type { DatasetRegistry } from '../datasets/registry.ts'
import { sourceSql } from '../engine/plan/source-sql.ts'
import type { Source, SourceField } from '../engine/source/source.ts'
import { checkColumns } from './check-datasets/check-columns.ts'
import { checkQueryPolicies } from './check-datasets/check-query-policies.ts'
import { checkRelation } from './check-datasets/check-relations.ts'
import { checkTenant } from './check-datasets/check-tenant.ts'
import { complaintOf, type Finding, type ReportFinding, refusalOf } from './check-datasets/finding.ts'
import { type TableFacts, tableFactsOf } from './check-datasets/table-facts.ts'

/** Expressions that count from today compile for one day as for any other. */
const anyDay = '2000-01-01'

/** Datasets that are looked at side by side: as many as the source has connections for. */
const atOnce = 4

/**
 * Compares every dataset with the database that its rows are read from. Nothing is read of the rows.
 * @throws what the connection throws, when the database cannot be asked
 */
export async function checkDatasets(services: {
  readonly datasets: DatasetRegistry
  readonly source: Source
}): Promise<Finding[]> {
  // Nobody to ask is told once, not for every dataset.
  await services.source.query('SELECT 1', [], {})
  const all = services.datasets.all()
  const findings = new Map<Dataset, Finding[]>()
  const waiting = [...all]
  const work = async () => {
    for (let dataset = waiting.shift(); dataset; dataset = waiting.shift()) {
      findings.set(dataset, await checkOne(services, dataset))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return all.flatMap((dataset) => findings.get(dataset) ?? [])
}

async function checkOne(
  { datasets, source }: { readonly datasets: DatasetRegistry; readonly source: Source },
  dataset: Dataset,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const report: ReportFinding = (level, path, message) => {
    findings.push({ level, path: `${dataset.name}.${path}`, message })
  }
  // An organization that does not exist: what is compiled is what will run, and no rows come of it.
  const session = tenantSession(datasets.all(), '')
  const fields = await readSource(source, dataset, session, report)
  if (!fields) return findings
  const types = await loadPgTypes(
    (sql, params) => source.query(sql, params, {}),
    [...new Set(fields.map(({ type }) => type))],
  )
  const stored = new Map(fields.map(({ name, type }) => [name, types.get(type)]))
  const facts = 'table' in dataset.source ? await tableFactsOf(source, dataset.source.table) : undefined
  checkTenant(dataset, stored, facts, report)
  if ('query' in dataset.source && 'rowLevelSecurity' in dataset.tenant) {
    await checkQueryPolicies(source, dataset.source.query, session, report)
  }
  await checkColumns(source, onDay(dataset, anyDay), [...stored.keys()], session, report)
  if (facts) checkKey(dataset, facts, report)
  await checkCatalogs(source, dataset, session, report)
  for (const [name, relation] of Object.entries(dataset.relations ?? {})) {
    const related = datasets.get(relation.dataset)
    if (related) await checkRelation(source, { dataset, name, relation, related }, session, report)
  }
  return findings
}

const undefinedTable = '42P01'
const undefinedSchema = '3F000'
const insufficientPrivilege = '42501'

/** The database's own columns; null when the rows cannot be read at all. */
async function readSource(
  source: Source,
  dataset: Dataset,
  session: Readonly<Record<string, string>>,
  report: ReportFinding,
): Promise<SourceField[] | null> {
  const isTable = 'table' in dataset.source
  try {
    return await source.fieldsOf(`SELECT t.* FROM ${sourceSql(dataset)}`, [], session)
  } catch (error) {
    const state = refusalOf(error)
    if (state === '') throw error
    const path = isTable ? 'source.table' : 'source.query'
    const table = 'table' in dataset.source ? quoteTable(dataset.source.table) : ''
    if (isTable && (state === undefinedTable || state === undefinedSchema)) {
      report(
        'error',
        path,
        `${table} does not exist in this database. Is SOURCE_DATABASE_URL right? Create the table, or remove the dataset.`,
      )
    } else if (state === insufficientPrivilege) {
      report(
        'error',
        path,
        `the role may not read it (${complaintOf(error)}) GRANT USAGE on its schema and SELECT on ${table || 'its tables'}.`,
      )
    } else {
      report('error', path, complaintOf(error))
    }
    return null
  }
}

/** Without a unique index, nothing says that a key's rows are told apart, and every sort is a sort. */
function checkKey(dataset: Dataset, facts: TableFacts, report: ReportFinding): void {
  const key = keyOf(dataset)
  if (key.length === 0 || !('table' in dataset.source) || !['r', 'p', 'm'].includes(facts.kind)) return
  const columns = key.map((name) => dataset.columns[name]?.column ?? name)
  if (key.some((name) => dataset.columns[name]?.expr !== undefined)) return
  const tenant = 'column' in dataset.tenant ? [dataset.tenant.column] : []
  const wanted = new Set([...columns, ...tenant])
  const isUnique = facts.indexes.some(
    ({ columns: indexed, isUnique: unique }) => unique && indexed?.every((name) => wanted.has(name)),
  )
  if (isUnique) return
  const names = [...new Set([...tenant, ...columns])].map(quoteIdentifier).join(', ')
  report(
    'warning',
    'key',
    `no unique index says that (${columns.join(', ')}) tells rows apart, nor serves its order: CREATE UNIQUE INDEX CONCURRENTLY ON ${quoteTable(dataset.source.table)} (${names}), or name another key.`,
  )
}

const catalogFields = ['id', 'label', 'type', 'options']

async function checkCatalogs(
  source: Source,
  { dynamicColumns = [] }: Dataset,
  session: Readonly<Record<string, string>>,
  report: ReportFinding,
): Promise<void> {
  for (const [index, { catalog }] of dynamicColumns.entries()) {
    const path = `dynamicColumns.${index}.catalog`
    try {
      const names = (await source.fieldsOf(catalog, [null], session)).map(({ name }) => name)
      const missing = catalogFields.filter((name) => !names.includes(name))
      if (missing.length > 0)
        report('error', path, `gives no ${missing.join(', ')}: it must return id, label, type and options.`)
    } catch (error) {
      if (refusalOf(error) === '') throw error
      report('error', path, `does not compile: ${complaintOf(error)}`)
    }
  }
}

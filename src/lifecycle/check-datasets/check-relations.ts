import type { Dataset, Relation, TableSource } from '../../core/dataset.ts'
import { quoteIdentifier, quoteTable } from '../../core/sql.ts'
import { sourceSql } from '../../engine/plan/source-sql.ts'
import type { Source } from '../../engine/source/source.ts'
import { complaintOf, type ReportFinding, refusalOf } from './finding.ts'
import { isLarge, tableFactsOf } from './table-facts.ts'

/** That rows can meet as declared, and that an index finds those on the other side. */
export async function checkRelation(
  source: Source,
  {
    dataset,
    name,
    relation,
    related,
  }: { dataset: Dataset; name: string; relation: Relation; related: Dataset },
  session: Readonly<Record<string, string>>,
  report: ReportFinding,
): Promise<void> {
  const path = `relations.${name}`
  const { on, through } = relation
  const compiles = async (at: string, from: string, condition: string) => {
    try {
      await source.fieldsOf(`SELECT 1 AS one FROM ${from} WHERE ${condition}`, [], session)
      return true
    } catch (error) {
      if (refusalOf(error) === '') throw error
      report('error', `${path}.${at}`, `the rows cannot meet: ${complaintOf(error)}`)
      return false
    }
  }
  const ours = `(SELECT t.* FROM ${sourceSql(dataset)}) AS ours`
  const theirs = `(SELECT t.* FROM ${sourceSql(related)}) AS theirs`
  const link = through && `${quoteTable(through.table)} AS l`
  const meets = await compiles('on', `${ours}, ${link ?? theirs}`, equal(on, 'ours', link ? 'l' : 'theirs'))
  if (!meets) return
  if (through && link) {
    const tenant =
      through.tenantColumn === undefined ? '' : ` AND l.${quoteIdentifier(through.tenantColumn)} IS NOT NULL`
    const where = through.where === undefined ? '' : ` AND (${through.where})`
    if (
      !(await compiles(
        'through',
        `${link}, ${theirs}`,
        `${equal(through.on, 'l', 'theirs')}${tenant}${where}`,
      ))
    )
      return
    await checkIndex(
      source,
      through.table,
      on.map(([, linked]) => linked),
      `${path}.through`,
      report,
    )
  }
  if ('table' in related.source) {
    const pairs = through?.on ?? on
    await checkIndex(
      source,
      related.source.table,
      pairs.map(([, their]) => their),
      path,
      report,
    )
  }
}

function equal(pairs: Relation['on'], left: string, right: string): string {
  return pairs
    .map(([ours, theirs]) => `${left}.${quoteIdentifier(ours)} = ${right}.${quoteIdentifier(theirs)}`)
    .join(' AND ')
}

async function checkIndex(
  source: Source,
  table: TableSource['table'],
  columns: readonly string[],
  path: string,
  report: ReportFinding,
): Promise<void> {
  const facts = await tableFactsOf(source, table)
  if (!facts || !isLarge(facts)) return
  const serves = facts.indexes.some((index) =>
    columns.some((name) => index.columns?.slice(0, 2).includes(name)),
  )
  if (serves) return
  const names = columns.map(quoteIdentifier).join(', ')
  report(
    'warning',
    path,
    `no index finds the related rows: CREATE INDEX CONCURRENTLY ON ${quoteTable(table)} (${names}).`,
  )
}

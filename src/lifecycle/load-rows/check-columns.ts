import { type Column, type Dataset, keyOf } from '../../core/dataset.ts'
import { findColumn } from '../../core/find-column.ts'
import { unknownName } from '../../core/unknown-name.ts'
import { LoadError, type LoadIssue } from './load-error.ts'
import type { FileColumn } from './staged-file.ts'
import type { TargetTable } from './target-table.ts'

/** Columns of a dataset that are the table's own, by name: what a file may bring, with the tenant's column. */
export function loadableColumns(dataset: Dataset, table: TargetTable): Set<string> {
  const own = Object.entries(dataset.columns)
    .filter(([name, column]) => isOwn(name, column) && table.columns.get(name)?.isGenerated === false)
    .map(([name]) => name)
  return new Set([...own, ...('column' in dataset.tenant ? [dataset.tenant.column] : [])])
}

function isOwn(name: string, { column = name, expr, compute }: Column): boolean {
  return column === name && expr === undefined && compute === undefined
}

/** @throws LoadError with every name that will not do, and every column of the key that is missing */
export function checkColumns(dataset: Dataset, table: TargetTable, named: readonly FileColumn[]): void {
  const loadable = loadableColumns(dataset, table)
  const issues: LoadIssue[] = []
  const seen = new Set<string>()
  for (const { name, line } of named) {
    const wrong = (message: string) => issues.push({ line, column: null, value: null, message })
    if (seen.has(name)) wrong(`the column '${name}' stands there twice`)
    else if (!loadable.has(name)) wrong(reason(dataset, name, loadable))
    seen.add(name)
  }
  for (const name of keyOf(dataset)) {
    if (seen.has(name)) continue
    const message = `the column '${name}' is missing: it is the key by which rows are found again`
    issues.push({ line: null, column: name, value: null, message })
  }
  if (issues.length > 0) throw new LoadError(issues)
}

function reason(dataset: Dataset, name: string, loadable: ReadonlySet<string>): string {
  if (name === '') return 'a column without a name'
  const column = findColumn(dataset, name)
  if (column?.column)
    return `'${name}' has another name in its table, '${column.column}', and cannot be loaded`
  if (column) return `'${name}' is computed by the database and cannot be loaded`
  if (dataset.dynamicColumns?.some(({ prefix }) => name.startsWith(prefix))) {
    return `'${name}' is kept inside another column and cannot be loaded by itself`
  }
  return unknownName('column', name, [...loadable])
}

import type pg from 'pg'
import { keyOf } from '../../core/dataset.ts'
import { quoteIdentifier, quoteLiteral } from '../../core/sql.ts'
import { LoadError, type LoadIssue, maxIssues } from './load-error.ts'
import { lineColumn } from './staged-file.ts'
import { type Load, ownColumns } from './store-rows.ts'
import type { TargetColumn } from './target-table.ts'

/** pg_input_is_valid came with it. */
const firstVersionThatChecks = 160_000

interface IssueRow {
  readonly line: string | null
  readonly column: string | null
  readonly value: string | null
  readonly message: string
}

/** @throws LoadError when the file has the tenant's column, and another organization's name in it */
export async function checkTenant(client: pg.Client, { dataset, table, file, tenant }: Load): Promise<void> {
  const column = 'column' in dataset.tenant ? table.columns.get(dataset.tenant.column) : undefined
  if (!column || !file.names.includes(column.name)) return
  const issues = await select(
    client,
    `SELECT ${issueOf(column, file.raw(column), `'must be ' || ${quoteLiteral(tenant)} || ', the organization that is loaded for'`)}
     FROM ${file.from} WHERE ${file.raw(column)} IS DISTINCT FROM ${quoteLiteral(tenant)}`,
  )
  if (issues.length > 0) throw new LoadError(issues)
}

/** @throws LoadError when rows were left out because their keys are another organization's */
export async function checkNoneLeftOut(client: pg.Client, load: Load, stored: number): Promise<void> {
  const { file } = load
  const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM ${file.from}`)
  const missing = Number(rows[0]?.count) - stored
  if (missing === 0) return
  const message = `${missing} of the rows have keys that another organization's rows have`
  throw new LoadError([{ line: null, column: null, value: null, message }])
}

/**
 * Finds out, after the database refused the rows as a whole, which lines it meant. Costs nothing while
 * all is well: the stage table is searched only then.
 */
export async function explainFailure(client: pg.Client, load: Load, error: unknown): Promise<unknown> {
  const { code, message, column, constraint, detail } = error as pg.DatabaseError
  if (!/^(2[123]|P0)/.test(code ?? '')) return error
  const { rows } = await client.query<{ version: string }>(
    `SELECT current_setting('server_version_num') AS version`,
  )
  const canCheck = Number(rows[0]?.version) >= firstVersionThatChecks
  const issues = [
    ...(canCheck ? await wrongValues(client, load) : []),
    ...(await missingValues(client, load)),
  ].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
  if (issues.length === 0 && code === '21000') issues.push(...(await repeatedKeys(client, load)))
  if (issues.length === 0) {
    const what = constraint ? `the constraint ${constraint} is violated` : message
    issues.push({
      line: null,
      column: column ?? null,
      value: null,
      message: detail ? `${what}: ${detail}` : what,
    })
  }
  return new LoadError(issues, { cause: error })
}

async function wrongValues(client: pg.Client, load: Load): Promise<LoadIssue[]> {
  const { file } = load
  const checks = ownColumns(load).map((column) => {
    const info = `(pg_input_error_info(${file.raw(column)}, ${quoteLiteral(column.type)})).message`
    const message = `coalesce(${info}, ${quoteLiteral(`is not of type ${column.type}`)})`
    return `SELECT ${issueOf(column, file.raw(column), message)} FROM ${file.from} WHERE NOT ${file.isValid(column)}`
  })
  return checks.length > 0 ? await select(client, checks.join(' UNION ALL ')) : []
}

async function missingValues(client: pg.Client, load: Load): Promise<LoadIssue[]> {
  const { file, dataset } = load
  const required = ownColumns(load).filter(
    ({ isRequired, name }) => isRequired || keyOf(dataset).includes(name),
  )
  const checks = required.map(
    (column) =>
      `SELECT ${issueOf(column, 'NULL', `'a value is required'`)} FROM ${file.from} WHERE ${file.raw(column)} IS NULL`,
  )
  return checks.length > 0 ? await select(client, checks.join(' UNION ALL ')) : []
}

async function repeatedKeys(client: pg.Client, load: Load): Promise<LoadIssue[]> {
  const { file, dataset } = load
  const key = ownColumns(load).filter(({ name }) => keyOf(dataset).includes(name))
  const typed = key.map((column) => file.typed(column))
  const names = key.map(({ name }) => name).join(', ')
  return await select(
    client,
    `SELECT max(s.${lineColumn}) AS line, ${quoteLiteral(names)} AS column,
            concat_ws(', ', ${typed.map((value) => `(${value})::text`).join(', ')}) AS value,
            'the same key stands on the lines ' || string_agg(s.${lineColumn}::text, ' and ' ORDER BY s.${lineColumn}) AS message
     FROM ${file.typedFrom} GROUP BY ${typed.join(', ')} HAVING count(*) > 1`,
  )
}

function issueOf(column: TargetColumn, value: string, message: string): string {
  return `s.${lineColumn} AS line, ${quoteLiteral(column.name)} AS column, (${value})::text AS value, ${message} AS message`
}

async function select(client: pg.Client, sql: string): Promise<LoadIssue[]> {
  const { rows } = await client.query<IssueRow>(
    `SELECT * FROM (${sql}) AS issue ORDER BY ${quoteIdentifier('line')}, ${quoteIdentifier('column')} LIMIT ${maxIssues}`,
  )
  return rows.map((row) => ({ ...row, line: row.line === null ? null : Number(row.line) }))
}

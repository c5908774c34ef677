import { type ColumnType, isNumeric } from '../../core/column-type.ts'
import type { Column, Dataset } from '../../core/dataset.ts'
import { quoteIdentifier } from '../../core/sql.ts'
import { unknownName } from '../../core/unknown-name.ts'
import { columnTypeOf } from '../../datasets/column-type-of.ts'
import { loadPgTypes, type PgType } from '../../datasets/pg-type.ts'
import { columnSql } from '../../engine/plan/column-sql.ts'
import { sourceSql } from '../../engine/plan/source-sql.ts'
import type { Source, SourceField } from '../../engine/source/source.ts'
import { complaintOf, type ReportFinding, refusalOf } from './finding.ts'

const undefinedColumn = '42703'

/** That every column is there, that its SQL compiles, and that it has the type that is declared. */
export async function checkColumns(
  source: Source,
  dataset: Dataset,
  stored: readonly string[],
  session: Readonly<Record<string, string>>,
  report: ReportFinding,
): Promise<void> {
  const columns = Object.entries(dataset.columns).filter(([, column]) => column.compute === undefined)
  const fieldsOf = (names: typeof columns) => {
    const values = names.map(
      ([name, column], at) => `${columnSql(name, column)} AS ${quoteIdentifier(String(at))}`,
    )
    return source.fieldsOf(`SELECT ${values.join(', ')} FROM ${sourceSql(dataset)}`, [], session)
  }
  const found = new Map<string, SourceField>()
  try {
    for (const [at, field] of (await fieldsOf(columns)).entries()) found.set(columns[at]?.[0] ?? '', field)
  } catch (error) {
    if (refusalOf(error) === '') throw error
    // One of them is wrong, or several: each is asked on its own.
    for (const entry of columns) {
      const [name, column] = entry
      try {
        const [field] = await fieldsOf([entry])
        if (field) found.set(name, field)
      } catch (reason) {
        reportBroken(name, column, reason, stored, report)
      }
    }
  }
  const types = await loadPgTypes(
    (sql, params) => source.query(sql, params, {}),
    [...new Set([...found.values()].map(({ type }) => type))],
  )
  for (const [name, { type }] of found) {
    const column = dataset.columns[name]
    const pgType = types.get(type)
    if (column && pgType) checkType(name, column, pgType, report)
  }
}

function reportBroken(
  name: string,
  column: Column,
  error: unknown,
  stored: readonly string[],
  report: ReportFinding,
): void {
  if (refusalOf(error) === '') throw error
  if (column.expr !== undefined) {
    report('error', `columns.${name}.expr`, `does not compile: ${complaintOf(error)}`)
  } else if (refusalOf(error) === undefinedColumn) {
    const path = column.column === undefined ? `columns.${name}` : `columns.${name}.column`
    report(
      'error',
      path,
      `${unknownName('column of the database', column.column ?? name, stored)} Name it with 'column', or remove it here.`,
    )
  } else {
    report('error', `columns.${name}`, complaintOf(error))
  }
}

/** What is declared against what the database has. */
function checkType(name: string, column: Column, pgType: PgType, report: ReportFinding): void {
  const { type: actual, read } = columnTypeOf(pgType)
  const { type: declared, expr } = column
  const path = `columns.${name}.type`
  if (!isNear(declared, actual)) {
    report(
      'error',
      path,
      `is ${declared}, and the database has ${pgType.name}: say type: '${actual}'${expr === undefined ? '' : ', or cast it in expr'}.`,
    )
  } else if (isTooNarrow(declared, actual)) {
    report(
      'warning',
      path,
      `is ${declared}, and the database has ${pgType.name}, which holds more: say type: '${actual}'.`,
    )
  } else if (read && expr === undefined) {
    const sql = read(`t.${quoteIdentifier(column.column ?? name)}`)
    report(
      'warning',
      `columns.${name}`,
      `is of the type ${pgType.name}, which filters cannot compare as ${declared}: say expr: ${JSON.stringify(sql)} in its place.`,
    )
  }
}

const texts: ReadonlySet<ColumnType> = new Set(['text', 'enum'])
const moments: ReadonlySet<ColumnType> = new Set(['timestamp', 'timestamptz', 'date'])

/** Whether values of one can be read and compared as the other. */
function isNear(declared: ColumnType, actual: ColumnType): boolean {
  return (
    declared === actual ||
    (isNumeric(declared) && isNumeric(actual)) ||
    (texts.has(declared) && texts.has(actual)) ||
    (moments.has(declared) && moments.has(actual)) ||
    // A list of what is near, as text, is what dynamic values and enumerations are kept in.
    (declared.endsWith('[]') && actual.endsWith('[]') && isNear(elementOf(declared), elementOf(actual)))
  )
}

const elementOf = (type: ColumnType): ColumnType => type.slice(0, -2) as ColumnType

const widths: Partial<Record<ColumnType, number>> = {
  integer: 1,
  bigint: 2,
  decimal: 3,
  date: 1,
  timestamp: 2,
  timestamptz: 2,
}

function isTooNarrow(declared: ColumnType, actual: ColumnType): boolean {
  return (widths[declared] ?? 9) < (widths[actual] ?? 0)
}

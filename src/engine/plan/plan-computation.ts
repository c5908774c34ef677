import type { ColumnType } from '../../core/column-type.ts'
import { type Column, type ComputeRow, type Dataset, keyOf } from '../../core/dataset.ts'
import { columnSql } from './column-sql.ts'

/** A column of the dataset and the SQL over `t` that yields it. */
export interface NamedSql {
  readonly name: string
  readonly type: ColumnType
  readonly sql: string
}

/** What is read for a computed column, and the function over it. */
export interface PlannedComputation {
  readonly from: readonly NamedSql[]
  readonly value: (row: ComputeRow) => unknown
}

/** Undefined for a column that the database knows, or whose sources are gone. */
export function planComputation({ compute }: Column, dataset: Dataset): PlannedComputation | undefined {
  if (!compute) return undefined
  const from = compute.from.map((name) => namedSql(name, dataset))
  return from.every((input) => input !== undefined) ? { from, value: compute.value } : undefined
}

/** Without what is withheld from the caller, who reads the messages. */
export function keySql(dataset: Dataset): NamedSql[] {
  const names = keyOf(dataset).filter((name) => dataset.columns[name]?.withheld === undefined)
  return names.flatMap((name) => namedSql(name, dataset) ?? [])
}

function namedSql(name: string, dataset: Dataset): NamedSql | undefined {
  const column = dataset.columns[name]
  return column && { name, type: column.type, sql: columnSql(name, column) }
}

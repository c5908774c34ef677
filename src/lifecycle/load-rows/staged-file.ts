import type { TargetColumn } from './target-table.ts'

/** The temporary table that a file is brought into as it stands, before anything is made of it. */
export const stageTable = 'pg_temp.sluice_load'
/** Its column for the line of the file; no column of a table is called so. */
export const lineColumn = 'sluice_line'

/** A name that a file has for its values, and the line where it first stands. */
export interface FileColumn {
  readonly name: string
  readonly line: number
}

/** A file in the stage table, under the alias `s`: how SQL gets at its values. */
export interface StagedFile {
  /** Columns that the file names, in its order. */
  readonly names: readonly string[]
  /** FROM item with the alias `s`. */
  readonly from: string
  /** The same with what `typed` needs besides. */
  readonly typedFrom: string
  /** The value as text, as it stands; NULL where there is none. */
  raw(column: TargetColumn): string
  /** The value as one of the column's type. @throws in the database, where it is none */
  typed(column: TargetColumn): string
  /** Whether `typed` will do, as boolean SQL. */
  isValid(column: TargetColumn): string
}

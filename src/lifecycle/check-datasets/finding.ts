import { canPass, sqlStateOf } from '../sql-state.ts'

/** Something that a declaration says and the database does not, or the other way round. */
export interface Finding {
  /** An error fails exports or shows what it should not; a warning costs time, or comes out in another order. */
  readonly level: 'error' | 'warning'
  /** Of the key in the config file: `orders.columns.total.type`. */
  readonly path: string
  /** What is wrong and what to do about it. */
  readonly message: string
}

export type ReportFinding = (level: Finding['level'], path: string, message: string) => void

/**
 * SQLSTATE by which the database refuses what is declared; empty for any other error. One that can pass, such
 * as the wait for a lock that a migration holds, says nothing of the declaration.
 */
export function refusalOf(error: unknown): string {
  const state = sqlStateOf(error)
  return canPass(state) ? '' : state
}

/** What the database says, with its hint. */
export function complaintOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const hint = 'hint' in error && typeof error.hint === 'string' ? ` ${error.hint}` : ''
  return `${error.message}.${hint}`
}

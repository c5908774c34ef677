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

/** SQLSTATE of an error of the database; empty for any other. */
export function sqlStateOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[0-9A-Z]{5}$/.test(code) ? code : ''
}

/** What the database says, with its hint. */
export function complaintOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const hint = 'hint' in error && typeof error.hint === 'string' ? ` ${error.hint}` : ''
  return `${error.message}.${hint}`
}

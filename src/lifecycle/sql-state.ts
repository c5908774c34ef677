/** Classes of what can pass: connection, transaction rollback, resources, operator intervention, system error. @see PostgreSQL docs, appendix A */
const passingClasses: ReadonlySet<string> = new Set(['08', '40', '53', '57', '58'])

/** SQLSTATE of an error of the database; empty for any other. */
export function sqlStateOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[0-9A-Z]{5}$/.test(code) ? code : ''
}

/** Whether the same statement can succeed later, with nobody changing it. */
export function canPass(sqlState: string): boolean {
  return passingClasses.has(sqlState.slice(0, 2))
}

/** How far an export is. */
export interface Progress {
  readonly rowsExported: number
  /** Null until anything is known of it. */
  readonly rowsTotal: number | null
}

/**
 * Rows written of rows in total, floored; 99 at most, because 100 says that the files can be downloaded.
 * An estimate that turns out too low also stops at 99.
 */
export function percentOf({ rowsExported, rowsTotal }: Progress): number {
  if (rowsTotal === null || rowsTotal <= 0) return 0
  return Math.min(99, Math.floor((rowsExported / rowsTotal) * 100))
}

/** When the rows that remain will be written at the pace so far; null while there is no pace yet. */
export function estimateCompletion(progress: Progress, startedAt: Date, now: Date): Date | null {
  const { rowsExported, rowsTotal } = progress
  const elapsedMs = now.getTime() - startedAt.getTime()
  // Under a quarter of a second the pace is that of the first block, not of the export.
  if (rowsTotal === null || rowsExported <= 0 || elapsedMs < 250) return null
  const remainingRows = Math.max(0, rowsTotal - rowsExported)
  return new Date(now.getTime() + (elapsedMs / rowsExported) * remainingRows)
}

import { isTerminal } from '../core/status.ts'
import type { Export } from '../platform/db/entities/export.ts'
import type { ExportFeed } from './export-feed.ts'

/** The export when it has ended, or as it stands when that takes longer than `withinMs`. */
export async function awaitEnd(
  feed: Pick<ExportFeed, 'watchOne'>,
  row: Export,
  withinMs: number,
): Promise<Export> {
  const states = await feed.watchOne(row.organization.id, row.id)
  if (!states) return row
  const timer = setTimeout(() => states.end(), withinMs)
  let last = row
  try {
    for await (const state of states) {
      last = state
      if (isTerminal(state.status)) break
    }
  } finally {
    clearTimeout(timer)
  }
  return last
}

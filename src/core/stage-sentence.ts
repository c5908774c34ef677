import type { ExportStage, ExportStatus } from './status.ts'

/** What is being done, in words for people: "Exporting 12,000 of 50,000 rows". */
export function stageSentence(state: {
  status: ExportStatus
  stage: ExportStage
  rowsExported: number
  rowsTotal?: number | null | undefined
  rowsTotalExact: boolean
  queuePosition?: number | null | undefined
}): string {
  switch (state.status) {
    case 'pending':
      if (state.queuePosition == null) return 'Queued'
      return `Queued at place ${state.queuePosition}: as many exports as the plan allows at once are under way`
    case 'completed':
      return 'Complete'
    case 'failed':
      return 'Failed'
    case 'canceled':
      return 'Canceled'
    case 'expired':
      return 'Expired'
    case 'processing':
      return runningSentence(state)
    default:
      return state.status satisfies never
  }
}

function runningSentence({
  stage,
  rowsExported,
  rowsTotal,
  rowsTotalExact,
}: Parameters<typeof stageSentence>[0]): string {
  switch (stage) {
    case 'queued':
      return 'Queued'
    case 'counting':
      return 'Counting rows'
    case 'exporting': {
      if (rowsTotal == null) return `Exporting, ${count(rowsExported)} rows so far`
      return `Exporting ${count(rowsExported)} of ${rowsTotalExact ? '' : 'about '}${count(rowsTotal)} rows`
    }
    case 'compressing':
      return 'Compressing'
    case 'uploading':
      return 'Uploading'
    case 'publishing':
      return 'Publishing'
    case 'done':
      return 'Complete'
    default:
      return stage satisfies never
  }
}

function count(rows: number): string {
  return rows.toLocaleString('en-US')
}

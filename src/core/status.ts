/** pending → processing → completed / failed / canceled; completed → expired when its files are gone. */
export const exportStatuses = ['pending', 'processing', 'completed', 'failed', 'canceled', 'expired'] as const
export type ExportStatus = (typeof exportStatuses)[number]

export const exportStages = [
  'queued',
  'counting',
  'exporting',
  'compressing',
  'uploading',
  'publishing',
  'done',
] as const
export type ExportStage = (typeof exportStages)[number]

/** Whether nothing more will happen to the work itself (a completed export can still expire). */
export function isTerminal(status: ExportStatus): boolean {
  return status !== 'pending' && status !== 'processing'
}

import type { ExportFragment } from './generated/graphql.ts'

/** A file of an export. `exportId` lets a download ask for a fresh link when this one has expired. */
export type ExportFile = ExportFragment['files'][number] & { readonly exportId: string }

/** An export as every call answers it. */
export type Export = Omit<ExportFragment, 'files'> & { readonly files: readonly ExportFile[] }

export function exportOf(fragment: ExportFragment): Export {
  return { ...fragment, files: fragment.files.map((file) => ({ ...file, exportId: fragment.id })) }
}

/** Whether nothing more will happen to the work itself (a completed export can still expire). */
export function isTerminal(status: Export['status']): boolean {
  return status !== 'PENDING' && status !== 'PROCESSING'
}

/**
 * The NOTIFY channel on which every change of an export is announced, in the transaction that makes it. A
 * trigger says it: no verb can forget to, and none takes a round trip for it.
 */
export const exportChangesChannel = 'sluice_export_changes'

/** A hint that an export's row has moved to `version`; the row is the truth. */
export interface ExportChange {
  readonly exportId: string
  readonly organizationId: string
  readonly version: number
}

export function parseChange(payload: string): ExportChange | null {
  const [exportId, organizationId, version] = payload.split(' ')
  return exportId && organizationId && version ? { exportId, organizationId, version: Number(version) } : null
}

import type { EntityManager } from '@mikro-orm/postgresql'

/** The NOTIFY channel on which every change of an export is announced, in the transaction that makes it. */
export const exportChangesChannel = 'sluice_export_changes'

/** A hint that an export's row has moved to `version`; the row is the truth. */
export interface ExportChange {
  readonly exportId: string
  readonly organizationId: string
  readonly version: number
}

export async function announceChange(em: EntityManager, change: ExportChange): Promise<void> {
  const payload = `${change.exportId} ${change.organizationId} ${change.version}`
  await em.execute('select pg_notify(?, ?)', [exportChangesChannel, payload])
}

export function parseChange(payload: string): ExportChange | null {
  const [exportId, organizationId, version] = payload.split(' ')
  return exportId && organizationId && version ? { exportId, organizationId, version: Number(version) } : null
}

import type { EntityManager } from '@mikro-orm/postgresql'
import { isUnlimited } from '../core/access.ts'
import { ForbiddenError } from '../core/errors.ts'
import { allows } from '../core/scope.ts'
import type { ContentEncoding } from '../core/spec.ts'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import type { Export } from '../platform/db/entities/export.ts'
import { ExportFile } from '../platform/db/entities/export-file.ts'
import { principalOf } from './authenticate.ts'
import { loadForSpec } from './check-rights.ts'
import { recordAudit } from './record-audit.ts'
import { recordEvent } from './record-event.ts'
import type { Services } from './services.ts'

export interface OpenFile {
  readonly fileName: string
  readonly contentType: string
  readonly contentEncoding: ContentEncoding | null
  /** The content decoded, where it is stored in an encoding. */
  readonly plain: { readonly bytes: number; readonly sha256: string } | null
  readonly bytes: number
  readonly sha256: string
  readonly storageKey: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
}

/**
 * What a valid link leads to. `missing`: no such file, or its record was purged; `gone`: its bytes have
 * expired; `refused`: the API key that the link was signed for does not work any more, or may not use
 * all that is in the file.
 */
export async function openDownload(
  services: Pick<Services, 'orm' | 'datasets' | 'source' | 'now'>,
  fileId: string,
  grantedTo?: string,
): Promise<OpenFile | 'missing' | 'gone' | 'refused'> {
  if (!/^[0-9a-f-]{36}$/i.test(fileId)) return 'missing'
  const em = services.orm.em.fork()
  const file = await em.findOne(ExportFile, { id: fileId }, { populate: ['export'] })
  if (!file) return 'missing'
  const row = file.export.getEntity()
  if (file.deletedAt || row.status !== 'completed') return 'gone'
  if (grantedTo !== undefined && !(await mayDownload(services, em, row, grantedTo))) return 'refused'
  return {
    fileName: file.name,
    contentType: file.contentType,
    contentEncoding: file.contentEncoding ?? null,
    plain:
      file.plainBytes == null || file.plainSha256 == null
        ? null
        : { bytes: file.plainBytes, sha256: file.plainSha256 },
    bytes: file.bytes,
    sha256: file.sha256,
    storageKey: file.storageKey,
    createdAt: file.createdAt,
    expiresAt: row.expiresAt ?? null,
  }
}

async function mayDownload(
  services: Pick<Services, 'datasets' | 'source' | 'now'>,
  em: EntityManager,
  row: Export,
  keyId: string,
): Promise<boolean> {
  const key = await em.findOne(
    ApiKey,
    { id: keyId, organization: row.organization.id },
    { populate: ['organization'] },
  )
  const now = services.now()
  if (!key || key.revokedAt || (key.expiresAt && key.expiresAt <= now)) return false
  const principal = principalOf(key, key.organization.getEntity())
  if (!allows(principal.scopes, 'exports:read') && !allows(principal.scopes, 'exports:write')) return false
  if (isUnlimited(principal)) return true
  try {
    return (await loadForSpec({ ...services, principal }, row.spec)) !== undefined
  } catch (error) {
    if (error instanceof ForbiddenError) return false
    throw error
  }
}

/** Adds the download to the export's timeline and to the audit events. */
export async function recordDownload(
  services: Pick<Services, 'orm' | 'now'>,
  download: {
    fileId: string
    /** The API key that the link was signed for. */
    grantedTo: string | null
    remoteAddress: string | null
    range: { start: number; end: number } | null
  },
): Promise<void> {
  await services.orm.em.fork().transactional((em) => record(em, download, services.now()))
}

async function record(
  em: EntityManager,
  download: Parameters<typeof recordDownload>[1],
  at: Date,
): Promise<void> {
  const file = await em.findOneOrFail(ExportFile, { id: download.fileId }, { populate: ['export'] })
  const part = download.range ? `bytes ${download.range.start}-${download.range.end} of ` : ''
  await recordEvent(em, {
    exportId: file.export.id,
    type: 'downloaded',
    attempt: file.export.getEntity().attempt,
    message: `${part}${file.name} was downloaded from ${download.remoteAddress ?? 'an unknown address'}`,
    at,
  })
  await recordAudit(em, {
    actor: { keyId: download.grantedTo, address: download.remoteAddress },
    organizationId: file.export.getEntity().organization.id,
    action: 'file.downloaded',
    subject: file.id,
    message: `${part}${file.name} of export ${file.export.getEntity().number}`,
    at,
  })
}

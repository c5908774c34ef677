import type { ContentEncoding } from '../core/spec.ts'
import { ExportFile } from '../platform/db/entities/export-file.ts'
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

/** What a valid link leads to. `missing`: no such file, or its record was purged; `gone`: its bytes have expired. */
export async function openDownload(
  services: Pick<Services, 'orm'>,
  fileId: string,
): Promise<OpenFile | 'missing' | 'gone'> {
  if (!/^[0-9a-f-]{36}$/i.test(fileId)) return 'missing'
  const file = await services.orm.em.fork().findOne(ExportFile, { id: fileId }, { populate: ['export'] })
  if (!file) return 'missing'
  const row = file.export.getEntity()
  if (file.deletedAt || row.status !== 'completed') return 'gone'
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

/** Adds the download to the export's timeline. */
export async function recordDownload(
  services: Pick<Services, 'orm' | 'now'>,
  download: { fileId: string; remoteAddress: string | null; range: { start: number; end: number } | null },
): Promise<void> {
  const em = services.orm.em.fork()
  const file = await em.findOneOrFail(ExportFile, { id: download.fileId }, { populate: ['export'] })
  const part = download.range ? `bytes ${download.range.start}-${download.range.end} of ` : ''
  await recordEvent(em, {
    exportId: file.export.id,
    type: 'downloaded',
    attempt: file.export.getEntity().attempt,
    message: `${part}${file.name} was downloaded from ${download.remoteAddress ?? 'an unknown address'}`,
    at: services.now(),
  })
}

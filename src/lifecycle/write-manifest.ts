import { createHash } from 'node:crypto'
import packageJson from '../../package.json' with { type: 'json' }
import type { Manifest } from '../core/manifest.ts'
import type { Export } from '../platform/db/entities/export.ts'
import type { Services } from './services.ts'
import type { WrittenFile } from './write-files.ts'

/** Writes `manifest.json` beside the files. */
export async function writeManifest(
  services: Pick<Services, 'storage'>,
  of: {
    row: Export
    attempt: number
    files: readonly WrittenFile[]
    snapshotAt: Date
    notes: Record<string, number> | null
  },
): Promise<WrittenFile> {
  const { row, attempt, files, snapshotAt, notes } = of
  const { organizationId: _, ...spec } = row.spec
  const manifest: Manifest = {
    sluice: { version: packageJson.version, manifest: 1 },
    export: {
      id: row.id,
      number: row.number,
      name: row.name,
      attempt,
      fingerprint: row.fingerprint,
      createdAt: row.createdAt.toISOString(),
    },
    snapshotAt: snapshotAt.toISOString(),
    spec,
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    files: files.map(({ name, bytes, rows, sha256, contentType, plain }) => ({
      name,
      bytes,
      rows,
      sha256,
      contentType,
      ...(plain && spec.contentEncoding ? { contentEncoding: spec.contentEncoding, plain } : {}),
    })),
    notes,
  }
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  const name = 'manifest.json'
  const storageKey = `${row.organization.id}/${row.id}/${attempt}/${name}`
  await using upload = await services.storage.openUpload(storageKey)
  await upload.write(bytes)
  await upload.complete()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { name, storageKey, contentType: 'application/json', bytes: bytes.length, rows: 0, sha256 }
}

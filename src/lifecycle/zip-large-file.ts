import { compressionFor } from '../engine/compression/compression.ts'
import { hashFile } from '../engine/hash-file.ts'
import type { Export } from '../platform/db/entities/export.ts'
import type { Attempt } from './attempt.ts'
import { discardObject } from './remove-object.ts'
import type { Services } from './services.ts'
import type { WrittenFile } from './write-files.ts'

/**
 * Packs a file that has come out larger than the request wants to have it unpacked: how large it is, only
 * its making tells. The packed one takes its place in storage.
 */
export async function zipLargeFile(
  services: Services,
  { row, attempt, signal }: { readonly row: Export; readonly attempt: Attempt; readonly signal: AbortSignal },
  file: WrittenFile,
): Promise<WrittenFile> {
  const { zipAboveBytes } = row.spec
  if (zipAboveBytes === undefined || file.bytes <= zipAboveBytes) return file
  attempt.report({ stage: 'compressing' })
  const zip = compressionFor('zip')
  const storageKey = file.storageKey + zip.extension
  await using upload = await services.storage.openUpload(storageKey)
  const source = (await services.storage.read(file.storageKey)) as AsyncIterable<Buffer>
  const packed = zip.encode(source, { fileName: file.name, modifiedAt: row.createdAt, signal })
  const { bytes, sha256 } = await hashFile(packed, upload, signal)
  await upload.complete()
  await discardObject(services, file.storageKey)
  return {
    ...file,
    name: file.name + zip.extension,
    storageKey,
    contentType: zip.contentType ?? file.contentType,
    bytes,
    sha256,
  }
}

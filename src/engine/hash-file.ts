import { createHash } from 'node:crypto'
import type { Upload } from './storage/storage.ts'

/** Writes bytes to storage and hashes them on the way. The upload is the caller's to complete. */
export async function hashFile(
  source: AsyncIterable<Buffer>,
  upload: Upload,
  signal: AbortSignal,
  onWritten: (bytes: number) => void = () => {},
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of source) {
    signal.throwIfAborted()
    hash.update(chunk)
    await upload.write(chunk)
    bytes += chunk.length
    onWritten(bytes)
  }
  signal.throwIfAborted()
  return { bytes, sha256: hash.digest('hex') }
}

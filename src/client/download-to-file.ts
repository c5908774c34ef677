import { createHash } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import type { SluiceClient } from './client.ts'
import type { DownloadOptions } from './download.ts'
import type { RemoteFile } from './receive.ts'

/**
 * Downloads into a file (Node only). The bytes go to `<path>.part`, which takes its name when every byte is
 * there and the SHA-256 is right: a file that broke off never looks whole. What was at `path` before is
 * replaced in that moment; when the download fails it stays, and the `.part` is removed.
 * @throws as `SluiceClient.download` does; the file system's errors
 */
export async function downloadToFile(
  client: Pick<SluiceClient, 'stream'>,
  file: RemoteFile,
  path: string,
  options: Omit<DownloadOptions, 'destination' | 'hash'> = {},
): Promise<void> {
  const part = `${path}.part`
  const sha256 = createHash('sha256')
  const hash = { update: (bytes: Uint8Array) => void sha256.update(bytes), hex: () => sha256.digest('hex') }
  const handle = await open(part, 'w')
  try {
    try {
      for await (const bytes of client.stream(file, { ...options, hash })) await handle.writeFile(bytes)
    } finally {
      await handle.close()
    }
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

import { type FileHandle, open, rename, rm } from 'node:fs/promises'

/**
 * A file as the destination of a download (Node only): `client.download(file, { destination: toFile(path) })`.
 * The bytes go to `<path>.part`, which takes its name when every byte is there and the SHA-256 is right: a
 * file that broke off never looks whole. What was at `path` before is replaced in that moment; when the
 * download fails it stays, and the `.part` is removed. Whatever the file system refuses, the download throws.
 */
export function toFile(path: string): WritableStream<Uint8Array<ArrayBuffer>> {
  const part = `${path}.part`
  let handle: FileHandle | null = null
  const opened = async () => {
    handle ??= await open(part, 'w')
    return handle
  }
  /** A stream whose write or close has failed is not aborted by anybody. */
  const orRemove = async (step: () => Promise<void>) => {
    try {
      await step()
    } catch (error) {
      await remove()
      throw error
    }
  }
  const remove = async () => {
    const wasOpen = handle !== null
    await handle?.close().catch(() => {})
    handle = null
    if (wasOpen) await rm(part, { force: true })
  }
  return new WritableStream({
    write: (bytes) => orRemove(async () => await (await opened()).writeFile(bytes)),
    close: () =>
      orRemove(async () => {
        await (await opened()).close()
        await rename(part, path)
      }),
    abort: remove,
  })
}

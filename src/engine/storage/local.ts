import { randomUUID } from 'node:crypto'
import { type FileHandle, open, opendir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import {
  errnoOf,
  InvalidStorageKeyError,
  ObjectMissingError,
  ObjectRangeError,
  storageErrorFrom,
} from './errors.ts'
import { createFileIn, FolderSync, removeEmptyFolders } from './local-folders.ts'
import { streamFile } from './local-read.ts'
import { LocalUpload } from './local-upload.ts'
import { assertStorageKey, type ByteRange, type Storage, type StoredObject, type Upload } from './storage.ts'

const partSuffix = '.part'

/**
 * Objects on a local disk. Two trees under one root, so that no key can clash with a temporary file:
 *
 *     <root>/objects/<key>
 *     <root>/uploads/<key>/<upload id>.part
 *
 * Both must lie on one file system, for the rename that publishes to be atomic. On disk a key cannot
 * also be the folder of another key (`a/b` beside `a/b/c`), which a bucket would allow.
 */
export class LocalStorage implements Storage {
  readonly #objects: string
  readonly #uploads: string
  readonly #folders: FolderSync

  /** @param root an absolute path; made with mode 0700 when the first upload needs it */
  constructor(root: string) {
    this.#objects = join(root, 'objects')
    this.#uploads = join(root, 'uploads')
    this.#folders = new FolderSync(this.#objects)
  }

  async openUpload(key: string): Promise<Upload> {
    assertStorageKey(key)
    const uploadId = randomUUID()
    try {
      const partPath = this.#partPath(key, uploadId)
      const file = await createFileIn(partPath)
      return new LocalUpload({
        key,
        uploadId,
        file,
        partPath,
        finalPath: join(this.#objects, key),
        partsRoot: this.#uploads,
        folders: this.#folders,
      })
    } catch (error) {
      throw storageErrorFrom(error, `beginning ${key}`)
    }
  }

  async stat(key: string): Promise<{ readonly bytes: number } | null> {
    assertStorageKey(key)
    try {
      const found = await stat(join(this.#objects, key))
      return found.isFile() ? { bytes: found.size } : null
    } catch (error) {
      if (isMissing(error)) return null
      throw storageErrorFrom(error, `looking for ${key}`)
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    assertStorageKey(key)
    let file: FileHandle | undefined
    try {
      // Opened before the answer, so that a missing object is an error here and not on the stream.
      file = await open(join(this.#objects, key), 'r')
      const found = await file.stat()
      if (!found.isFile()) throw new ObjectMissingError(key)
      const { start, end } = range ?? { start: 0, end: found.size - 1 }
      if (range && !(start >= 0 && start <= end && start < found.size)) {
        throw new ObjectRangeError(key, range, found.size)
      }
      return streamFile(file, { start, end: Math.min(end, found.size - 1) }, key)
    } catch (error) {
      await file?.close()
      if (isMissing(error)) throw new ObjectMissingError(key, { cause: error })
      throw storageErrorFrom(error, `opening ${key}`)
    }
  }

  async delete(key: string): Promise<void> {
    assertStorageKey(key)
    const path = join(this.#objects, key)
    this.#folders.forget(path)
    await this.#remove(path, this.#objects, key)
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (folder) assertStorageKey(folder.slice(0, -1))
    for await (const { key, path } of filesUnder(this.#objects, folder)) {
      if (!key.startsWith(prefix)) continue
      const found = await statIfThere(path)
      if (found) yield { complete: true, key, ...found }
    }
    for await (const part of filesUnder(this.#uploads, folder)) {
      if (!part.key.endsWith(partSuffix)) continue
      const slash = part.key.lastIndexOf('/')
      const key = part.key.slice(0, slash)
      if (!key.startsWith(prefix)) continue
      const uploadId = part.key.slice(slash + 1, -partSuffix.length)
      const found = await statIfThere(part.path)
      if (found) yield { complete: false, key, uploadId, ...found }
    }
  }

  async removeUpload(key: string, uploadId: string): Promise<void> {
    assertStorageKey(key)
    if (!/^[0-9a-f-]{36}$/.test(uploadId)) {
      throw new InvalidStorageKeyError(
        `${JSON.stringify(uploadId)} is no upload id; pass the uploadId of an entry of list()`,
      )
    }
    await this.#remove(this.#partPath(key, uploadId), this.#uploads, key)
  }

  #partPath(key: string, uploadId: string): string {
    return join(this.#uploads, key, `${uploadId}${partSuffix}`)
  }

  async #remove(path: string, root: string, key: string): Promise<void> {
    try {
      await unlink(path).catch((error: unknown) => {
        // Already gone. Its folders may still be there, when a crash came in between.
        if (errnoOf(error) !== 'ENOENT') throw error
      })
      await removeEmptyFolders(path, root)
    } catch (error) {
      const code = errnoOf(error)
      // The key is inside an object, or the folder of one: no object has it.
      if (code === 'ENOTDIR' || code === 'EISDIR') return
      throw storageErrorFrom(error, `removing ${key}`)
    }
  }
}

/** Files of a tree as it is being walked; folders that vanish on the way are no error. */
async function* filesUnder(root: string, folder: string): AsyncIterable<{ key: string; path: string }> {
  try {
    for await (const entry of await opendir(join(root, folder))) {
      const key = `${folder}${entry.name}`
      if (entry.isDirectory()) yield* filesUnder(root, `${key}/`)
      else if (entry.isFile()) yield { key, path: join(root, key) }
    }
  } catch (error) {
    if (isMissing(error)) return
    throw storageErrorFrom(error, 'listing objects')
  }
}

async function statIfThere(path: string): Promise<{ bytes: number; modifiedAt: Date } | null> {
  try {
    const found = await stat(path)
    return found.isFile() ? { bytes: found.size, modifiedAt: found.mtime } : null
  } catch (error) {
    if (isMissing(error)) return null
    throw storageErrorFrom(error, 'listing objects')
  }
}

/** ENOTDIR: a segment of the path is a file, so nothing can lie below it. */
function isMissing(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR'
}

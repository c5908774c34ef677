import { type FileHandle, rm, stat } from 'node:fs/promises'
import { errnoOf, InvalidStorageKeyError, storageErrorFrom, UploadClosedError } from './errors.ts'
import { type FolderSync, moveFile, removeEmptyFolders } from './local-folders.ts'
import type { Upload } from './storage.ts'

export interface LocalUploadPlace {
  readonly key: string
  readonly uploadId: string
  readonly file: FileHandle
  readonly partPath: string
  readonly finalPath: string
  readonly partsRoot: string
  readonly folders: FolderSync
}

/** A file that grows under a temporary name until `complete` renames it. */
export class LocalUpload implements Upload {
  readonly key: string
  readonly uploadId: string
  readonly #place: LocalUploadPlace
  #lastWrite: Promise<void> = Promise.resolve()
  #failure: unknown
  #completion: Promise<void> | undefined
  #abortion: Promise<void> | undefined

  constructor(place: LocalUploadPlace) {
    this.key = place.key
    this.uploadId = place.uploadId
    this.#place = place
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#completion || this.#abortion) {
      return Promise.reject(
        new UploadClosedError(`The upload of ${this.key} has ended; write before complete() and abort()`),
      )
    }
    const written = this.#lastWrite.then(() => this.#append(bytes))
    this.#lastWrite = written.catch(() => {})
    return written
  }

  complete(): Promise<void> {
    if (this.#abortion) {
      return Promise.reject(new UploadClosedError(`The upload of ${this.key} was aborted; begin a new one`))
    }
    this.#completion ??= this.#publish()
    return this.#completion
  }

  abort(): Promise<void> {
    this.#abortion ??= this.#discard()
    return this.#abortion
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort()
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure
    try {
      // write(2) may take less than it was given, at a full disk above all.
      for (let offset = 0; offset < bytes.length; ) {
        const { bytesWritten } = await this.#place.file.write(bytes, offset, bytes.length - offset)
        offset += bytesWritten
      }
    } catch (error) {
      this.#failure = storageErrorFrom(error, `writing ${this.key}`)
      throw this.#failure
    }
  }

  async #publish(): Promise<void> {
    const { file, partPath, finalPath, partsRoot, folders } = this.#place
    await this.#lastWrite
    if (this.#failure) throw this.#failure
    try {
      // A disk can report that it was full as late as here.
      await file.sync()
      await file.close()
      await moveFile(partPath, finalPath)
      await folders.sync(finalPath)
    } catch (error) {
      throw await this.#publishError(error)
    }
    // The object is whole and durable: an empty folder that stays is no reason to say otherwise.
    await removeEmptyFolders(partPath, partsRoot).catch(() => {})
  }

  async #publishError(error: unknown): Promise<Error> {
    const code = errnoOf(error)
    if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR') {
      return new InvalidStorageKeyError(
        `The storage key ${this.key} lies inside another object, or is the folder of one; choose a key that is neither`,
        { cause: error },
      )
    }
    if (code === 'ENOENT' && !(await stat(this.#place.partPath).catch(() => null))) {
      return new UploadClosedError(
        `The upload of ${this.key} was removed before it was complete; begin a new one`,
        {
          cause: error,
        },
      )
    }
    return storageErrorFrom(error, `completing ${this.key}`)
  }

  async #discard(): Promise<void> {
    const completed = await this.#completion?.then(
      () => true,
      () => false,
    )
    if (completed) return
    await this.#lastWrite
    const { file, partPath, partsRoot } = this.#place
    try {
      await file.close().catch(() => {})
      await rm(partPath, { force: true })
      await removeEmptyFolders(partPath, partsRoot)
    } catch (error) {
      throw storageErrorFrom(error, `aborting ${this.key}`)
    }
  }
}

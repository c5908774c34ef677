import type { Storage, Upload } from '../../src/engine/storage/storage.ts'

/** A storage whose uploads fail as the test says; everything else is the real one. */
export class FlakyStorage implements Storage {
  readonly #inner: Storage
  readonly #failure: (upload: number) => Error | null
  /** Uploads begun so far. */
  uploads = 0

  /** @param failure what the n-th upload (from 1) throws at its first write; null: nothing */
  constructor(inner: Storage, failure: (upload: number) => Error | null) {
    this.#inner = inner
    this.#failure = failure
  }

  async openUpload(key: string): Promise<Upload> {
    const upload = await this.#inner.openUpload(key)
    this.uploads += 1
    const failure = this.#failure(this.uploads)
    if (!failure) return upload
    return {
      key: upload.key,
      uploadId: upload.uploadId,
      write: async () => {
        throw failure
      },
      complete: () => upload.complete(),
      abort: () => upload.abort(),
      [Symbol.asyncDispose]: () => upload[Symbol.asyncDispose](),
    }
  }

  stat(...args: Parameters<Storage['stat']>): ReturnType<Storage['stat']> {
    return this.#inner.stat(...args)
  }

  read(...args: Parameters<Storage['read']>): ReturnType<Storage['read']> {
    return this.#inner.read(...args)
  }

  delete(...args: Parameters<Storage['delete']>): ReturnType<Storage['delete']> {
    return this.#inner.delete(...args)
  }

  list(...args: Parameters<Storage['list']>): ReturnType<Storage['list']> {
    return this.#inner.list(...args)
  }

  removeUpload(...args: Parameters<Storage['removeUpload']>): ReturnType<Storage['removeUpload']> {
    return this.#inner.removeUpload(...args)
  }
}

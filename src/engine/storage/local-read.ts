import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { storageErrorFrom } from './errors.ts'
import type { ByteRange } from './storage.ts'

/** Bytes per read. From the page cache: 64 KiB (Node's default) gives 1.1 GB/s, this 3.1, 1 MiB 3.5. */
export const readChunkBytes = 512 * 1024

/**
 * A range of an open file. The stream owns the handle and closes it at the end, on failure and when
 * destroyed. Unlike fs.createReadStream it fails in storage's words.
 */
export function streamFile(file: FileHandle, range: ByteRange, key: string): Readable {
  let position = range.start
  return new Readable({
    highWaterMark: readChunkBytes,
    read() {
      const wanted = Math.min(readChunkBytes, range.end - position + 1)
      if (wanted <= 0) {
        this.push(null)
        return
      }
      file.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, position).then(
        ({ bytesRead, buffer }) => {
          position += bytesRead
          this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead))
        },
        (error) => this.destroy(storageErrorFrom(error, `reading ${key}`)),
      )
    },
    destroy(error, done) {
      file.close().then(
        () => done(error),
        (failure) => done(error ?? storageErrorFrom(failure, `closing ${key}`)),
      )
    },
  })
}

import { constants, createZstdCompress } from 'node:zlib'
import { compressionLevels } from '../../core/spec.ts'

/** Bytes of one piece of output: every piece is another trip through the event loop. Node's default is 16 KiB. */
const chunkSize = 256 * 1024

export interface ZstdOptions {
  /** 1 (fastest) to 22 (smallest). Default 1: smaller than gzip level 1 in less time than a plain copy. */
  readonly level?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * One Zstandard frame (RFC 8878) of everything in `source`, with a checksum of its content, compressed on
 * one thread of libuv's pool. One chunk is compressed while the next is asked for, and no further; a
 * chunk is copied before that, so the source may use its buffer again. Ending early closes the source.
 * @throws RangeError for a level that zstd does not know; the signal's reason; the source's own errors.
 */
export async function* zstd(
  source: AsyncIterable<Buffer>,
  { level = compressionLevels.zstd.usual, signal }: ZstdOptions = {},
): AsyncGenerator<Buffer, void, void> {
  // zstd itself would take the nearest level without a word.
  if (!(level >= 1 && level <= 22)) throw new RangeError(`zstd has levels 1 to 22, not ${level}`)
  const encoder = createZstdCompress({
    chunkSize,
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  })
  // One is compressed while the other is filled.
  const memories = [new Memory(), new Memory()]
  const ready: Buffer[] = []
  encoder.on('data', (chunk: Buffer) => ready.push(chunk))
  const ended = new Promise<void>((resolve, reject) => encoder.once('end', resolve).once('error', reject))
  ended.catch(() => undefined)
  let writing: Promise<void> | undefined
  try {
    signal?.throwIfAborted()
    for await (const chunk of source) {
      signal?.throwIfAborted()
      await writing
      yield* ready.splice(0)
      const memory = memories.shift()!
      memories.push(memory)
      writing = write(encoder, memory.hold(chunk))
      writing.catch(() => undefined)
    }
    // Not a pipeline: that calls end() while the last chunk is under way, and Node 24 then finishes the
    // frame with that chunk and appends a second, empty one.
    await writing
    encoder.end()
    await ended
    yield* ready
  } finally {
    encoder.destroy()
  }
}

/** Resolves when the chunk is compressed. */
function write(encoder: ReturnType<typeof createZstdCompress>, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    encoder.write(chunk, (error) => (error ? reject(error) : resolve()))
  })
}

/** Bytes of ours that one chunk after the other is copied to. */
class Memory {
  #bytes = Buffer.alloc(0)

  hold(chunk: Buffer): Buffer {
    if (chunk.length > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(chunk.length)
    chunk.copy(this.#bytes)
    return this.#bytes.subarray(0, chunk.length)
  }
}

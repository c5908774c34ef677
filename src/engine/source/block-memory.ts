/** Bytes gathered into one block: fewer, larger writes all the way down. */
export const blockBytes = 256 * 1024

/**
 * Memory of blocks, used again when they have been taken: a new one for each block had the garbage collector
 * take a third of the process' time. Holds as many as were ever out at once.
 */
export class BlockMemory {
  readonly #free: ArrayBufferLike[] = []

  take(): Buffer {
    const memory = this.#free.pop()
    return memory ? Buffer.from(memory) : Buffer.allocUnsafeSlow(blockBytes)
  }

  /** A block, or the used part of one, that nobody looks at any more. One that had to grow is let go. */
  give({ buffer }: Buffer): void {
    if (buffer.byteLength === blockBytes) this.#free.push(buffer)
  }
}

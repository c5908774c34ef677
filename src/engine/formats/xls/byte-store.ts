/** Larger than the longest piece that must not be cut (a text of 65,537 bytes). */
const chunkBytes = 256 * 1024

/**
 * Bytes that only grow, in chunks: growing never copies what is there, and chunks can be handed on one
 * by one. A claimed piece always lies within one chunk.
 */
export class ByteStore {
  /** Bytes claimed so far. */
  length = 0
  /** The chunk that holds the piece claimed last. */
  chunk: Buffer = Buffer.alloc(0)
  #used = 0
  readonly #full: Buffer[] = []

  /** Makes room for `bytes` (at most a chunk) and says where in `this.chunk` it begins. */
  claim(bytes: number): number {
    if (this.#used + bytes > this.chunk.length) {
      this.#close()
      this.chunk = Buffer.allocUnsafeSlow(Math.max(chunkBytes, bytes))
    }
    const at = this.#used
    this.#used += bytes
    this.length += bytes
    return at
  }

  append(bytes: Uint8Array): void {
    const at = this.claim(bytes.length)
    this.chunk.set(bytes, at)
  }

  /** Where the chunk of the piece claimed last stands among all chunks. */
  get chunkIndex(): number {
    return this.#full.length
  }

  /** The chunk at that place. */
  chunkAt(index: number): Buffer {
    return this.#full[index] ?? this.chunk
  }

  /** Hands the chunks over in order and forgets each, so that memory goes as they go. */
  *drain(): Generator<Buffer> {
    this.#close()
    this.chunk = Buffer.alloc(0)
    for (let chunk = this.#full.shift(); chunk; chunk = this.#full.shift()) yield chunk
  }

  #close(): void {
    if (this.#used > 0) this.#full.push(this.chunk.subarray(0, this.#used))
    this.#used = 0
  }
}

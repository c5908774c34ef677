import { ByteStore } from './byte-store.ts'
import type { CellText } from './cell-text.ts'

/** Bytes of memory that the tables need for each distinct text: 20 when full, 40 just after doubling. */
const indexBytesPerText = 32

/**
 * The distinct texts of a workbook, each stored once in its file encoding. [MS-XLS] 2.4.265 wants them
 * distinct. An open-addressing table over the encoded bytes: a Map of strings takes 4 times the memory.
 */
export class SharedStrings {
  readonly texts = new ByteStore()
  /** Distinct texts. */
  count = 0
  /** Cells that refer to them. */
  references = 0
  /** Slot → index of the text + 1; 0 is free. Always a power of two, at most half full. */
  #slots = new Uint32Array(1 << 12)
  #hashes = new Uint32Array(1 << 11)
  #chunks = new Uint32Array(1 << 11)
  #offsets = new Uint32Array(1 << 11)

  /** Memory held, for the limit. */
  get bytes(): number {
    return this.texts.length + this.count * indexBytesPerText
  }

  /** The text's index for LABELSST; stores it when it is new. */
  indexOf(text: CellText): number {
    this.references++
    const { bytes, length } = text
    const hash = hashOf(bytes, length)
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#hashes[entry - 1] === hash && this.#equals(entry - 1, bytes, length)) return entry - 1
      slot = (slot + 1) & mask
    }
    if (this.count === this.#hashes.length) {
      this.#grow()
      slot = this.#freeSlot(hash)
    }
    return this.#store(slot, hash, bytes, length)
  }

  #store(slot: number, hash: number, bytes: Buffer, length: number): number {
    const index = this.count++
    const at = this.texts.claim(length)
    bytes.copy(this.texts.chunk, at, 0, length)
    this.#slots[slot] = index + 1
    this.#hashes[index] = hash
    this.#chunks[index] = this.texts.chunkIndex
    this.#offsets[index] = at
    return index
  }

  #equals(index: number, bytes: Buffer, length: number): boolean {
    const at = this.#offsets[index]!
    const chunk = this.texts.chunkAt(this.#chunks[index]!)
    return at + length <= chunk.length && bytes.compare(chunk, at, at + length, 0, length) === 0
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    this.#hashes = doubled(this.#hashes)
    this.#chunks = doubled(this.#chunks)
    this.#offsets = doubled(this.#offsets)
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (let index = 0; index < this.count; index++) {
      this.#slots[this.#freeSlot(this.#hashes[index]!)] = index + 1
    }
  }
}

function doubled(values: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(values.length * 2)
  larger.set(values)
  return larger
}

/** FNV-1a, 32 bits. */
function hashOf(bytes: Buffer, length: number): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
  return hash >>> 0
}

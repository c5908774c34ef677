/** A SHA-256 that takes its input in pieces. */
export interface IncrementalHash {
  update(bytes: Uint8Array): void
  /** Lower-case hex. Ends it: nothing may be added afterwards. */
  hex(): string
}

const blockBytes = 64

/** @see FIPS 180-4, section 4.2.2: the fractional parts of the cube roots of the first 64 primes */
const roundConstants = new Int32Array(64)
/** @see FIPS 180-4, section 5.3.3: the fractional parts of the square roots of the first 8 primes */
const initialState = new Int32Array(8)
for (let candidate = 2, found = 0; found < 64; candidate += 1) {
  let isPrime = true
  for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) isPrime &&= candidate % divisor !== 0
  if (!isPrime) continue
  if (found < 8) initialState[found] = (Math.sqrt(candidate) % 1) * 2 ** 32
  roundConstants[found] = (Math.cbrt(candidate) % 1) * 2 ** 32
  found += 1
}

/**
 * SHA-256 in JavaScript. Web Crypto hashes only what lies in memory as a whole, and only on pages that came
 * by https; a download has to be checked piece by piece, everywhere.
 * @see FIPS 180-4, section 6.2
 */
export class Sha256 implements IncrementalHash {
  readonly #state = initialState.slice()
  readonly #words = new Int32Array(64)
  readonly #block = new Uint8Array(blockBytes)
  readonly #view = new DataView(this.#block.buffer)
  #used = 0
  #bytes = 0

  update(bytes: Uint8Array): void {
    this.#bytes += bytes.length
    let at = 0
    if (this.#used > 0) {
      at = Math.min(blockBytes - this.#used, bytes.length)
      this.#block.set(bytes.subarray(0, at), this.#used)
      this.#used += at
      if (this.#used < blockBytes) return
      this.#compress(this.#view, 0)
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (; at + blockBytes <= bytes.length; at += blockBytes) this.#compress(view, at)
    this.#used = bytes.length - at
    this.#block.set(bytes.subarray(at))
  }

  hex(): string {
    const bits = this.#bytes * 8
    this.#block[this.#used] = 0x80
    this.#block.fill(0, this.#used + 1)
    // The length takes the block's last eight bytes; where they are taken, another block follows.
    if (this.#used >= blockBytes - 8) {
      this.#compress(this.#view, 0)
      this.#block.fill(0)
    }
    this.#view.setUint32(blockBytes - 8, Math.floor(bits / 2 ** 32))
    this.#view.setUint32(blockBytes - 4, bits >>> 0)
    this.#compress(this.#view, 0)
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #compress(view: DataView, at: number): void {
    const w = this.#words
    for (let t = 0; t < 16; t += 1) w[t] = view.getInt32(at + t * 4)
    for (let t = 16; t < 64; t += 1) {
      const x = w[t - 15]!
      const y = w[t - 2]!
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
      w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0
    }
    const state = this.#state
    let a = state[0]!
    let b = state[1]!
    let c = state[2]!
    let d = state[3]!
    let e = state[4]!
    let f = state[5]!
    let g = state[6]!
    let h = state[7]!
    for (let t = 0; t < 64; t += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + roundConstants[t]! + w[t]!) | 0
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    state[0]! += a
    state[1]! += b
    state[2]! += c
    state[3]! += d
    state[4]! += e
    state[5]! += f
    state[6]! += g
    state[7]! += h
  }
}

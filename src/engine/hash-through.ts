import { createHash } from 'node:crypto'

/** What has passed, once everything has. */
export interface Passed {
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
}

/** Lets bytes pass and remembers their number and hash, which `passed` tells after the last of them. */
export function hashThrough(source: AsyncIterable<Buffer>): {
  bytes: AsyncIterable<Buffer>
  passed(): Passed
} {
  const hash = createHash('sha256')
  let bytes = 0
  let result: Passed | null = null
  const through = (async function* () {
    for await (const chunk of source) {
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
    result = { bytes, sha256: hash.digest('hex') }
  })()
  return {
    bytes: through,
    passed() {
      if (!result) throw new Error('The bytes have not all passed yet')
      return result
    },
  }
}

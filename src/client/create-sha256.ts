import { type IncrementalHash, Sha256 } from './sha256.ts'

/** A SHA-256: Node's own where there is one, some ten times as fast, otherwise the one in JavaScript. */
export function createSha256(): IncrementalHash {
  // Asked for at run time, so that what a browser loads imports nothing of Node.
  const node = globalThis.process?.getBuiltinModule?.('node:crypto')
  if (!node) return new Sha256()
  const hash = node.createHash('sha256')
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') }
}

/** Positions from 0; `end` is inclusive. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

const rangeSpec = /^(?:(\d+)-(\d*)|-(\d+))$/

/**
 * What a Range header asks of `bytes` bytes. `whole` also stands for everything that a server may or
 * must ignore: other units, bad syntax, a last position before the first, and several ranges, which
 * we do not serve (section 14.2 lets a server ignore the field).
 * @see RFC 9110 sections 14.1.1, 14.1.2, 14.2
 */
export function requestedRange(
  header: string | undefined,
  bytes: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const set = /^bytes=(.*)$/i.exec(header?.trim() ?? '')?.[1]
  // A list may hold empty elements, which do not count (section 5.6.1.2).
  const specs = (set ?? '').split(',').map((spec) => spec.trim())
  const asked = specs.filter(Boolean)
  const spec = asked.length === 1 ? rangeSpec.exec(asked[0] ?? '') : null
  if (!spec) return 'whole'
  const [, first, last, suffix] = spec

  if (suffix !== undefined) {
    if (Number(suffix) === 0) return 'unsatisfiable'
    // The last bytes of nothing are nothing: satisfiable, but Content-Range could not say it.
    if (bytes === 0) return 'whole'
    return { start: Math.max(0, bytes - Number(suffix)), end: bytes - 1 }
  }
  const start = Number(first)
  const end = last ? Number(last) : Number.POSITIVE_INFINITY
  if (end < start) return 'whole'
  if (start >= bytes) return 'unsatisfiable'
  return { start, end: Math.min(end, bytes - 1) }
}

import type { DownloadableFile } from './download.ts'

/** The bytes that a client gets of a file: as stored, or decoded. Ranges count them, and the ETag is theirs. */
export interface Representation {
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
  /** Whether the stored bytes are decoded on the way. */
  readonly decodes: boolean
}

/**
 * A client that names the encoding gets the stored bytes. One that says nothing gets them decoded, though
 * RFC 9110 section 12.5.3 would allow any encoding: `curl -O` would keep a gzip file under the name of a
 * CSV.
 */
export function chooseRepresentation(
  file: Pick<DownloadableFile, 'bytes' | 'sha256' | 'contentEncoding' | 'plain'>,
  acceptEncoding: string | undefined,
): Representation {
  const { bytes, sha256, contentEncoding, plain } = file
  if (contentEncoding === null || plain === null || takes(acceptEncoding ?? '', contentEncoding)) {
    return { bytes, sha256, decodes: false }
  }
  return { ...plain, decodes: true }
}

/** Of `gzip;q=0.5, *;q=0` the coding's own weight counts, else that of `*`. `x-gzip` is gzip (section 8.4.1.3). */
function takes(header: string, coding: string): boolean {
  const weights = new Map<string, number>()
  for (const element of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = element.split(';').map((part) => part.trim())
    const q = parameters.find((parameter) => parameter.startsWith('q='))
    if (name) weights.set(name.replace(/^x-/, ''), q === undefined ? 1 : Number(q.slice(2)) || 0)
  }
  return (weights.get(coding) ?? weights.get('*') ?? 0) > 0
}

import type { Compression } from '../../core/spec.ts'
import { gzip } from './gzip.ts'
import { zip } from './zip.ts'
import { zstd } from './zstd.ts'

export interface EncodeOptions {
  /** The name of the file inside a container (`deals.csv`); streams without one do not write it. */
  readonly fileName: string
  /** What a container says about the file's age. */
  readonly modifiedAt: Date
  /** Default: the compression's own (gzip and zip 6, zstd 1). */
  readonly level?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface CompressionMethod {
  /** Follows the format's own extension: `.csv` + `.gz`. */
  readonly extension: '' | `.${string}`
  /** The media type of the result; null where the format's own stays true. */
  readonly contentType: string | null
  readonly encode: (source: AsyncIterable<Buffer>, options: EncodeOptions) => AsyncIterable<Buffer>
}

/** A new compression is one file beside this one, one line here, and one name in core's `compressions`. */
const methods = {
  none: { extension: '', contentType: null, encode: (source) => source },
  gzip: { extension: '.gz', contentType: 'application/gzip', encode: gzip },
  zip: {
    extension: '.zip',
    contentType: 'application/zip',
    encode: (bytes, { fileName, modifiedAt, ...options }) =>
      zip([{ name: fileName, bytes, modifiedAt }], options),
  },
  zstd: { extension: '.zst', contentType: 'application/zstd', encode: zstd },
} as const satisfies Record<Compression, CompressionMethod>

export function compressionFor(name: Compression): CompressionMethod {
  return methods[name]
}

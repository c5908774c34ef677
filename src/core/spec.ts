import { createHash } from 'node:crypto'
import type { Filter } from './filter.ts'

export const exportFormats = ['csv', 'tsv', 'json', 'ndjson', 'xlsx', 'xls', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]

export const compressions = ['none', 'gzip', 'zip', 'zstd'] as const
export type Compression = (typeof compressions)[number]

/**
 * How hard each tries: from 1, the fastest, to `most`, the smallest. zstd's 20 to 22 are left out: they
 * want hundreds of megabytes, of whoever unpacks the file too.
 */
export const compressionLevels = {
  gzip: { usual: 6, most: 9 },
  zip: { usual: 6, most: 9 },
  zstd: { usual: 1, most: 19 },
} as const satisfies Record<Exclude<Compression, 'none'>, { usual: number; most: number }>

/** What a file's stored bytes are encoded in, while its name and media type stay those of the plain file. */
export const contentEncodings = ['gzip'] as const
export type ContentEncoding = (typeof contentEncodings)[number]

/** One column of the file. `header` is what the header row says. */
export interface SpecColumn {
  /** A column of the dataset; of a related one, as `company.name`; or a relation, as `contacts`, whose rows are nested. */
  readonly name: string
  readonly header: string
  /** Of a relation: what its nested rows hold. */
  readonly columns?: readonly SpecColumn[]
}

export interface SortKey {
  readonly column: string
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last'
}

/**
 * The resolved, frozen, serialisable answer to "what exactly": nothing in it depends on the door it
 * came in by, on defaults that may change, or on the time it runs.
 */
export interface ExportSpec {
  readonly organizationId: string
  readonly dataset: string
  readonly columns: readonly SpecColumn[]
  readonly filter: Filter | null
  readonly sort: readonly SortKey[]
  readonly format: ExportFormat
  readonly compression: Compression
  /** Left out: the usual one, so that saying it makes no other fingerprint. @see compressionLevels */
  readonly compressionLevel?: number
  readonly options: Readonly<Record<string, unknown>>
  /** A relation to many, each of whose rows makes a row of its own; a row without any stays, once. */
  readonly expand?: string
  /** A file that comes out larger than this is delivered in a zip. Only without compression. */
  readonly zipAboveBytes?: number
  /** Only without compression. */
  readonly contentEncoding?: ContentEncoding
  /** Enumerations hold their labels in this language (BCP 47) instead of the stored values. */
  readonly valueLanguage?: string
  /** The day that columns count from, ISO 8601; left out: none of them does. */
  readonly today?: string
  /** Without the rows that earlier completed exports of this organization and dataset delivered. */
  readonly excludeDelivered?: true
  /** The first so many rows of the order only. */
  readonly limit?: number
  /** Several files instead of one; left out: one, however large. */
  readonly fileLimits?: FileLimits
}

/** At least one of them is set. */
export interface FileLimits {
  /** Rows of a file, without its header. */
  readonly maxRows?: number
  /** Bytes of a file's rows before compression. */
  readonly maxBytes?: number
}

/** SHA-256 (hex) of the canonical spec: two requests for the same file have the same fingerprint. */
export function fingerprintOf(spec: ExportSpec): string {
  const filter = spec.filter && inOneOrder(spec.filter)
  return createHash('sha256')
    .update(canonicalJson({ ...spec, filter }))
    .digest('hex')
}

/** The same condition with the members of every AND and OR sorted: a dialect makes them of an object's keys. */
function inOneOrder(filter: Filter): unknown {
  if ('and' in filter) return { and: sorted(filter.and) }
  if ('or' in filter) return { or: sorted(filter.or) }
  if ('not' in filter) return { not: inOneOrder(filter.not) }
  if ('relation' in filter && filter.relation.where) {
    return { relation: { ...filter.relation, where: inOneOrder(filter.relation.where) } }
  }
  return filter
}

function sorted(filters: readonly Filter[]): unknown[] {
  return filters
    .map(inOneOrder)
    .map((filter) => ({ filter, text: canonicalJson(filter) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ filter }) => filter)
}

/** JSON with object keys sorted, so that equal values give equal text. @see RFC 8785 for the idea */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, v]) => `${JSON.stringify(key)}:${canonicalJson(v)}`)
    return `{${entries.join(',')}}`
  }
  return JSON.stringify(value)
}

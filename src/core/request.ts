import type { Access } from './access.ts'
import type { Compression, ContentEncoding, ExportFormat } from './spec.ts'

/** A column as a caller names it: see SpecColumn. */
export interface ColumnRequest {
  readonly name: string
  /** Becomes the header. Default: the name. */
  readonly label?: string
  /** Of a relation. Default: the related dataset's default columns. */
  readonly columns?: readonly ColumnRequest[]
}

/** Columns by their names in the dataset, or by their labels for people. */
export const headerStyles = ['names', 'labels'] as const
export type HeaderStyle = (typeof headerStyles)[number]

/** Cells of enumerations as they are stored, or by their labels for people. */
export const valueStyles = ['stored', 'labels'] as const
export type ValueStyle = (typeof valueStyles)[number]

/** What a caller asked, in any dialect, names unresolved. `filter`, `sort` and `options` are not trusted yet. */
export interface ExportRequest {
  /** The way it came in: `graphql`, or a dialect's name. */
  readonly door: string
  readonly dataset: string
  /** In the file's order. Left out: the dataset's default columns. */
  readonly columns?: readonly ColumnRequest[]
  /** What columns without a label of their own are called in the file. Default: names. */
  readonly headers?: HeaderStyle
  /** What cells of enumerations hold. Filters and sorts stay on stored values. Default: stored. */
  readonly values?: ValueStyle
  /** Of the labels, BCP 47. Default: en. */
  readonly language?: string
  /** A relation to many: one row for each related row instead of a list in one cell. */
  readonly expand?: string
  readonly filter?: unknown
  readonly sort?: unknown
  /** Default: csv. */
  readonly format?: ExportFormat
  /** Default: none. */
  readonly compression?: Compression
  /** From 1, the fastest. Default: gzip and zip 6 of 9, zstd 1 of 19. Goes with a compression. */
  readonly compressionLevel?: number
  /** The file is named and typed as without it, stored encoded, and served with Content-Encoding. Goes with no compression. */
  readonly contentEncoding?: ContentEncoding
  /** Of the format; each has a default. */
  readonly options?: unknown
  /** A file that comes out larger than this is delivered in a zip. Default: never. Goes with no compression. */
  readonly zipAboveBytes?: number
  /** The first so many rows only. */
  readonly limit?: number
  /** Several files of so many rows at most, instead of one file. */
  readonly maxRowsPerFile?: number
  /** Several files of so many bytes of rows at most (before compression), instead of one file. At least 1 MiB. */
  readonly maxBytesPerFile?: number
  /** For people, and for the file. Default: the dataset's label. */
  readonly name?: string
  /** The same key and the same request give the same export, however often they are sent. */
  readonly idempotencyKey?: string
  /** Answer with an equal export that is in flight, or was completed this many seconds ago at most. Default 0: always a new one. */
  readonly dedupeWithinSeconds?: number
  /** What the door will say of the request again, in its own words; not part of what is exported. */
  readonly doorDetails?: Readonly<Record<string, unknown>>
  /** Without the rows that earlier completed exports of this organization and dataset delivered. Default: false. */
  readonly excludeDelivered?: boolean
  /** Mail to the key's owner when it has ended. Default: false. */
  readonly notifyByMail?: boolean
  /** How long after completion the files are kept, when that is not as the plan says. */
  readonly fileLifetimeSeconds?: number
  /** How long after creation the record is kept, when that is not as the plan says; its files keep it longer. */
  readonly recordLifetimeSeconds?: number
  /** Answer with what would be made, and make nothing. Default: false. */
  readonly dryRun?: boolean
}

/** Who asks, and what its key may touch. */
export interface Principal extends Access {
  readonly keyId: string
  readonly organizationId: string
  /** The organization's own id in the datasets' tenant columns. */
  readonly tenant: string
  /** Where the request came from; left out or empty: not over the network, or not known. */
  readonly address?: string
}

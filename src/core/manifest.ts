import type { ContentEncoding, ExportSpec } from './spec.ts'

/** What stands beside the files of an export: enough to know what they are, and to check that they are whole. */
export interface Manifest {
  readonly sluice: { readonly version: string; readonly manifest: 1 }
  readonly export: {
    readonly id: string
    readonly number: number
    readonly name: string
    readonly attempt: number
    readonly fingerprint: string
    /** ISO 8601. */
    readonly createdAt: string
  }
  /** The moment whose rows the files hold, ISO 8601. */
  readonly snapshotAt: string
  readonly spec: Omit<ExportSpec, 'organizationId'>
  readonly rows: number
  readonly files: readonly ManifestFile[]
  /** What a format had to say, e.g. `{ "truncatedCells": 2 }`; null when there was nothing. */
  readonly notes: Readonly<Record<string, number>> | null
}

export interface ManifestFile {
  readonly name: string
  readonly bytes: number
  readonly rows: number
  /** Of the bytes as stored, hex. */
  readonly sha256: string
  readonly contentType: string
  /** What the bytes are stored in; left out: nothing. */
  readonly contentEncoding?: ContentEncoding
  /** The content as most clients see it, decoded. */
  readonly plain?: { readonly bytes: number; readonly sha256: string }
}

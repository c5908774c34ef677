import type { Compression, ExportFormat, ExportSpec } from '../core/spec.ts'

/** Formats of lines: a file is its parts' bytes one after the other. */
const formats: ReadonlySet<ExportFormat> = new Set(['csv', 'tsv', 'ndjson'])

/** Streams that may follow one another in a file: gzip members (RFC 1952, 2.2), zstd frames (RFC 8878, 3). */
const compressions: ReadonlySet<Compression> = new Set(['none', 'gzip', 'zstd'])

/** Whether the file can be made of parts that were made apart from each other. */
export function isJoinable(spec: Pick<ExportSpec, 'format' | 'compression'>): boolean {
  return formats.has(spec.format) && compressions.has(spec.compression)
}

/** What stands at the beginning of a file stands at the beginning of its first part only. */
export function optionsOfPart(options: ExportSpec['options'], position: number): ExportSpec['options'] {
  return position === 0 ? options : { ...options, header: false, bom: false }
}

import type { ExportFormat } from '../../core/spec.ts'
import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { json } from './json.ts'
import { ndjson } from './ndjson.ts'
import { tsv } from './tsv.ts'
import { xlsFormat } from './xls-format.ts'
import { xlsxFormat } from './xlsx-format.ts'

/**
 * A new format is one file (or one folder) beside this one, one line here, one schema in core's options, one
 * section of docs/formats.md and one entry of a contract suite. Parquet joins when its writer is whole.
 */
const formats: Partial<Record<ExportFormat, Format>> = {
  csv,
  tsv,
  json,
  ndjson,
  xlsx: xlsxFormat,
  xls: xlsFormat,
}

/** @throws when the format is not made here; `resolveOptions` refuses it before. */
export function formatFor(name: ExportFormat): Format {
  const format = formats[name]
  if (!format) throw new TypeError(`No format '${name}'`)
  return format
}

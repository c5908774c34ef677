import type { ExportFormat } from '../../core/spec.ts'
import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { json } from './json.ts'
import { ndjson } from './ndjson.ts'
import { parquetFormat } from './parquet-format.ts'
import { tsv } from './tsv.ts'
import { xlsFormat } from './xls-format.ts'
import { xlsxFormat } from './xlsx-format.ts'

/**
 * A new format is one file (or one folder) beside this one, one line here, one schema in core's options, one
 * section of docs/formats.md and one entry of a contract suite.
 */
const formats: Readonly<Record<ExportFormat, Format>> = {
  csv,
  tsv,
  json,
  ndjson,
  xlsx: xlsxFormat,
  xls: xlsFormat,
  parquet: parquetFormat,
}

export function formatFor(name: ExportFormat): Format {
  return formats[name]
}

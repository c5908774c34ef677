import type { ExportFormat } from '../../core/spec.ts'
import { csv } from './csv.ts'
import type { Format } from './format.ts'

const formats: Partial<Record<ExportFormat, Format>> = { csv }

/** @throws when the format is not made here; `resolveOptions` refuses it before. */
export function formatFor(name: ExportFormat): Format {
  const format = formats[name]
  if (!format) throw new TypeError(`No format '${name}'`)
  return format
}

import type { z } from 'zod'
import type { Issue } from './errors.ts'
import { csvOptions, tsvOptions } from './options/delimited.ts'
import { jsonOptions } from './options/json.ts'
import { parquetOptions } from './options/parquet.ts'
import { workbookOptions } from './options/workbook.ts'
import type { ExportFormat } from './spec.ts'

/** A format's options: one schema each, strict, every option with a default. */
export const optionSchemas = {
  csv: csvOptions,
  tsv: tsvOptions,
  json: jsonOptions,
  ndjson: jsonOptions,
  xlsx: workbookOptions,
  xls: workbookOptions,
  parquet: parquetOptions,
} as const satisfies Partial<Record<ExportFormat, z.ZodObject>>

/** The formats that can be made. */
export const availableFormats = Object.keys(optionSchemas) as (keyof typeof optionSchemas)[]

/** Every option of the format with its default filled in; wrong ones are added to `issues`. */
export function resolveOptions(
  format: ExportFormat,
  input: unknown,
  issues: Issue[],
): Readonly<Record<string, unknown>> {
  if (!isAvailable(format)) {
    issues.push({ path: 'format', message: `cannot be ${format} yet; choose ${availableFormats.join(', ')}` })
    return {}
  }
  const schema: z.ZodObject = optionSchemas[format]
  const result = schema.safeParse(input ?? {})
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    const path = ['options', ...issue.path.map(String)].join('.')
    const known =
      issue.code === 'unrecognized_keys' && issue.path.length === 0
        ? `. ${format} has: ${Object.keys(schema.shape).join(', ')}`
        : ''
    issues.push({ path, message: issue.message + known })
  }
  return {}
}

function isAvailable(format: ExportFormat): format is keyof typeof optionSchemas {
  return Object.hasOwn(optionSchemas, format)
}

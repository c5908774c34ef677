import { z } from 'zod'
import type { Issue } from './errors.ts'
import type { ExportFormat } from './spec.ts'
import { isTimeZone } from './time-zone.ts'

const oneByte = z
  .string()
  .regex(/^[\x20-\x7e\t]$/, 'must be one ASCII character')
  .refine((value) => !/["\w.\-+]/.test(value), 'cannot be a quote, a letter, a digit, or one of . - + _')

const timeZone = z.string().refine(isTimeZone, 'is not an IANA time zone such as Europe/Berlin')

/** How values become text in CSV and TSV. Defaults are chosen so that COPY's own text is kept wherever it is unambiguous. */
const textOptions = {
  /** Whether the first line names the columns. */
  header: z.boolean().default(true),
  /** What stands for NULL. COPY writes an empty text as `""`, so the two stay apart. */
  nullText: z
    .string()
    .max(32)
    .regex(/^[^\r\n"]*$/, 'cannot hold quotes or line breaks')
    .default(''),
  /** What stands for true and false. */
  booleanText: z
    .object({ true: z.string().max(32), false: z.string().max(32) })
    .strict()
    .default({ true: 'true', false: 'false' }),
  /** Between the elements of a list; null keeps Postgres' array text `{a,b}`, which loses nothing. */
  listSeparator: z.string().max(8).nullable().default('; '),
  /** `original`: Postgres' text with microseconds and offset; `iso8601`: `2026-03-10T12:00:00Z`; `excel`: `2026-03-10 12:00:00 PM`, in UTC. */
  dateFormat: z.enum(['original', 'iso8601', 'excel']).default('original'),
  /** The zone in which instants are written. */
  timeZone: timeZone.default('UTC'),
  /**
   * Puts `'` before text that a spreadsheet would run as a formula (first character = + - @ tab CR), unless
   * the whole text is a plain number. Columns of numbers are never touched. @see OWASP, "CSV Injection"
   */
  formulaGuard: z.boolean().default(true),
  /** Whether the file begins with a byte order mark, by which Excel knows UTF-8. */
  bom: z.boolean().default(false),
}

const schemas = {
  csv: z.strictObject({
    /** Between cells. */
    delimiter: oneByte.default(','),
    /** `minimal`: where needed (RFC 4180); `all`: every cell that is not NULL. */
    quote: z.enum(['minimal', 'all']).default('minimal'),
    ...textOptions,
  }),
} satisfies Partial<Record<ExportFormat, z.ZodType>>

export type CsvOptions = z.infer<(typeof schemas)['csv']>

/** The formats that can be made. */
export const availableFormats = Object.keys(schemas) as (keyof typeof schemas)[]

/** Every option of the format with its default filled in; wrong ones are added to `issues`. */
export function resolveOptions(
  format: ExportFormat,
  input: unknown,
  issues: Issue[],
): Readonly<Record<string, unknown>> {
  const schema = schemas[format as keyof typeof schemas]
  if (!schema) {
    issues.push({ path: 'format', message: `cannot be ${format} yet; choose ${availableFormats.join(', ')}` })
    return {}
  }
  const result = schema.safeParse(input ?? {})
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    const path = ['options', ...issue.path.map(String)].join('.')
    const known =
      issue.code === 'unrecognized_keys' ? `. ${format} has: ${Object.keys(schema.shape).join(', ')}` : ''
    issues.push({ path, message: issue.message + known })
  }
  return {}
}

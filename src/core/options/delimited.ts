import { z } from 'zod'
import { datePatternProblem } from '../date-pattern.ts'
import { windows1252Byte } from '../windows-1252.ts'
import { plainText } from './plain-text.ts'
import { timeZone } from './time-zone.ts'

const delimiter = z
  .string()
  .regex(
    /^(?!["\w.+-])[\x20-\x7e\t]$/,
    'must be one ASCII character, and no quote, letter, digit, or one of . - + _',
  )

const pattern = plainText(200).nullable().default(null)

/** How values become text in CSV and TSV. Defaults are chosen so that COPY's own text is kept wherever it is unambiguous. */
const shape = {
  /** Whether the first line names the columns. */
  header: z.boolean().default(true),
  /**
   * `minimal`: where needed (RFC 4180); `nonnumeric`: every cell of every column that is not of numbers;
   * `all`: every cell. NULL is never quoted, the header where its column's cells are.
   */
  quote: z.enum(['minimal', 'nonnumeric', 'all']).default('minimal'),
  /** What ends a line. Line breaks inside cells stay as they are. */
  lineEnding: z.enum(['lf', 'crlf']).default('lf'),
  /** What Windows-1252 has no character for becomes `?`. */
  encoding: z.enum(['utf-8', 'utf-16le', 'windows-1252']).default('utf-8'),
  /** Whether the file begins with a byte order mark, by which Excel knows the encoding. Null: UTF-16LE does, UTF-8 does not. */
  bom: z.boolean().nullable().default(null),
  /** What stands for NULL, in lists too. COPY writes a text that equals it in quotes, so the two stay apart. */
  nullText: plainText(32)
    .regex(/^[^\r\n"]*$/, 'cannot hold quotes or line breaks')
    .default(''),
  /** What stands for true and false. */
  booleanText: z
    .strictObject({ true: plainText(32), false: plainText(32) })
    .default({ true: 'true', false: 'false' }),
  /** Between the elements of a list; null keeps Postgres' array text `{a,b}`, which loses nothing. */
  listSeparator: plainText(8).nullable().default('; '),
  /**
   * `original`: Postgres' text with microseconds and offset; `iso8601`: `2026-03-10T12:00:00+00:00`, without
   * microseconds; `excel`: `2026-03-10 12:00:00 PM`, always in UTC; `pattern`: see the next two.
   */
  dateFormat: z.enum(['original', 'iso8601', 'excel', 'pattern']).default('original'),
  /** With `pattern`: how moments are written, e.g. `DD.MM.YYYY HH:mm`. @see date-pattern.ts */
  timestampPattern: pattern,
  /** With `pattern`: how days without a time are written. Null: `2026-03-10`. */
  datePattern: pattern,
  timeZone,
  /**
   * Puts `'` before text that a spreadsheet would run as a formula (first character = + - @ tab LF CR, or a
   * full-width = + - @), unless the whole text is a plain number. Columns of numbers are never touched.
   * @see OWASP, "CSV Injection"
   */
  formulaGuard: z.boolean().default(true),
  /**
   * Writes digits that Excel would change (leading zeros, a plus sign, more than it shows or keeps) as
   * `="00123"`, which Excel opens as the text 00123. Any other reader sees the formula.
   */
  excelSafe: z.boolean().default(false),
}

export const csvOptions = z
  .strictObject({ delimiter: delimiter.default(','), ...shape })
  .superRefine(checkTogether)
export const tsvOptions = z
  .strictObject(shape)
  .superRefine((options, context) => checkTogether({ ...options, delimiter: '\t' }, context))

export type CsvOptions = z.infer<typeof csvOptions>
export type TsvOptions = z.infer<typeof tsvOptions>

/** What one option says about another. */
function checkTogether(options: CsvOptions, context: z.RefinementCtx): void {
  const refuse = (option: keyof CsvOptions, message: string) =>
    context.addIssue({ code: 'custom', path: [option], message })
  if (options.nullText.includes(options.delimiter)) refuse('nullText', 'cannot hold the delimiter')
  if (options.bom && options.encoding === 'windows-1252') refuse('bom', 'windows-1252 has no byte order mark')
  checkPatterns(options, refuse)
  if (options.encoding === 'windows-1252') checkCharacters(options, refuse)
}

function checkPatterns(
  options: CsvOptions,
  refuse: (option: keyof CsvOptions, message: string) => void,
): void {
  const { dateFormat, timestampPattern, datePattern } = options
  if (dateFormat === 'pattern' && timestampPattern === null) {
    refuse('timestampPattern', "is needed with the dateFormat 'pattern', e.g. DD.MM.YYYY HH:mm")
  }
  for (const [option, kind, value] of [
    ['timestampPattern', 'timestamp', timestampPattern],
    ['datePattern', 'date', datePattern],
  ] as const) {
    if (value === null) continue
    const problem =
      dateFormat === 'pattern' ? datePatternProblem(value, kind) : "needs the dateFormat 'pattern'"
    if (problem) refuse(option, problem)
  }
}

/** A replaced character may look like nothing that has a meaning: `?` would be a delimiter, or NULL. */
function checkCharacters(
  options: CsvOptions,
  refuse: (option: keyof CsvOptions, message: string) => void,
): void {
  for (const option of ['delimiter', 'nullText'] as const) {
    if (options[option].includes('?')) refuse(option, "cannot hold '?', which stands for other characters")
  }
  const texts = {
    nullText: options.nullText,
    booleanText: options.booleanText.true + options.booleanText.false,
    listSeparator: options.listSeparator ?? '',
  }
  for (const [option, text] of Object.entries(texts)) {
    const isWritable = Array.from(text).every((character) => windows1252Byte(character) !== undefined)
    if (!isWritable) refuse(option as keyof typeof texts, 'has a character that windows-1252 has not')
  }
}

import { builder } from './builder.ts'
import { withoutNulls } from './without-nulls.ts'

const BooleanTextInput = builder.inputType('BooleanTextInput', {
  description: 'Words for booleans.',
  fields: (t) => ({
    true: t.string({ required: true, description: 'For true.' }),
    false: t.string({ required: true, description: 'For false.' }),
  }),
})

const DateFormatEnum = builder.enumType('DateFormat', {
  description: 'How moments and days are written.',
  values: {
    ORIGINAL: { value: 'original', description: "PostgreSQL's text: 2026-03-10 12:00:00.123456+00." },
    ISO8601: { value: 'iso8601', description: 'As in 2026-03-10T12:00:00+00:00.' },
    EXCEL: { value: 'excel', description: 'As in 2026-03-10 12:00:00 PM, in UTC.' },
    PATTERN: { value: 'pattern', description: 'As timestampPattern and datePattern say.' },
  },
})

const QuoteEnum = builder.enumType('Quote', {
  description: 'Which cells are quoted. NULL never is.',
  values: {
    MINIMAL: { value: 'minimal', description: 'Where it is needed (RFC 4180).' },
    NONNUMERIC: { value: 'nonnumeric', description: 'Every cell of a column that is not of numbers.' },
    ALL: { value: 'all', description: 'Every cell.' },
  },
})

const LineEndingEnum = builder.enumType('LineEnding', {
  description: 'What ends a line. Line breaks inside cells stay as they are.',
  values: {
    LF: { value: 'lf', description: 'A line feed.' },
    CRLF: { value: 'crlf', description: 'A carriage return and a line feed.' },
  },
})

const TextEncodingEnum = builder.enumType('TextEncoding', {
  description: 'How characters become bytes.',
  values: {
    UTF_8: { value: 'utf-8', description: 'Every character.' },
    UTF_16LE: { value: 'utf-16le', description: 'Every character; begins with a byte order mark.' },
    WINDOWS_1252: {
      value: 'windows-1252',
      description: 'Western European; a character that it has not becomes a question mark.',
    },
  },
})

const JsonKeysEnum = builder.enumType('JsonKeys', {
  description: "What an object's keys are.",
  values: {
    HEADER: { value: 'header', description: "The columns' labels." },
    NAME: { value: 'name', description: "The columns' names in the dataset." },
  },
})

const PageCompressionEnum = builder.enumType('PageCompression', {
  description: 'How pages within a Parquet file are compressed.',
  values: {
    ZSTD: { value: 'zstd', description: 'About half the size of SNAPPY.' },
    SNAPPY: { value: 'snappy', description: 'What every reader has had for longest.' },
    NONE: { value: 'none', description: 'Not at all.' },
  },
})

const DecimalsEnum = builder.enumType('Decimals', {
  description:
    'What numbers with decimals become in Parquet. Digits are never rounded away: what does not fit fails.',
  values: {
    AUTO: {
      value: 'auto',
      description: 'DECIMAL of the size that the database declares, else DECIMAL(38,9).',
    },
    TEXT: { value: 'text', description: 'Text, exact whatever their size.' },
    DOUBLE: { value: 'double', description: 'DOUBLE: about 15 digits are kept.' },
  },
})

const DecimalSizeInput = builder.inputType('DecimalSizeInput', {
  description: 'The size of a DECIMAL.',
  fields: (t) => ({
    precision: t.int({ required: true, description: 'Digits in all, 38 at most.' }),
    scale: t.int({ required: true, description: 'Digits after the point.' }),
  }),
})

/** Has every option of every format; docs/formats.md says more of each. */
export const ExportOptionsInput = builder.inputType('ExportOptionsInput', {
  description: "The format's options. One that the format does not have is an error.",
  fields: (t) => ({
    header: t.boolean({ description: 'CSV, TSV: whether the first line names the columns. Default: true.' }),
    delimiter: t.string({ description: 'CSV: between cells, one ASCII character. Default: a comma.' }),
    quote: t.field({ type: QuoteEnum, description: 'CSV, TSV. Default: MINIMAL.' }),
    lineEnding: t.field({ type: LineEndingEnum, description: 'CSV, TSV. Default: LF.' }),
    encoding: t.field({ type: TextEncodingEnum, description: 'CSV, TSV. Default: UTF_8.' }),
    bom: t.boolean({
      description:
        'CSV, TSV: begin with a byte order mark, by which Excel knows the encoding. Default: with UTF_16LE only.',
    }),
    nullText: t.string({
      description: 'CSV, TSV: for NULL. Default: empty; an empty text is written as "".',
    }),
    booleanText: t.field({ type: BooleanTextInput, description: 'CSV, TSV. Default: true and false.' }),
    listSeparator: t.string({
      description:
        "CSV, TSV, XLSX, XLS: between the elements of a list. Default: '; '. null: PostgreSQL's array text.",
    }),
    dateFormat: t.field({ type: DateFormatEnum, description: 'CSV, TSV. Default: ORIGINAL.' }),
    timestampPattern: t.string({
      description: 'CSV, TSV, with dateFormat PATTERN: for moments, e.g. DD.MM.YYYY HH:mm. No default.',
    }),
    datePattern: t.string({
      description: 'CSV, TSV, with dateFormat PATTERN: for days without a time. Default: YYYY-MM-DD.',
    }),
    timeZone: t.string({
      description: 'Every format but PARQUET: IANA time zone in which instants are written. Default: UTC.',
    }),
    formulaGuard: t.boolean({
      description:
        "CSV, TSV: put ' before text that a spreadsheet would run as a formula. Numbers are never touched. Default: true.",
    }),
    excelSafe: t.boolean({
      description:
        'CSV, TSV: write digits that Excel would change (leading zeros, long ones) as ="00123". Default: false.',
    }),
    keys: t.field({ type: JsonKeysEnum, description: 'JSON, NDJSON. Default: HEADER.' }),
    pageCompression: t.field({ type: PageCompressionEnum, description: 'PARQUET. Default: ZSTD.' }),
    rowGroupRows: t.int({
      description: 'PARQUET: rows of a row group, 1,000 to 1,000,000. Default: 100,000.',
    }),
    decimals: t.field({ type: DecimalsEnum, description: 'PARQUET. Default: AUTO.' }),
    decimalSize: t.field({
      type: DecimalSizeInput,
      description: 'PARQUET, with decimals AUTO: one size for all of them. Default: each its own.',
    }),
    textColumns: t.stringList({
      description:
        'PARQUET: columns, by their headers, to write as text, for values that no Parquet type can hold. Default: none.',
    }),
    sheetName: t.string({ description: 'XLSX, XLS. Default: Export.' }),
  }),
})

/** A client may send null for what it leaves out, except where null has a meaning of its own. */
export function toOptions(input: typeof ExportOptionsInput.$inferInput): Record<string, unknown> {
  const { listSeparator, ...options } = input
  return { ...withoutNulls(options), ...(listSeparator === undefined ? {} : { listSeparator }) }
}

import type { ColumnFormat } from '../../core/dataset.ts'
import { type DateToken, datePatternPieces } from '../../core/date-pattern.ts'

/** The number format of a column's cells, as Excel writes it; undefined for that of their type. */
export function excelFormatOf(format: ColumnFormat | undefined): string | undefined {
  if (!format) return undefined
  const { excel, decimals, pattern } = format
  if (excel !== undefined) return excel
  if (decimals !== undefined) return decimals === 0 ? '0' : `0.${'0'.repeat(decimals)}`
  return pattern === undefined ? undefined : dateFormat(pattern)
}

/** Each format once, in the order of the columns: what stands at an index has the style of that number. */
export function excelFormatsOf(columns: readonly { readonly format?: ColumnFormat | undefined }[]): string[] {
  const formats = columns.map(({ format }) => excelFormatOf(format))
  return [...new Set(formats.filter((format) => format !== undefined))]
}

/** A cell has milliseconds at most, and no zone. */
const codes = {
  YYYY: 'yyyy',
  YY: 'yy',
  MMMM: 'mmmm',
  MMM: 'mmm',
  MM: 'mm',
  M: 'm',
  DD: 'dd',
  D: 'd',
  dddd: 'dddd',
  ddd: 'ddd',
  HH: 'hh',
  H: 'h',
  hh: 'hh',
  h: 'h',
  mm: 'mm',
  m: 'm',
  ss: 'ss',
  s: 's',
  SSSSSS: '000',
  SSS: '000',
  A: 'AM/PM',
  a: 'AM/PM',
  Z: '',
  ZZ: '',
} as const satisfies Record<DateToken, string>

/** Excel knows minutes from months by the hours before or the seconds after them, as people do. */
function dateFormat(pattern: string): string {
  return datePatternPieces(pattern, false)
    .map((piece) => ('token' in piece ? codes[piece.token] : quoted(piece.text)))
    .join('')
}

/** In quotes it stands for itself; a quote cannot stand there. A point before milliseconds must be bare. */
function quoted(text: string): string {
  if (/^[-/.: ]*$/.test(text)) return text
  return text
    .split('"')
    .map((part) => part && `"${part}"`)
    .join('\\"')
}

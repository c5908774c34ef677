import type { ExportOptionsInput } from '../client/generated/graphql.ts'
import { unknownName } from '../core/unknown-name.ts'
import { UsageError } from './exit-codes.ts'

const plain = (text: string) => text
/** A shell has no easy way to write a tab. */
const character = (text: string) => (text === '\\t' || text === 'tab' ? '\t' : text)

function flag(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new UsageError(`takes true or false, not '${text}'`)
}

function word<T extends string>(...words: readonly T[]) {
  return (text: string): T => {
    const found = words.find((each) => each === text.toUpperCase().replaceAll('-', '_'))
    if (found) return found
    throw new UsageError(`takes ${words.map((each) => each.toLowerCase()).join(' or ')}, not '${text}'`)
  }
}

function booleanText(text: string): { true: string; false: string } {
  const [yes, no, ...more] = text.split('/')
  if (yes === undefined || no === undefined || more.length > 0)
    throw new UsageError(`takes two words, as in yes/no, not '${text}'`)
  return { true: yes, false: no }
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`takes a whole number, not '${text}'`)
}

function decimalSize(text: string): { precision: number; scale: number } {
  const match = /^(\d{1,2}),(\d{1,2})$/.exec(text)
  if (match) return { precision: Number(match[1]), scale: Number(match[2]) }
  throw new UsageError(`takes precision and scale, as in 12,2, not '${text}'`)
}

const optionParsers = {
  bom: flag,
  booleanText,
  decimals: word('AUTO', 'TEXT', 'DOUBLE'),
  decimalSize,
  dateFormat: word('ORIGINAL', 'ISO8601', 'EXCEL', 'PATTERN'),
  datePattern: plain,
  delimiter: character,
  encoding: word('UTF_8', 'UTF_16LE', 'WINDOWS_1252'),
  excelSafe: flag,
  formulaGuard: flag,
  header: flag,
  keys: word('HEADER', 'NAME'),
  lineEnding: word('LF', 'CRLF'),
  listSeparator: (text: string) => (text === 'null' ? null : text),
  nullText: plain,
  pageCompression: word('ZSTD', 'SNAPPY', 'NONE'),
  quote: word('MINIMAL', 'NONNUMERIC', 'ALL'),
  rowGroupRows: wholeNumber,
  sheetName: plain,
  textColumns: (text: string) => text.split(','),
  timeZone: plain,
  timestampPattern: plain,
} as const satisfies { [K in keyof ExportOptionsInput]-?: (text: string) => ExportOptionsInput[K] }

/** For the help of `--option`. */
export const optionNames = Object.keys(optionParsers)

/** Pairs such as `bom=true`. @throws UsageError for an option that no format has, or a value that it cannot have */
export function parseOptions(pairs: readonly string[]): ExportOptionsInput {
  const options: Record<string, unknown> = {}
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    const parse = Object.hasOwn(optionParsers, name)
      ? optionParsers[name as keyof typeof optionParsers]
      : undefined
    if (!parse) throw new UsageError(`--option: ${unknownName('option', name, optionNames)}`)
    if (equals < 0) throw new UsageError(`--option ${name} needs a value: --option ${name}=…`)
    try {
      options[name] = parse(pair.slice(equals + 1))
    } catch (error) {
      throw new UsageError(`--option ${name} ${(error as Error).message}.`)
    }
  }
  return options
}

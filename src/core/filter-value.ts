import { formatDate, formatTime, parseDate, parseTime } from './civil-time.ts'
import type { ScalarType } from './column-type.ts'
import type { Column } from './dataset.ts'
import { type FilterScalar, filterLimits } from './filter.ts'
import type { Report } from './issue-list.ts'
import { canonicalDecimal, integerProblem } from './number-text.ts'
import { looksLikeMoment, parseMoment } from './parse-moment.ts'
import { type ResolvedMoment, resolveMomentIn } from './relative-date.ts'
import type { TimeZone } from './time-zone.ts'
import { dayBounds, instantText, localText, parseTimestamp } from './timestamp-text.ts'
import { unknownName } from './unknown-name.ts'

export interface ValueContext {
  readonly now: Date
  readonly zone: TimeZone
  readonly report: Report
  /** Counts text or digits; false once the filter has too many. */
  readonly spendChars: (count: number) => boolean
}

/** A value in its canonical form. A whole day, asked of a column that holds moments, also has its last one. */
export interface ParsedScalar {
  readonly value: FilterScalar
  readonly lastOfDay?: string
}

/** An untrusted scalar as a value of the column's (or its elements') type; what is wrong is reported. */
export function parseScalar(
  input: unknown,
  type: ScalarType,
  column: Column,
  path: string,
  context: ValueContext,
): ParsedScalar | undefined {
  const { report } = context
  switch (type) {
    case 'text':
    case 'json':
    case 'bytes':
      return wrap(parseText(input, path, context))
    case 'enum':
      return wrap(parseOption(input, column, path, context))
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'float':
      return wrap(parseNumber(input, type, path, context))
    case 'boolean':
      return wrap(parseBoolean(input, path, report))
    case 'uuid':
      return wrap(parsePattern(input, uuidPattern, 'a UUID', path, report)?.toLowerCase())
    case 'interval':
      return wrap(parsePattern(input, durationPattern, 'an ISO 8601 duration such as P1DT12H', path, report))
    case 'time': {
      const time = typeof input === 'string' ? parseTime(input) : undefined
      return time === undefined
        ? report(path, 'must be a time such as 09:30:00')
        : { value: formatTime(time) }
    }
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return parseMomentOf(type, input, path, context)
    default:
      return type satisfies never
  }
}

function wrap(value: FilterScalar | undefined): ParsedScalar | undefined {
  return value === undefined ? undefined : { value }
}

/** Text that Postgres can store and that is no longer than the limit. */
export function parseText(
  input: unknown,
  path: string,
  { report, spendChars }: ValueContext,
): string | undefined {
  if (typeof input !== 'string') return report(path, 'must be text')
  const { textChars } = filterLimits
  if (input.length > textChars) return report(path, `is longer than ${textChars} characters`)
  if (input.includes('\0')) return report(path, 'cannot hold a NUL character')
  if (!input.isWellFormed()) return report(path, 'is not valid Unicode: it holds half of a surrogate pair')
  return spendChars(input.length) ? input : undefined
}

function parseOption(
  input: unknown,
  column: Column,
  path: string,
  context: ValueContext,
): string | undefined {
  const value = parseText(input, path, context)
  if (value === undefined || !column.options) return value
  const known = column.options.map((option) => option.value)
  return known.includes(value) ? value : context.report(path, unknownName('value', value, known))
}

type NumberType = 'integer' | 'bigint' | 'decimal' | 'float'

/** A number, or one in a string: JSON's numbers cannot hold every bigint or decimal. */
function parseNumber(
  input: unknown,
  type: NumberType,
  path: string,
  { report, spendChars }: ValueContext,
): number | string | undefined {
  const isText = typeof input === 'string' || typeof input === 'bigint'
  if (!isText && typeof input !== 'number') return report(path, 'must be a number')
  if (
    typeof input === 'number' &&
    Number.isInteger(input) &&
    !Number.isSafeInteger(input) &&
    type !== 'float'
  ) {
    return report(path, 'is too large for a JSON number to be exact; send it as a string')
  }
  const decimal = canonicalDecimal(String(input))
  if (decimal === undefined) return report(path, 'must be a number')
  // Counted as it is written out: `1e999` is short, a list of them is not.
  if (!spendChars(decimal.length)) return undefined
  if (type === 'decimal') return decimal
  if (type === 'float') {
    const float = Number(decimal)
    return Number.isFinite(float) ? float : report(path, 'is too large')
  }
  const problem = integerProblem(decimal, type)
  if (problem) return report(path, problem)
  return type === 'integer' ? Number(decimal) : decimal
}

/** Dialects whose values all arrive as strings say `'true'`. */
function parseBoolean(input: unknown, path: string, report: Report): boolean | undefined {
  if (input === true || input === 'true') return true
  if (input === false || input === 'false') return false
  return report(path, 'must be true or false')
}

export const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
// The digits of each unit keep the sum inside what Postgres' interval holds.
export const durationPattern =
  /^P(?=[\dT])(?:\d{1,6}Y)?(?:\d{1,7}M)?(?:\d{1,7}W)?(?:\d{1,8}D)?(?:T(?=\d)(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}(?:\.\d{1,6})?S)?)?$/

function parsePattern(
  input: unknown,
  pattern: RegExp,
  what: string,
  path: string,
  report: Report,
): string | undefined {
  return typeof input === 'string' && pattern.test(input) ? input : report(path, `must be ${what}`)
}

const momentExamples = {
  date: 'a date such as 2026-01-31',
  timestamp: 'a date such as 2026-01-31, or a moment such as 2026-01-31T09:30:00',
  timestamptz: 'a date such as 2026-01-31, or a moment such as 2026-01-31T09:30:00Z',
} as const

const formOf = { date: 'date', timestamp: 'local', timestamptz: 'instant' } as const satisfies Record<
  string,
  keyof ResolvedMoment
>

function parseMomentOf(
  type: 'date' | 'timestamp' | 'timestamptz',
  input: unknown,
  path: string,
  context: ValueContext,
): ParsedScalar | undefined {
  if (looksLikeMoment(input)) {
    const moment = parseMoment(input, path, context.report)
    return moment && { value: resolveMomentIn(moment, context.now, context.zone)[formOf[type]] }
  }
  const wrong = () => context.report(path, `must be ${momentExamples[type]}`)
  if (typeof input !== 'string') return wrong()
  const days = parseDate(input)
  if (type === 'date') return days === undefined ? wrong() : { value: formatDate(days) }
  if (days !== undefined) {
    const { first, last } = dayBounds(days, type, context.zone)
    return { value: first, lastOfDay: last }
  }
  const written = parseTimestamp(input)
  if (!written) return wrong()
  return {
    value: type === 'timestamp' ? localText(written, context.zone) : instantText(written, context.zone),
  }
}

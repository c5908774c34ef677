import { type ColumnType, isList, type ScalarType, scalarOf } from '../../core/column-type.ts'
import { canonicalDecimal, integerProblem } from '../../core/number-text.ts'
import type { TimeZone } from '../../core/time-zone.ts'
import type { ValueText } from '../formats/format.ts'
import { floatText } from './float-text.ts'
import { dateText, instantText, timestampText, timeText } from './moment-text.ts'

/** The function gave something that its column does not hold; the message completes "it gave …". */
export class WrongValueError extends Error {}

/**
 * What a function gave, as Postgres would write a value of the type; booleans in words. Nothing is converted
 * that could have been meant otherwise: a number is no text, and a text no number.
 * @throws WrongValueError
 */
export function valueText(value: unknown, type: ColumnType, zone: TimeZone): ValueText {
  if (value === null || value === undefined) return null
  if (!isList(type)) return scalarText(value, type as ScalarType, zone)
  if (!Array.isArray(value)) throw wrong(value, type)
  return listText(value, scalarOf(type), zone)
}

/** Of any depth, since a list in Postgres has one. */
function listText(values: readonly unknown[], type: ScalarType, zone: TimeZone): ValueText[] {
  return values.map((value) => {
    if (Array.isArray(value)) return listText(value, type, zone)
    return value === null || value === undefined ? null : scalarText(value, type, zone)
  })
}

function scalarText(value: unknown, type: ScalarType, zone: TimeZone): string {
  switch (type) {
    case 'text':
    case 'enum':
      if (typeof value === 'string') return plainText(value)
      throw wrong(value, type)
    case 'integer':
    case 'bigint':
      return integerText(value, type)
    case 'decimal':
      return decimalText(value)
    case 'float':
      if (typeof value === 'number') return floatText(value)
      throw wrong(value, type)
    case 'boolean':
      if (typeof value === 'boolean') return String(value)
      throw wrong(value, type)
    case 'date':
      return textOr(value, type, dateText)
    case 'time':
      return textOr(value, type, timeText)
    case 'timestamp':
      return textOr(value, type, timestampText)
    case 'timestamptz':
      if (value instanceof Date) return textOr(isoText(value), type, (text) => instantText(text, zone))
      return textOr(value, type, (text) => instantText(text, zone))
    case 'interval':
      return textOr(value, type, (text) => (intervalPattern.test(text) ? text : undefined))
    case 'uuid':
      return textOr(value, type, (text) => (uuidPattern.test(text) ? text.toLowerCase() : undefined))
    case 'json':
      return jsonText(value)
    case 'bytes':
      if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
      return textOr(value, type, (text) => (/^\\x([0-9a-f]{2})*$/.test(text) ? text : undefined))
    default:
      return type satisfies never
  }
}

/** ISO 8601, as Postgres writes it: each number may have a sign. */
const intervalPattern =
  /^(P(?=.)(-?\d+Y)?(-?\d+M)?(-?\d+W)?(-?\d+D)?(T(?=.)(-?\d+H)?(-?\d+M)?(-?\d+(\.\d{1,6})?S)?)?|-?infinity)$/

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function textOr(value: unknown, type: ScalarType, read: (text: string) => string | undefined): string {
  if (typeof value !== 'string') throw wrong(value, type)
  const text = read(value)
  if (text === undefined) throw new WrongValueError(`a text that is no ${type}`)
  return text
}

/** Postgres stores neither of these, and no file could hold them unchanged. */
function plainText(text: string): string {
  if (text.includes('\0')) throw new WrongValueError('a text with a NUL character')
  if (!text.isWellFormed()) throw new WrongValueError('a text with half of a surrogate pair')
  return text
}

function integerText(value: unknown, type: 'integer' | 'bigint'): string {
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))
  if (!isWhole) throw wrong(value, type)
  const text = String(value)
  const problem = integerProblem(text, type)
  if (problem) throw new WrongValueError(`a number out of range: it ${problem}`)
  return text
}

/** Digits as they are given: 1.50 keeps its zero. */
function decimalText(value: unknown): string {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value
  if (typeof text !== 'string') throw wrong(value, 'decimal')
  if (/^(-?\d+(\.\d+)?|NaN|-?Infinity)$/.test(text)) return text
  const decimal = canonicalDecimal(text)
  if (decimal === undefined) throw new WrongValueError('a text that is no number')
  return decimal
}

/** A text is JSON already; everything else becomes it. */
function jsonText(value: unknown): string {
  if (typeof value === 'string') {
    try {
      JSON.parse(value)
      return plainText(value)
    } catch {
      throw new WrongValueError('a text that is not JSON (JSON.stringify makes it so)')
    }
  }
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    throw new WrongValueError('a value that JSON cannot hold', { cause: error })
  }
  if (text === undefined || value instanceof Promise) throw wrong(value, 'json')
  return text
}

/** An invalid date has no text: `wrong` says so. */
function isoText(date: Date): unknown {
  return Number.isNaN(date.getTime()) ? date : date.toISOString()
}

function wrong(value: unknown, type: ColumnType): WrongValueError {
  return new WrongValueError(`${kindOf(value)}, and the column is ${type}`)
}

/** Never the value itself: it may be personal. */
function kindOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise (it must be synchronous)'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date'
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

import { parseDate } from './civil-time.ts'
import type { Report } from './issue-list.ts'
import { isPlainObject, keysOf } from './plain-object.ts'
import {
  type CalendarUnit,
  calendarUnits,
  type Duration,
  durationUnits,
  type Moment,
  type Shift,
} from './relative-date.ts'
import { parseInstant } from './timestamp-text.ts'
import { unknownName } from './unknown-name.ts'

/** Steps behind one another in one moment. */
const maxSteps = 4
/** Units of one kind; a billion seconds are 31 years. */
const maxAmount = 1_000_000_000

/** What a moment can start from, and the key that says which one. */
const bases = { now: undefined, date: 'on', instant: 'at' } as const

/** Whether an untrusted value is meant as a moment, right or wrong. */
export function looksLikeMoment(input: unknown): input is Record<string, unknown> {
  return isPlainObject(input) && Object.keys(bases).some((key) => Object.hasOwn(input, key))
}

/** An untrusted `{now: …}`, `{date: …}` or `{instant: …}`; what is wrong with it is reported under `path`. */
export function parseMoment(input: unknown, path: string, report: Report): Moment | undefined {
  const keys = isPlainObject(input) ? keysOf(input) : []
  const base = (['now', 'date', 'instant'] as const).find((known) => known === keys[0])
  if (!isPlainObject(input) || !base || keys.length !== 1) {
    return report(path, "must be an object with exactly one key, 'now', 'date' or 'instant'")
  }
  const inner = input[base]
  const start = bases[base]
  const shift = parseShift(inner, `${path}.${base}`, report, start ? [start] : [], 1)
  if (!shift || !isPlainObject(inner)) return undefined
  switch (base) {
    case 'now':
      return { now: shift }
    case 'date': {
      const { on } = inner
      const isDate = typeof on === 'string' && parseDate(on) !== undefined
      return isDate
        ? { date: { on, ...shift } }
        : report(`${path}.date.on`, 'must be a date such as 2026-01-31')
    }
    case 'instant': {
      const { at } = inner
      const isInstant = typeof at === 'string' && parseInstant(at) !== undefined
      if (!isInstant)
        return report(`${path}.instant.at`, 'must be a moment with its offset, such as 2026-01-31T09:30:00Z')
      return { instant: { at, ...shift } }
    }
    default:
      return base satisfies never
  }
}

function parseShift(
  input: unknown,
  path: string,
  report: Report,
  otherKeys: readonly string[],
  step: number,
): Shift | undefined {
  if (!isPlainObject(input)) return report(path, 'must be an object')
  const allowed = ['plus', 'minus', 'startOf', 'endOf', 'next', ...otherKeys]
  const unknown = keysOf(input).find((key) => !allowed.includes(key))
  if (unknown !== undefined) return report(path, unknownName('key', unknown, allowed))
  const { plus, minus, startOf, endOf, next } = input
  if (plus !== undefined && minus !== undefined) return report(path, 'can have plus or minus, not both')
  if (startOf !== undefined && endOf !== undefined) return report(path, 'can have startOf or endOf, not both')
  if (next !== undefined && step === maxSteps)
    return report(`${path}.next`, `is more than ${maxSteps} steps deep`)
  const parts = {
    plus: plus === undefined ? undefined : parseDuration(plus, `${path}.plus`, report),
    minus: minus === undefined ? undefined : parseDuration(minus, `${path}.minus`, report),
    startOf: startOf === undefined ? undefined : parseUnit(startOf, `${path}.startOf`, report),
    endOf: endOf === undefined ? undefined : parseUnit(endOf, `${path}.endOf`, report),
    next: next === undefined ? undefined : parseShift(next, `${path}.next`, report, [], step + 1),
  }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as Shift
}

function parseDuration(input: unknown, path: string, report: Report): Duration | undefined {
  if (!isPlainObject(input)) return report(path, 'must be an object such as {"days": 30}')
  const keys = keysOf(input)
  if (keys.length === 0) return report(path, `needs at least one of: ${durationUnits.join(', ')}`)
  const duration: { -readonly [unit in keyof Duration]: Duration[unit] } = {}
  for (const key of keys) {
    const unit = durationUnits.find((candidate) => candidate === key)
    if (!unit) return report(path, unknownName('unit', key, durationUnits))
    const amount = input[unit]
    if (typeof amount !== 'number' || !Number.isInteger(amount) || amount < 0 || amount > maxAmount) {
      return report(`${path}.${unit}`, `must be a whole number from 0 to ${maxAmount}`)
    }
    duration[unit] = amount
  }
  return duration
}

function parseUnit(input: unknown, path: string, report: Report): CalendarUnit | undefined {
  const unit = calendarUnits.find((candidate) => candidate === input)
  return unit ?? report(path, `must be one of: ${calendarUnits.join(', ')}`)
}

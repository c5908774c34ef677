import type { Report } from '../../../../core/issue-list.ts'
import { isPlainObject } from '../../../../core/plain-object.ts'
import { unknownName } from '../../../../core/unknown-name.ts'

/** A moment as the core takes it, and whether it is the last one of a day, which then belongs to what is before it. */
export interface CloseMoment {
  readonly moment: Readonly<Record<string, unknown>>
  readonly endsDay: boolean
}

type Step = Readonly<Record<string, unknown>>
interface Shifted {
  readonly base: 'now' | 'date' | 'instant'
  readonly start: Step
  readonly steps: readonly Step[]
}

const momentTypes = ['now', 'fixed_local_date', 'fixed_utc', 'offset']
const units = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const
const timeUnits: readonly string[] = ['hours', 'minutes', 'seconds']
const maxNesting = 4

/** `{"type": "now"}`, `fixed_local_date`, `fixed_utc` or `offset`. Days are those of UTC. */
export function momentOf(input: unknown, path: string, report: Report): CloseMoment | undefined {
  const shifted = shiftedOf(input, path, report, 1)
  if (!shifted) return undefined
  const { base, start, steps } = shifted
  const next = steps.reduceRight<Step | undefined>(
    (after, step) => (after ? { ...step, next: after } : step),
    undefined,
  )
  const last = steps.at(-1) ?? start
  return {
    moment: { [base]: next ? { ...start, next } : start },
    endsDay: last.endOf === 'day',
  }
}

function shiftedOf(input: unknown, path: string, report: Report, depth: number): Shifted | undefined {
  if (!isPlainObject(input)) return report(path, 'must be a moment such as {"type": "now"}')
  if (depth > maxNesting) return report(path, `is more than ${maxNesting} moments deep`)
  switch (input.type) {
    case 'now':
      return { base: 'now', start: {}, steps: [] }
    case 'fixed_local_date': {
      const which = dayEndOf(input.which ?? 'start', `${path}.which`, report)
      if (!which) return undefined
      return {
        base: 'date',
        start: { on: input.value, ...(which === 'end' ? { endOf: 'day' } : {}) },
        steps: [],
      }
    }
    case 'fixed_utc':
      return { base: 'instant', start: { at: inUtc(input.value) }, steps: [] }
    case 'offset':
      return offsetOf(input, path, report, depth)
    default:
      return report(`${path}.type`, unknownName('moment type', String(input.type), momentTypes))
  }
}

/** `fixed_utc` says that it is UTC, so the text need not. */
function inUtc(value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return `${value}T00:00:00Z`
  return /(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`
}

function offsetOf(
  input: Record<string, unknown>,
  path: string,
  report: Report,
  depth: number,
): Shifted | undefined {
  const { direction, offset, which_day_end: dayEnd } = input
  if (direction !== 'past' && direction !== 'future') {
    return report(`${path}.direction`, 'must be past or future')
  }
  if (!isPlainObject(offset)) return report(`${path}.offset`, `must be an object with: ${units.join(', ')}`)
  const unknown = Object.keys(offset).find((key) => !units.some((unit) => unit === key))
  if (unknown !== undefined) return report(`${path}.offset`, unknownName('unit', unknown, units))
  const amounts = units.filter(
    (unit) => offset[unit] !== undefined && offset[unit] !== null && offset[unit] !== 0,
  )
  const base = shiftedOf(input.moment ?? { type: 'now' }, `${path}.moment`, report, depth + 1)
  const which =
    dayEnd === undefined || dayEnd === null ? null : dayEndOf(dayEnd, `${path}.which_day_end`, report)
  if (!base || which === undefined) return undefined
  const duration = Object.fromEntries(amounts.map((unit) => [unit, offset[unit]]))
  const move = amounts.length > 0 ? { [direction === 'past' ? 'minus' : 'plus']: duration } : {}
  // "Two hours ago" is no day whose end could be meant; clients send which_day_end all the same.
  const wholeDays = !amounts.some((unit) => timeUnits.includes(unit))
  const edge = which && wholeDays ? { [which === 'end' ? 'endOf' : 'startOf']: 'day' } : {}
  return { ...base, steps: [...base.steps, { ...move, ...edge }] }
}

function dayEndOf(input: unknown, path: string, report: Report): 'start' | 'end' | undefined {
  return input === 'start' || input === 'end' ? input : report(path, 'must be start or end')
}

import { type calendarUnits, type Duration, durationUnits, type Shift } from '../../core/relative-date.ts'
import { builder } from './builder.ts'
import { enumValues } from './enum-values.ts'
import { withoutNulls } from './without-nulls.ts'

const CalendarUnitEnum = builder.enumType('CalendarUnit', {
  description: 'A period of the calendar in `options.timeZone`.',
  values: enumValues<(typeof calendarUnits)[number]>({
    day: 'From midnight.',
    week: 'From Monday (ISO 8601).',
    month: 'From its first day.',
    quarter: 'From January, April, July or October.',
    year: 'From January.',
  }),
})

const DurationInput = builder.inputType('DurationInput', {
  description: 'How far; everything that is given is added up.',
  fields: (t) => {
    const amount = (unit: string) => t.int({ description: `So many ${unit}, from 0.` })
    return Object.fromEntries(durationUnits.map((unit) => [unit, amount(unit)])) as Record<
      (typeof durationUnits)[number],
      ReturnType<typeof amount>
    >
  },
})

type Nullable<T> = { [K in keyof T]?: T[K] | null | undefined }
interface ShiftInput extends Nullable<Omit<Shift, 'plus' | 'minus' | 'next'>> {
  plus?: Nullable<Duration> | null | undefined
  minus?: Nullable<Duration> | null | undefined
  next?: ShiftInput | null | undefined
}

const MomentShift = builder.inputRef<ShiftInput>('MomentShift')

MomentShift.implement({
  description: 'How a moment is moved: first `plus` or `minus`, then `startOf` or `endOf`, then `next`.',
  fields: (t) => ({
    plus: t.field({ type: DurationInput, description: 'Later.' }),
    minus: t.field({ type: DurationInput, description: 'Earlier. Not together with `plus`.' }),
    startOf: t.field({ type: CalendarUnitEnum, description: 'To the beginning of the period it lies in.' }),
    endOf: t.field({
      type: CalendarUnitEnum,
      description: 'To the last microsecond of the period it lies in. Not together with `startOf`.',
    }),
    next: t.field({ type: MomentShift, description: 'Then moved again; four steps at most.' }),
  }),
})

const now =
  'The moment at which the export is accepted, moved; {} is that moment itself. Resolved once: retries read the same rows.'

export const DateValue = builder.inputType('DateValue', {
  description: 'A day.',
  isOneOf: true,
  fields: (t) => ({
    on: t.field({ type: 'Date', description: 'This one.' }),
    now: t.field({ type: MomentShift, description: now }),
  }),
})

export const TimestampValue = builder.inputType('TimestampValue', {
  description: 'A moment, or a whole day.',
  isOneOf: true,
  fields: (t) => ({
    at: t.field({ type: 'Timestamp', description: 'This one.' }),
    on: t.field({
      type: 'Date',
      description:
        'All of this day in `options.timeZone`: `eq` is at any time of it, `lte` includes its evening. Not in lists.',
    }),
    now: t.field({ type: MomentShift, description: now }),
  }),
})

/** A DateValue or a TimestampValue: one of them is set. */
export interface MomentInput {
  readonly at?: string
  readonly on?: string
  readonly now?: ShiftInput
}

/** As the core takes it: text, or a moment that is resolved with the filter. */
export function toMoment({ at, on, now: shift = {} }: MomentInput): string | object {
  return at ?? on ?? { now: toShift(shift) }
}

function toShift({ plus, minus, next, ...periods }: ShiftInput): object {
  return withoutNulls({
    ...periods,
    plus: plus && withoutNulls(plus),
    minus: minus && withoutNulls(minus),
    next: next && toShift(next),
  })
}

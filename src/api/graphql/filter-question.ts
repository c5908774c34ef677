import type { ScalarType } from '../../core/column-type.ts'
import type { FilterOperator } from '../../core/filter.ts'
import { builder } from './builder.ts'

/** What an operator takes: which control a form shows for it. */
export type ValueShape = 'value' | 'values' | 'range' | 'text' | 'boolean'

/** What each operator asks, and of what. The whole table stands beside `filterOperators`. */
export const questions = {
  eq: { takes: 'value', description: 'It equals the value.' },
  ne: { takes: 'value', description: 'It does not; NULL is in.' },
  lt: { takes: 'value', description: 'It sorts before the value.' },
  lte: { takes: 'value', description: 'It sorts before the value, or equals it.' },
  gt: { takes: 'value', description: 'It sorts after the value.' },
  gte: { takes: 'value', description: 'It sorts after the value, or equals it.' },
  contains: { takes: 'text', description: 'The text is in it. Case is ignored.' },
  startsWith: { takes: 'text', description: 'The text begins it. Case is ignored.' },
  endsWith: { takes: 'text', description: 'The text ends it. Case is ignored.' },
  matchesWords: {
    takes: 'text',
    description:
      'It has every word, whole, in any order; * in a word stands for any characters. Case is ignored.',
  },
  matchesPhrase: {
    takes: 'text',
    description: 'It has the words, whole and in this order. Case is ignored.',
  },
  matchesWordStarts: {
    takes: 'text',
    description: 'For every word, one of its words begins so. Case is ignored.',
  },
  in: { takes: 'values', description: 'It equals one of them.' },
  notIn: { takes: 'values', description: 'It equals none of them; NULL is in.' },
  hasAny: { takes: 'values', description: 'The list holds one of them.' },
  hasAll: { takes: 'values', description: 'The list holds all of them.' },
  hasNone: { takes: 'values', description: 'The list holds none of them; NULL is in.' },
  between: { takes: 'range', description: 'It lies in the range, both ends included.' },
  isNull: { takes: 'boolean', description: 'With true: it is NULL; with false: it is not.' },
} as const satisfies Readonly<Record<FilterOperator, { takes: ValueShape; description: string }>>

/** What a value of a column looks like in a filter: for a form's placeholder. */
export const exampleOf = {
  text: 'Acme',
  integer: 42,
  bigint: '9007199254740993',
  decimal: '1250.50',
  float: 0.25,
  boolean: true,
  date: { on: '2026-01-31' },
  time: '09:30:00',
  timestamp: { at: '2026-01-31T09:30:00' },
  timestamptz: { at: '2026-01-31T09:30:00Z' },
  interval: 'P1DT12H',
  uuid: '018f3c1e-7a10-7b6e-9d54-2f0f5a1c9e21',
  enum: 'one of its options',
  json: '{"a": 1}',
  bytes: '\\x0a0b',
} as const satisfies Readonly<Record<ScalarType, string | number | boolean | object>>

const ValueShapeEnum = builder.enumType('FilterValueShape', {
  description: 'What a question of a filter takes.',
  values: {
    VALUE: { value: 'value', description: 'One value, as `Column.example` is one.' },
    VALUES: { value: 'values', description: 'A list of such values.' },
    RANGE: { value: 'range', description: 'An object with `from` and `to`, two such values.' },
    TEXT: { value: 'text', description: 'A text, whatever the column holds.' },
    BOOLEAN: { value: 'boolean', description: 'True or false.' },
  } as const,
})

export const FilterQuestion = builder.objectRef<FilterOperator>('FilterQuestion').implement({
  description: 'Something that a filter can ask of a column.',
  fields: (t) => ({
    operator: t.string({
      description: 'As the filter of the kind names it: `{<kind>: {<operator>: …}}`.',
      resolve: (operator) => operator,
    }),
    takes: t.field({
      type: ValueShapeEnum,
      description: 'What it takes.',
      resolve: (operator) => questions[operator].takes,
    }),
    description: t.string({
      description: 'When it holds.',
      resolve: (operator) => questions[operator].description,
    }),
  }),
})

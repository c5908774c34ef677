import type { InputRef } from '@pothos/core'
import { scalarTypes } from '../../core/column-type.ts'
import type { FilterOperator } from '../../core/filter.ts'
import {
  elementKindOf,
  type FilterKind,
  filterKinds,
  kindOf,
  type ScalarKind,
} from '../../core/filter-kind.ts'
import { builder } from './builder.ts'
import { DateValue, type MomentInput, TimestampValue, toMoment } from './filter-moment.ts'
import { questions } from './filter-question.ts'

/** What a value of each kind is. Nothing asks for one of json or bytes. */
const valueTypes = {
  text: 'String',
  number: 'Decimal',
  boolean: 'Boolean',
  date: DateValue,
  time: 'Time',
  timestamp: TimestampValue,
  interval: 'Interval',
  uuid: 'UUID',
  enum: 'String',
  json: 'String',
  bytes: 'String',
} as const satisfies Readonly<Record<ScalarKind, unknown>>

type ValueType = (typeof valueTypes)[ScalarKind]

export const ColumnFilter = builder.inputType('ColumnFilter', {
  description: 'A question to a column, under the kind of the column, which `Column.kind` says.',
  isOneOf: true,
  fields: (t) =>
    fieldsOf(Object.keys(filterKinds) as FilterKind[], (kind) =>
      t.field({ type: filterOf(kind), description: whose(kind) }),
    ),
}) as unknown as InputRef<object>

/** `NumberFilter`, from the kind's row in the core's table. */
function filterOf(kind: FilterKind): InputRef<object> {
  const valueType: ValueType = valueTypes[elementKindOf(kind)]
  const operators: readonly FilterOperator[] = filterKinds[kind]
  const range = operators.includes('between') ? rangeOf(kind, valueType) : null
  return builder.inputType(`${capitalized(kind)}Filter`, {
    description: `Exactly one question. ${whose(kind)}`,
    isOneOf: true,
    fields: (t) =>
      fieldsOf(operators, (operator) => {
        const { takes, description } = questions[operator]
        switch (takes) {
          case 'value':
            return t.field({ type: valueType, description })
          case 'values':
            return t.field({ type: [valueType], description })
          case 'text':
            return t.string({ description })
          case 'range':
            return t.field({ type: range!, description })
          case 'boolean':
            return t.boolean({ description })
          default:
            return takes satisfies never
        }
      }),
  }) as unknown as InputRef<object>
}

function rangeOf(kind: FilterKind, type: ValueType): InputRef<object> {
  return builder.inputType(`${capitalized(kind)}Range`, {
    description: 'Both ends included.',
    fields: (t) => ({
      from: t.field({ type, required: true, description: 'The lower end.' }),
      to: t.field({ type, required: true, description: 'The upper end.' }),
    }),
  }) as unknown as InputRef<object>
}

/** `Of columns of type INTEGER, BIGINT, DECIMAL or FLOAT.` */
function whose(kind: FilterKind): string {
  const types = scalarTypes.filter((type) => kindOf(type) === elementKindOf(kind))
  const words = new Intl.ListFormat('en', { type: 'disjunction' }).format(
    types.map((type) => type.toUpperCase()),
  )
  return `Of ${kind === elementKindOf(kind) ? 'columns' : 'lists'} of type ${words}.`
}

/** `{number: {gte: 1000}}` as the core has it. GraphQL has seen to it that there is one kind, one question, and a value of its type. */
export function toCondition(input: object): { kind: FilterKind; operator: FilterOperator; value: unknown } {
  const [kind, question] = Object.entries(input)[0] as [FilterKind, object]
  const [operator, value] = Object.entries(question)[0] as [FilterOperator, unknown]
  const valueType: ValueType = valueTypes[elementKindOf(kind)]
  const isMoment = valueType === DateValue || valueType === TimestampValue
  return { kind, operator, value: isMoment ? toMoments(operator, value) : value }
}

function toMoments(operator: FilterOperator, value: unknown): unknown {
  switch (questions[operator].takes) {
    case 'value':
      return toMoment(value as MomentInput)
    case 'values':
      return (value as MomentInput[]).map(toMoment)
    case 'range': {
      const { from, to } = value as { from: MomentInput; to: MomentInput }
      return { from: toMoment(from), to: toMoment(to) }
    }
    default:
      return value
  }
}

function fieldsOf<Name extends string, Field>(
  names: readonly Name[],
  field: (name: Name) => Field,
): Record<Name, Field> {
  return Object.fromEntries(names.map((name) => [name, field(name)])) as Record<Name, Field>
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

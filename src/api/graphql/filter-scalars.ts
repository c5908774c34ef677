import { type ASTNode, GraphQLError, Kind } from 'graphql'
import { parseDate, parseTime } from '../../core/civil-time.ts'
import { durationPattern, uuidPattern } from '../../core/filter-value.ts'
import { canonicalDecimal } from '../../core/number-text.ts'
import { parseTimestamp } from '../../core/timestamp-text.ts'
import { builder } from './builder.ts'

builder.scalarType('Decimal', {
  description:
    'A number: a JSON number, or its digits in a string ("9007199254740993"), which is exact at any length.',
  serialize: (value) => value,
  parseValue: (value) => parseDecimal(value),
  // A literal's digits are taken as they are written: a JavaScript number would lose some.
  parseLiteral: (node) =>
    parseDecimal(
      node.kind === Kind.INT || node.kind === Kind.FLOAT || node.kind === Kind.STRING
        ? node.value
        : undefined,
      node,
    ),
})

/** @param nodes where the value stands, of a literal: nobody else adds it to the error */
function parseDecimal(value: unknown, nodes?: ASTNode): number | string {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string' && canonicalDecimal(value) !== undefined) return value
  throw new GraphQLError('A Decimal is a number such as 1250.5, or its digits in a string: "1250.50".', {
    nodes,
  })
}

/** Scalars that are text of one form: what it is, and whether a text has it. */
const textForms = {
  Date: { form: 'a day such as 2026-01-31', fits: (text) => parseDate(text) !== undefined },
  Time: { form: 'a time of day such as 09:30 or 09:30:00', fits: (text) => parseTime(text) !== undefined },
  Timestamp: {
    form: 'a moment such as 2026-01-31T09:30:00Z, with an offset from UTC or, for the time zone of the options, without',
    fits: (text) => parseTimestamp(text) !== undefined,
  },
  Interval: {
    form: 'a length of time in ISO 8601 such as P1DT12H',
    fits: (text) => durationPattern.test(text),
  },
  UUID: {
    form: 'a UUID such as 018f3c1e-7a10-7b6e-9d54-2f0f5a1c9e21',
    fits: (text) => uuidPattern.test(text),
  },
} as const satisfies Readonly<Record<string, { form: string; fits(text: string): boolean }>>

for (const [name, { form, fits }] of Object.entries(textForms)) {
  const parse = (value: unknown, nodes?: ASTNode) => {
    if (typeof value === 'string' && fits(value)) return value
    throw new GraphQLError(`A ${name} is ${form}.`, { nodes })
  }
  builder.scalarType(name as keyof typeof textForms, {
    description: `Text: ${form}.`,
    serialize: (value) => value,
    parseValue: (value) => parse(value),
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined, node),
  })
}

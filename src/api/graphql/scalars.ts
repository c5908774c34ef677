import { GraphQLError, Kind } from 'graphql'
import { builder } from './builder.ts'

builder.scalarType('BigInt', {
  description:
    'A whole number that can pass 2^31: a JSON number on the wire. Values here stay below 2^53, which JSON numbers carry exactly.',
  serialize: (value) => value,
  parseValue: (value) => parseWholeNumber(value),
  parseLiteral: (node) => {
    if (node.kind !== Kind.INT) throw new GraphQLError('A BigInt is a whole number.')
    return parseWholeNumber(Number(node.value))
  },
})

builder.scalarType('DateTime', {
  description: 'An instant in ISO 8601, in UTC with milliseconds: 2026-03-10T12:00:00.000Z.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => parseInstant(value),
  parseLiteral: (node) => {
    if (node.kind !== Kind.STRING) throw new GraphQLError('A DateTime is a string in ISO 8601.')
    return parseInstant(node.value)
  },
})

builder.scalarType('JSON', { description: 'Any JSON value.', serialize: (value) => value })

function parseWholeNumber(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new GraphQLError('A BigInt is a whole number from -(2^53 - 1) to 2^53 - 1.')
}

/** A date alone is midnight UTC. @see RFC 3339, section 5.6 */
function parseInstant(value: unknown): Date {
  const isInstant =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(value)
  const date = new Date(isInstant ? value : Number.NaN)
  if (Number.isNaN(date.getTime())) {
    throw new GraphQLError(
      'A DateTime is ISO 8601 with its offset: 2026-03-10T12:00:00Z, or a date: 2026-03-10.',
    )
  }
  return date
}

import { GraphQLError } from 'graphql'

/** What the variables of one operation may hold. A filter has 12 levels at most, which are 35 of JSON with the longest question in it. */
export const variableLimits = {
  /** Lists and objects within each other: the code that reads them calls itself for each. */
  depth: 80,
  /** Values in all: a filter may name 10,000. */
  values: 50_000,
} as const

/** @returns what is wrong with variables that have been parsed, and nothing else yet. Walks without recursion */
export function variablesProblem(variables: unknown): GraphQLError | null {
  if (variables == null) return null
  if (typeof variables !== 'object' || Array.isArray(variables)) {
    return refusal('variables must be an object of names and values')
  }
  const waiting: [value: unknown, depth: number][] = [[variables, 0]]
  for (let values = 0; waiting.length > 0; values += 1) {
    const [value, depth] = waiting.pop()!
    if (values > variableLimits.values) {
      return refusal(`variables may hold ${variableLimits.values} values at most`)
    }
    if (value === null || typeof value !== 'object') continue
    if (depth > variableLimits.depth) {
      return refusal(`variables may be nested ${variableLimits.depth} deep at most`)
    }
    for (const inner of Object.values(value)) waiting.push([inner, depth + 1])
  }
  return null
}

function refusal(what: string): GraphQLError {
  return new GraphQLError(`The operation is too large or malformed: ${what}.`, {
    extensions: { code: 'OPERATION_TOO_LARGE', http: { status: 400 } },
  })
}

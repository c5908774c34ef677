import type { z } from 'zod'
import { type Issue, ValidationError } from '../../core/errors.ts'
import { unknownName } from '../../core/unknown-name.ts'

/** More than this helps nobody; a body of wrong items could make 100,000. */
const maxIssues = 50

/** A caller's input as its schema has it. @throws ValidationError with everything that is wrong */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new ValidationError(result.error.issues.slice(0, maxIssues).map((issue) => toIssue(issue, schema)))
}

function toIssue(issue: z.core.$ZodIssue, schema: z.ZodType): Issue {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 ? fieldsOf(schema) : []
    return { path, message: issue.keys.map((key) => unknownName('field', key, known)).join('; ') }
  }
  if (
    issue.code === 'invalid_type' &&
    issue.input === undefined &&
    /received undefined/.test(issue.message)
  ) {
    return { path, message: `is required (${issue.expected})` }
  }
  return { path, message: inSentence(issue.message) }
}

function fieldsOf(schema: z.ZodType): string[] {
  return 'shape' in schema && schema.shape && typeof schema.shape === 'object'
    ? Object.keys(schema.shape)
    : []
}

/** Zod begins every message with "Invalid input: "; what a schema says itself stays as it is. */
function inSentence(message: string): string {
  return message.replace(/^Invalid input: expected/, 'must be').replace(/, received (.*)$/, ', not $1')
}

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
    const known = fieldsOf(schemaAt(schema, issue.path))
    return { path, message: issue.keys.map((key) => unknownName('field', key, known)).join('; ') }
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return { path, message: `is required, as ${issue.expected}` }
  }
  if (issue.code === 'invalid_union') return ofUnion(issue, path, schema)
  return { path, message: inSentence(issue.message) }
}

/** What is wrong with the alternative that was meant: the one whose type fits. */
function ofUnion(issue: z.core.$ZodIssueInvalidUnion, path: string, schema: z.ZodType): Issue {
  const isOfType = (inner: z.core.$ZodIssue) => inner.code === 'invalid_type' && inner.path.length === 0
  const [meant] = issue.errors.find((alternative) => !alternative.some(isOfType)) ?? []
  if (meant) return toIssue({ ...meant, path: [...issue.path, ...meant.path] }, schema)
  const types = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : []))
  return { path, message: `must be ${[...new Set(types)].join(' or ')}` }
}

/** What stands at a path, so that an unknown field can be told the known ones beside it. */
function schemaAt(
  schema: z.core.$ZodType | undefined,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined {
  const inner = schema && withoutOptional(schema)
  const [step, ...rest] = path
  if (step === undefined || !inner) return inner
  if ('element' in inner) return schemaAt(inner.element as z.core.$ZodType, rest)
  if (!('shape' in inner)) return undefined
  return schemaAt((inner.shape as Record<PropertyKey, z.core.$ZodType>)[step], rest)
}

function withoutOptional(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType } = schema._zod.def as { innerType?: z.core.$ZodType }
  return innerType ? withoutOptional(innerType) : schema
}

function fieldsOf(schema: z.core.$ZodType | undefined): string[] {
  return schema && 'shape' in schema ? Object.keys(schema.shape as object) : []
}

/** Zod begins every message with "Invalid input: "; what a schema says itself stays as it is. */
function inSentence(message: string): string {
  return message
    .replace(/^Invalid input: expected/, 'must be')
    .replace(/^Invalid option: expected one of (.*)$/, (_, options: string) => {
      return `must be one of ${options.replaceAll('"|"', ', ').replaceAll('"', '')}`
    })
    .replace(/, received (.*)$/, ', not $1')
}

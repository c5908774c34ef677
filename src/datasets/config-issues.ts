import type { z } from 'zod'
import type { Issue } from '../core/errors.ts'
import { isPlainObject } from '../core/plain-object.ts'
import { quoteName, unknownName } from '../core/unknown-name.ts'

/** Everything that is wrong with what nobody has checked: where it is, what is allowed, and what it is. */
export function issuesOf(schema: z.ZodType, config: unknown): Issue[] {
  const { error } = schema.safeParse(config, { error: sentenceOf })
  return (error?.issues ?? []).flatMap((issue) =>
    issuesIn(issue).map(({ path, message }) => ({ path: withName(path, config).join('.'), message })),
  )
}

/** For a schema's `error`: what its value must be. */
export function mustBe(what: string) {
  return ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? 'is missing' : `must be ${what}, not ${shown(input)}`
}

type Path = readonly PropertyKey[]

function issuesIn(issue: z.core.$ZodIssue): { path: Path; message: string }[] {
  const { path, message } = issue
  if (issue.code === 'unrecognized_keys') {
    const known = message.split(', ')
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownName('key', key, known) }))
  }
  // What was meant is the alternative whose mistakes lie within it.
  const alternatives = issue.code === 'invalid_union' ? issue.errors : []
  const meant = alternatives.find((issues) => issues.every((inner) => inner.path.length > 0))
  if (!meant) return [{ path, message }]
  return meant.flatMap(issuesIn).map((inner) => ({ ...inner, path: [...path, ...inner.path] }))
}

/** `datasets.orders.key` instead of `datasets.0.key`, where the dataset has a name already. */
function withName([list, index, ...rest]: Path, config: unknown): Path {
  const datasets = isPlainObject(config) && Array.isArray(config.datasets) ? config.datasets : []
  const dataset = list === 'datasets' ? datasets[Number(index)] : undefined
  const name = isPlainObject(dataset) && typeof dataset.name === 'string' && dataset.name
  return [list, name || index, ...rest].filter((step) => step !== undefined)
}

/** What zod calls a type, in words. */
const words: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  record: 'an object',
}

const sentenceOf: z.core.$ZodErrorMap = (issue) => {
  const { inst } = issue
  const keys = inst && 'shape' in inst ? Object.keys(inst.shape as object).join(', ') : null
  switch (issue.code) {
    // Taken apart by issuesIn.
    case 'unrecognized_keys':
      return keys
    case 'invalid_type': {
      const what = keys === null ? (words[issue.expected] ?? issue.expected) : `an object with ${keys}`
      return mustBe(what)(issue)
    }
    case 'invalid_value': {
      const values = issue.values.map(String)
      const sentence = mustBe(`one of ${values.join(', ')}`)(issue)
      if (typeof issue.input !== 'string') return sentence
      const [meant = ''] = unknownName('value', issue.input, values).match(/Did you mean .*$/) ?? []
      return `${sentence}. ${meant}`.trim()
    }
    default:
      return null
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return quoteName(value)
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  if (isPlainObject(value)) return `{ ${Object.keys(value).slice(0, 5).join(', ')} }`
  return `a ${typeof value}`
}

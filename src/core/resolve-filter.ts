import type { Dataset } from './dataset.ts'
import { type Filter, filterLimits, quantifiers } from './filter.ts'
import { type FilterContext, type FilterParser, openFilterParser } from './filter-parser.ts'
import { parseText } from './filter-value.ts'
import { findRelation, noRelation } from './find-relation.ts'
import { collectIssues } from './issue-list.ts'
import { isPlainObject, keysOf } from './plain-object.ts'
import { resolveField } from './resolve-field.ts'
import { quoteName, unknownName } from './unknown-name.ts'
import { wordsOf } from './words.ts'

/**
 * An untrusted value as a filter over trusted names and canonical values, so that equal meaning gives
 * an equal fingerprint; resolving its result again changes nothing. Null and undefined are no filter.
 *
 * A date alone, asked of a column of moments, means the whole day in the time zone: `lte 2026-03-31`
 * includes its evening.
 * @throws ValidationError, and nothing else whatever the input, with paths such as `filter.and.1.field.value`
 */
export function resolveFilter(input: unknown, context: FilterContext): Filter | null {
  if (input === null || input === undefined) return null
  const { report, throwIfAny } = collectIssues()
  const parser = openFilterParser(context, report)
  const filter = resolveNode(input, 'filter', context.dataset, 1, parser)
  throwIfAny()
  if (!filter) throw new TypeError('A filter came to nothing without an issue')
  return filter
}

const tooDeep = `is more than ${filterLimits.depth} levels deep`
const nodeKeys = ['and', 'or', 'not', 'field', 'relation', 'search'] as const

function resolveNode(
  input: unknown,
  path: string,
  dataset: Dataset,
  depth: number,
  parser: FilterParser,
): Filter | undefined {
  const { report } = parser
  if (depth > filterLimits.depth) return report(path, tooDeep)
  if (!parser.spendNodes(1)) return undefined
  if (!isPlainObject(input))
    return report(path, `must be an object with one of the keys ${nodeKeys.join(', ')}`)
  const keys = keysOf(input)
  const unknown = keys.find((key) => !nodeKeys.some((known) => known === key))
  if (unknown !== undefined) return report(path, unknownName('key', unknown, nodeKeys))
  if (keys.length !== 1) {
    return report(path, `must have exactly one key, but has ${keys.length === 0 ? 'none' : keys.join(', ')}`)
  }
  const key = keys[0] as (typeof nodeKeys)[number]
  const value = input[key]
  const inner = `${path}.${key}`
  switch (key) {
    case 'and': {
      const and = resolveNodes(value, inner, dataset, depth, parser)
      return and && { and }
    }
    case 'or': {
      const or = resolveNodes(value, inner, dataset, depth, parser)
      return or && { or }
    }
    case 'not': {
      const not = resolveNode(value, inner, dataset, depth + 1, parser)
      return not && { not }
    }
    case 'field': {
      const node = resolveField(value, inner, dataset, parser)
      // `ne` a whole day has become a `not`, which counts like any other: the result must resolve again.
      if (!node || !('not' in node)) return node
      if (depth === filterLimits.depth) return report(path, tooDeep)
      return parser.spendNodes(1) ? node : undefined
    }
    case 'relation':
      return resolveRelation(value, inner, dataset, depth, parser)
    case 'search':
      return resolveSearch(value, inner, dataset, parser)
    default:
      return key satisfies never
  }
}

function resolveNodes(
  input: unknown,
  path: string,
  dataset: Dataset,
  depth: number,
  parser: FilterParser,
): Filter[] | undefined {
  if (!Array.isArray(input)) return parser.report(path, 'must be a list of filters')
  const nodes: Filter[] = []
  for (const [index, item] of input.entries()) {
    const node = resolveNode(item, `${path}.${index}`, dataset, depth + 1, parser)
    if (node) nodes.push(node)
    // A list of a million nodes is not read to its end.
    if (!parser.spendNodes(0)) return undefined
  }
  return nodes
}

const relationKeys = ['name', 'quantifier', 'where']

function resolveRelation(
  input: unknown,
  path: string,
  dataset: Dataset,
  depth: number,
  parser: FilterParser,
): Filter | undefined {
  const { report } = parser
  if (!isPlainObject(input)) return report(path, 'must be an object with name, quantifier and where')
  const unknown = keysOf(input).find((key) => !relationKeys.includes(key))
  if (unknown !== undefined) return report(path, unknownName('key', unknown, relationKeys))
  const { name, quantifier: asked = 'some', where: inner = null } = input
  const quantifier = quantifiers.find((known) => known === asked)
  if (!quantifier) report(`${path}.quantifier`, `must be one of: ${quantifiers.join(', ')}`)
  if (typeof name !== 'string') return report(`${path}.name`, "must be a relation's name")
  const relation = findRelation(dataset, name)
  if (!relation) return report(`${path}.name`, noRelation(dataset, name))
  const related = parser.findDataset(relation.dataset)
  if (!related) return report(`${path}.name`, `Relation ${quoteName(name)} is not available`)
  if (inner === null) return quantifier && { relation: { name, quantifier, where: null } }
  const where = resolveNode(inner, `${path}.where`, related, depth + 1, parser)
  return where && quantifier && { relation: { name, quantifier, where } }
}

function resolveSearch(
  input: unknown,
  path: string,
  dataset: Dataset,
  parser: FilterParser,
): Filter | undefined {
  if (!dataset.searchable?.length) return parser.report(path, `${dataset.name} cannot be searched`)
  // Who searches can find out, word by word, what the columns hold.
  const withheld = dataset.searchable.find((name) => dataset.columns[name]?.withheld !== undefined)
  if (withheld !== undefined) {
    const reason = dataset.columns[withheld]?.withheld
    return parser.report(path, { message: `a search looks into '${withheld}'. ${reason}`, isForbidden: true })
  }
  const text = parseText(input, path, parser)
  if (text === undefined) return undefined
  const words = wordsOf(text)
  if (words.length === 0) return parser.report(path, 'must have at least one word')
  return parser.spendNodes(words.length) ? { search: words.join(' ') } : undefined
}

import { scalarOf } from './column-type.ts'
import type { Column } from './dataset.ts'
import {
  type Filter,
  type FilterOperator,
  type FilterScalar,
  type FilterValue,
  filterLimits,
} from './filter.ts'
import type { FilterParser } from './filter-parser.ts'
import { type ParsedScalar, parseScalar, parseText } from './filter-value.ts'
import { isPlainObject, keysOf } from './plain-object.ts'
import { unknownName } from './unknown-name.ts'
import { wordsOf } from './words.ts'

/** A condition whose names are known already; `path` leads to its value. */
export interface Asked {
  readonly name: string
  readonly column: Column
  readonly operator: FilterOperator
  readonly path: string
  readonly parser: FilterParser
}

/** The node of a condition with its untrusted value; a whole day among moments becomes a range. */
export function resolveCondition(input: unknown, asked: Asked): Filter | undefined {
  const { operator, path, parser } = asked
  switch (operator) {
    case 'eq':
    case 'ne': {
      const parsed = parseOne(input, path, asked)
      if (!parsed) return undefined
      if (parsed.lastOfDay === undefined) return node(asked, parsed.value)
      const day = node({ ...asked, operator: 'between' }, { from: parsed.value, to: parsed.lastOfDay })
      return operator === 'eq' ? day : { not: day }
    }
    case 'lt':
    case 'gte': {
      const parsed = parseOne(input, path, asked)
      return parsed && node(asked, parsed.value)
    }
    case 'gt':
    case 'lte': {
      const parsed = parseOne(input, path, asked)
      return parsed && node(asked, parsed.lastOfDay ?? parsed.value)
    }
    case 'between':
      return resolveRange(input, asked)
    case 'in':
    case 'notIn':
    case 'hasAny':
    case 'hasAll':
    case 'hasNone':
      return resolveList(input, asked)
    case 'isNull':
      return typeof input === 'boolean' ? node(asked, input) : parser.report(path, 'must be true or false')
    case 'contains':
    case 'startsWith':
    case 'endsWith': {
      const text = parseText(input, path, parser)
      return text === undefined ? undefined : node(asked, text)
    }
    case 'matchesWords':
    case 'matchesPhrase':
    case 'matchesWordStarts':
      return resolveWords(input, asked)
    default:
      return operator satisfies never
  }
}

function node({ name, operator }: Asked, value: FilterValue): Filter {
  return { field: { column: name, operator, value } }
}

function parseOne(input: unknown, path: string, { column, parser }: Asked): ParsedScalar | undefined {
  return parseScalar(input, scalarOf(column.type), column, path, parser)
}

function resolveRange(input: unknown, asked: Asked): Filter | undefined {
  const { path, parser } = asked
  if (!isPlainObject(input)) return parser.report(path, 'must be an object with from and to')
  const unknown = keysOf(input).find((key) => key !== 'from' && key !== 'to')
  if (unknown !== undefined) return parser.report(path, unknownName('key', unknown, ['from', 'to']))
  const from = parseOne(input.from, `${path}.from`, asked)
  const to = parseOne(input.to, `${path}.to`, asked)
  return from && to && node(asked, { from: from.value, to: to.lastOfDay ?? to.value })
}

function resolveList(input: unknown, asked: Asked): Filter | undefined {
  const { path, parser } = asked
  if (!Array.isArray(input)) return parser.report(path, 'must be a list')
  const { listValues } = filterLimits
  if (input.length > listValues) return parser.report(path, `has more than ${listValues} values`)
  const values: FilterScalar[] = []
  for (const [index, item] of input.entries()) {
    const parsed = parseOne(item, `${path}.${index}`, asked)
    if (parsed?.lastOfDay !== undefined) {
      parser.report(`${path}.${index}`, 'must have a time of day; whole days are asked for with between')
    } else if (parsed) values.push(parsed.value)
  }
  return node(asked, [...new Set(values)].sort(ascending))
}

function resolveWords(input: unknown, asked: Asked): Filter | undefined {
  const { path, parser } = asked
  const text = parseText(input, path, parser)
  if (text === undefined) return undefined
  const words = wordsOf(text)
  if (words.length === 0) return parser.report(path, 'must have at least one word')
  return parser.spendNodes(words.length) ? node(asked, words.join(' ')) : undefined
}

/** Numbers by size, anything else by code unit: an order that depends on no locale. */
function ascending(a: FilterScalar, b: FilterScalar): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

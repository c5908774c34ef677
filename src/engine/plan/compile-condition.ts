import { type ColumnType, scalarOf } from '../../core/column-type.ts'
import type { FieldCondition, FilterRange, FilterScalar, FilterValue } from '../../core/filter.ts'
import { quoteLiteral } from '../../core/sql.ts'
import { escapeLike, phrasePattern, wholeWordPatterns, wordStartPatterns } from './text-pattern.ts'
import { arrayLiteral, scalarLiteral, untypedArrayLiteral } from './value-literal.ts'

/**
 * One condition over a column as SQL. Where the column is NULL it can be NULL, which a WHERE takes for
 * false; `neverNull` says of which operators it cannot.
 * @throws TypeError when the value has not the operator's shape: it did not come from resolveFilter
 */
export function compileCondition(
  { operator, value }: Pick<FieldCondition, 'operator' | 'value'>,
  type: ColumnType,
  sql: string,
): string {
  const scalar = scalarOf(type)
  const literal = () => scalarLiteral(toScalar(value), scalar)
  switch (operator) {
    case 'eq':
      return `${sql} = ${literal()}`
    case 'ne':
      return `${sql} IS DISTINCT FROM ${literal()}`
    case 'lt':
      return `${sql} < ${literal()}`
    case 'lte':
      return `${sql} <= ${literal()}`
    case 'gt':
      return `${sql} > ${literal()}`
    case 'gte':
      return `${sql} >= ${literal()}`
    case 'between': {
      const { from, to } = toRange(value)
      return `(${sql} >= ${scalarLiteral(from, scalar)} AND ${sql} <= ${scalarLiteral(to, scalar)})`
    }
    case 'in':
      return `${sql} = ANY (${arrayLiteral(toList(value), scalar)})`
    case 'notIn':
      return `(${sql} = ANY (${arrayLiteral(toList(value), scalar)})) IS NOT TRUE`
    case 'isNull':
      return value === true ? `${sql} IS NULL` : `${sql} IS NOT NULL`
    case 'contains':
      return like(sql, type, `%${escapeLike(toText(value))}%`)
    case 'startsWith':
      // A btree serves ILIKE only up to the first letter (pg_trgm's indexes serve it whole).
      return like(sql, type, `${escapeLike(toText(value))}%`)
    case 'endsWith':
      return like(sql, type, `%${escapeLike(toText(value))}`)
    case 'matchesWords':
      return matchAll(sql, type, wholeWordPatterns(toText(value)))
    case 'matchesPhrase':
      return matchAll(sql, type, [phrasePattern(toText(value))])
    case 'matchesWordStarts':
      return matchAll(sql, type, wordStartPatterns(toText(value)))
    case 'hasAny':
      return `${sql} && ${untypedArrayLiteral(toList(value))}`
    case 'hasAll':
      return `${sql} @> ${untypedArrayLiteral(toList(value))}`
    case 'hasNone':
      return `(${sql} && ${untypedArrayLiteral(toList(value))}) IS NOT TRUE`
    default:
      return operator satisfies never
  }
}

/** Whether the text is somewhere in the column, in any case. */
export function containsText(sql: string, type: ColumnType, text: string): string {
  return like(sql, type, `%${escapeLike(text)}%`)
}

function like(sql: string, type: ColumnType, pattern: string): string {
  return `${textOf(sql, type)} ILIKE ${quoteLiteral(pattern)}`
}

function matchAll(sql: string, type: ColumnType, patterns: readonly string[]): string {
  const matches = patterns.map((pattern) => `${textOf(sql, type)} ~* ${quoteLiteral(pattern)}`)
  return matches.length === 1 ? matches.join('') : `(${matches.join(' AND ')})`
}

function textOf(sql: string, type: ColumnType): string {
  return type === 'text' ? sql : `${sql}::text`
}

function toScalar(value: FilterValue): FilterScalar {
  if (typeof value === 'object') throw new TypeError('This operator takes a scalar')
  return value
}

function toText(value: FilterValue): string {
  if (typeof value !== 'string') throw new TypeError('This operator takes a text')
  return value
}

function toList(value: FilterValue): readonly FilterScalar[] {
  if (!isList(value)) throw new TypeError('This operator takes a list')
  return value
}

function toRange(value: FilterValue): FilterRange {
  if (typeof value !== 'object' || isList(value)) throw new TypeError('This operator takes a range')
  return value
}

/** Array.isArray does not know readonly arrays. */
function isList(value: FilterValue): value is readonly FilterScalar[] {
  return Array.isArray(value)
}

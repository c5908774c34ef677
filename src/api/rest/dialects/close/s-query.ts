import { findColumn } from '../../../../core/find-column.ts'
import type { Report } from '../../../../core/issue-list.ts'
import { isPlainObject } from '../../../../core/plain-object.ts'
import { unknownName } from '../../../../core/unknown-name.ts'
import { wordsOf } from '../../../../core/words.ts'
import { allOf, anyOf, everyRow, type FilterInput, fieldIs } from '../../filter-input.ts'
import type { Origins } from '../../origins.ts'
import { conditionOf, textModeOf, textOperators } from './condition.ts'
import { fieldOf } from './field.ts'
import { type CloseObject, type CloseObjects, isOfType } from './objects.ts'

export interface QueryContext {
  readonly objects: CloseObjects
  readonly report: Report
  readonly origins: Origins
  /** Whom CURRENT_USER means; null: the key has no owner. */
  readonly ownerEmail: string | null
}

const queryTypes = ['and', 'or', 'object_type', 'field_condition', 'has_related', 'text', 'id', 'match_all']

/** More than any client nests; what is left after simplifying is bounded by the filter's own depth. */
const maxDepth = 64

/**
 * A query of Advanced Filtering as a filter over the rows of `rows`. A query over another object type means
 * the rows that belong to what it finds: contacts of the leads it is about.
 * @see https://developer.close.com/resources/advanced-filtering/
 */
export function filterOf(
  query: unknown,
  rows: CloseObject,
  path: string,
  context: QueryContext,
): FilterInput | undefined {
  const type = objectTypeOf(query) ?? 'lead'
  const object = context.objects.find(type)
  if (!object) return context.report(path, unknownName('object type', type, context.objects.types))
  const filter = nodeOf(query, object, path, context, 1)
  if (!filter || isOfType(rows, type)) return filter
  if (isEveryRow(filter)) return filter
  return relatedTo(rows, object, filter) ?? context.report(path, `cannot ask for ${type} here`)
}

function isEveryRow(filter: FilterInput): boolean {
  return 'and' in filter && filter.and.length === 0
}

function relatedTo(rows: CloseObject, object: CloseObject, where: FilterInput): FilterInput | undefined {
  const name = rows.view.related[object.view.objectType]
  return name === undefined ? undefined : { relation: { name, quantifier: 'some', where } }
}

/** What a query is about: the first object type that it names. */
function objectTypeOf(query: unknown, depth = 1): string | undefined {
  if (!isPlainObject(query) || depth > maxDepth) return undefined
  const { field } = query
  const named = [
    query.object_type,
    query.this_object_type,
    isPlainObject(field) ? field.object_type : undefined,
  ].find((type) => typeof type === 'string')
  if (typeof named === 'string') return named
  if (!Array.isArray(query.queries)) return undefined
  for (const inner of query.queries) {
    const type = objectTypeOf(inner, depth + 1)
    if (type !== undefined) return type
  }
  return undefined
}

function nodeOf(
  input: unknown,
  object: CloseObject,
  path: string,
  context: QueryContext,
  depth: number,
): FilterInput | undefined {
  const { report } = context
  if (!isPlainObject(input)) return report(path, 'must be an object with a type')
  if (depth > maxDepth) return report(path, `is more than ${maxDepth} levels deep`)
  const { negate = false } = input
  if (typeof negate !== 'boolean' && negate !== null) return report(`${path}.negate`, 'must be true or false')
  const filter = positiveOf(input, object, path, context, depth)
  if (!filter) return undefined
  context.origins.note(path, filter)
  return negate ? context.origins.note(path, { not: filter }) : filter
}

function positiveOf(
  input: Record<string, unknown>,
  object: CloseObject,
  path: string,
  context: QueryContext,
  depth: number,
): FilterInput | undefined {
  const { report } = context
  switch (input.type) {
    case 'and':
    case 'or': {
      const filters = nodesOf(input.queries, object, `${path}.queries`, context, depth)
      return filters && (input.type === 'and' ? allOf(filters) : anyOf(filters))
    }
    case 'object_type': {
      const type = input.object_type
      if (typeof type === 'string' && isOfType(object, type)) return { and: [] }
      return report(`${path}.object_type`, `must be ${object.type}: the query is about these`)
    }
    case 'match_all':
      return { and: [] }
    case 'field_condition': {
      const field = fieldOf(input.field, object, `${path}.field`, report)
      return field && conditionOf(input.condition, { ...field, object }, `${path}.condition`, context)
    }
    case 'has_related':
      return hasRelatedOf(input, object, path, context, depth)
    case 'text':
      return textOf(input, object, path, context)
    case 'id': {
      const ids = input.values ?? (input.value === undefined ? undefined : [input.value])
      return fieldIs(object.view.fields.id ?? 'id', 'in', ids)
    }
    default:
      return report(`${path}.type`, unknownName('query type', String(input.type), queryTypes))
  }
}

function nodesOf(
  input: unknown,
  object: CloseObject,
  path: string,
  context: QueryContext,
  depth: number,
): FilterInput[] | undefined {
  if (!Array.isArray(input)) return context.report(path, 'must be a list of queries')
  const filters = input.map((query, index) => nodeOf(query, object, `${path}.${index}`, context, depth + 1))
  const complete = filters.filter((filter) => filter !== undefined)
  return complete.length === filters.length ? complete : undefined
}

function hasRelatedOf(
  input: Record<string, unknown>,
  object: CloseObject,
  path: string,
  context: QueryContext,
  depth: number,
): FilterInput | undefined {
  const { report, objects } = context
  const { this_object_type: ours, related_object_type: theirs, related_query: query } = input
  if (typeof ours !== 'string' || !isOfType(object, ours)) {
    return report(`${path}.this_object_type`, `must be ${object.type} here`)
  }
  const at = `${path}.related_object_type`
  const related = typeof theirs === 'string' ? objects.find(theirs) : undefined
  if (!related) return report(at, unknownName('object type', String(theirs), objects.types))
  const name = object.view.related[related.view.objectType]
  if (name === undefined) return report(at, `${object.type} has no related ${related.type}`)
  const where =
    query === undefined || query === null
      ? everyRow
      : nodeOf(query, related, `${path}.related_query`, context, depth + 1)
  if (!where) return undefined
  const narrowed = related.kind ? allOf([related.kind, where]) : where
  return { relation: { name, quantifier: 'some', where: isEveryRow(narrowed) ? null : narrowed } }
}

/** Text anywhere in what can be searched of an object: each word in any of the columns, a phrase in one of them. */
function textOf(
  input: Record<string, unknown>,
  { dataset }: CloseObject,
  path: string,
  context: QueryContext,
): FilterInput | undefined {
  const mode = textModeOf(input.mode ?? 'full_words', `${path}.mode`, context)
  const { value } = input
  const words = typeof value === 'string' ? wordsOf(value) : []
  if (words.length === 0) return context.report(`${path}.value`, 'must be text with at least one word')
  if (!mode) return undefined
  const columns = (dataset.searchable ?? []).filter((name) => findColumn(dataset, name))
  const inAny = (text: string) => anyOf(columns.map((name) => fieldIs(name, textOperators[mode], text)))
  return mode === 'phrase' ? inAny(words.join(' ')) : allOf(words.map(inAny))
}

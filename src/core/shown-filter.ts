import { type Access, isUnlimited, mayUseColumn } from './access.ts'
import type { Dataset } from './dataset.ts'
import type { FieldCondition, Filter, FilterValue, RelationCondition } from './filter.ts'
import { findRelation } from './find-relation.ts'
import type { ExportSpec } from './spec.ts'

/**
 * A filter as a key may see it. What was asked of a column that the key may not use has null for its value,
 * and so has a search that looks into one. With such a null it is no filter any more: it does not resolve.
 */
export type ShownFilter =
  | { readonly and: readonly ShownFilter[] }
  | { readonly or: readonly ShownFilter[] }
  | { readonly not: ShownFilter }
  | { readonly field: Omit<FieldCondition, 'value'> & { readonly value: FilterValue | null } }
  | { readonly relation: Omit<RelationCondition, 'where'> & { readonly where: ShownFilter | null } }
  | { readonly search: string | null }

/** Who looks, and the datasets as they are declared. */
interface Viewer {
  readonly access: Access
  findDataset(name: string): Dataset | undefined
}

/** @see ShownFilter */
export function shownFilter(
  { dataset, filter }: Pick<ExportSpec, 'dataset' | 'filter'>,
  viewer: Viewer,
): ShownFilter | null {
  if (filter === null || isUnlimited(viewer.access)) return filter
  return shown(filter, viewer.findDataset(dataset), viewer)
}

/** Whether something is left out of it. */
export function lacksValues(filter: ShownFilter | null): boolean {
  if (filter === null) return false
  if ('and' in filter) return filter.and.some(lacksValues)
  if ('or' in filter) return filter.or.some(lacksValues)
  if ('not' in filter) return lacksValues(filter.not)
  if ('relation' in filter) return lacksValues(filter.relation.where)
  return ('search' in filter ? filter.search : filter.field.value) === null
}

function shown(filter: Filter, dataset: Dataset | undefined, viewer: Viewer): ShownFilter {
  const each = (inner: Filter) => shown(inner, dataset, viewer)
  const mayUse = (column: string) => mayUseColumn(dataset, column, viewer.access)
  if ('and' in filter) return { and: filter.and.map(each) }
  if ('or' in filter) return { or: filter.or.map(each) }
  if ('not' in filter) return { not: each(filter.not) }
  if ('relation' in filter) {
    const { name, where } = filter.relation
    const relation = dataset && findRelation(dataset, name)
    const related = relation && viewer.findDataset(relation.dataset)
    return { relation: { ...filter.relation, where: where && shown(where, related, viewer) } }
  }
  if ('search' in filter) return dataset?.searchable?.every(mayUse) ? filter : { search: null }
  return mayUse(filter.field.column) ? filter : { field: { ...filter.field, value: null } }
}

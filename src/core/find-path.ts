import { type Column, type Dataset, type Relation, visibleColumnsOf, visibleRelationsOf } from './dataset.ts'
import { findColumn, noColumn } from './find-column.ts'
import { findRelation, noRelation } from './find-relation.ts'
import type { Complaint } from './issue-list.ts'
import { unknownName } from './unknown-name.ts'

/** Relations that may be followed one after the other. */
export const maxRelationDepth = 5

/** The relations that a column's name leads over, and the column at their end; no column: the name is a relation's. */
export interface ColumnPath {
  readonly steps: readonly { readonly name: string; readonly relation: Relation; readonly dataset: Dataset }[]
  readonly column: { readonly name: string; readonly column: Column } | null
}

/**
 * What a name such as `amount`, `company.name`, `company.contacts.email` or `contacts` stands for. A column
 * of the dataset goes before a relation, also one with a dot in its name. Null when there is no such thing.
 */
export function findPath(
  name: string,
  scope: { readonly dataset: Dataset; findDataset(name: string): Dataset | undefined },
): ColumnPath | null {
  const column = findColumn(scope.dataset, name)
  if (column) return { steps: [], column: { name, column } }
  const dot = name.indexOf('.')
  const first = dot < 0 ? name : name.slice(0, dot)
  const relation = findRelation(scope.dataset, first)
  const dataset = relation && scope.findDataset(relation.dataset)
  if (!relation || !dataset) return null
  const step = { name: first, relation, dataset }
  if (dot < 0) return { steps: [step], column: null }
  const rest = findPath(name.slice(dot + 1), { dataset, findDataset: (other) => scope.findDataset(other) })
  if (!rest || rest.steps.length >= maxRelationDepth) return null
  return { steps: [step, ...rest.steps], column: rest.column }
}

/** Why `findPath` found nothing: withheld from the caller at some step, or not known. */
export function noPath(
  name: string,
  scope: { readonly dataset: Dataset; findDataset(name: string): Dataset | undefined },
): Complaint {
  const { dataset } = scope
  const unknown = unknownName('column', name, [...visibleColumnsOf(dataset), ...visibleRelationsOf(dataset)])
  const column = noColumn(dataset, name)
  if (column.isForbidden) return column
  const dot = name.indexOf('.')
  const first = dot < 0 ? name : name.slice(0, dot)
  const relation = findRelation(dataset, first)
  if (!relation) {
    const complaint = noRelation(dataset, first)
    return complaint.isForbidden ? complaint : { message: unknown }
  }
  const related = scope.findDataset(relation.dataset)
  if (dot < 0 || !related) return { message: unknown }
  const rest = noPath(name.slice(dot + 1), { ...scope, dataset: related })
  return rest.isForbidden ? rest : { message: unknown }
}

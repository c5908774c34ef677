import { type Dataset, type Relation, visibleRelationsOf } from './dataset.ts'
import type { Complaint } from './issue-list.ts'
import { unknownName } from './unknown-name.ts'

/** A relation by a caller's word; see findColumn. */
export function findRelation(dataset: Dataset, name: string): Relation | undefined {
  const relations = dataset.relations ?? {}
  const relation = Object.hasOwn(relations, name) ? relations[name] : undefined
  return relation?.withheld === undefined ? relation : undefined
}

/** Why `findRelation` found nothing. */
export function noRelation(dataset: Dataset, name: string): Complaint {
  const relations = dataset.relations ?? {}
  const withheld = Object.hasOwn(relations, name) ? relations[name]?.withheld : undefined
  if (withheld !== undefined) return { message: withheld, isForbidden: true }
  return { message: unknownName('relation', name, visibleRelationsOf(dataset)) }
}

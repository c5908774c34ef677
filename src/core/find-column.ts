import { type Column, type Dataset, visibleColumnsOf } from './dataset.ts'
import type { Complaint } from './issue-list.ts'
import { unknownName } from './unknown-name.ts'

/** A column by a caller's word; never what an object inherits, such as `constructor`, or what is withheld from the caller. */
export function findColumn(dataset: Dataset, name: string): Column | undefined {
  const column = Object.hasOwn(dataset.columns, name) ? dataset.columns[name] : undefined
  return column?.withheld === undefined ? column : undefined
}

/** Why `findColumn` found nothing. */
export function noColumn(dataset: Dataset, name: string): Complaint {
  const withheld = Object.hasOwn(dataset.columns, name) ? dataset.columns[name]?.withheld : undefined
  if (withheld !== undefined) return { message: withheld, isForbidden: true }
  return { message: unknownName('column', name, visibleColumnsOf(dataset)) }
}

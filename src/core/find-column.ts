import type { Column, Dataset } from './dataset.ts'

/** A column by a caller's word; never what an object inherits, such as `constructor`. */
export function findColumn(dataset: Dataset, name: string): Column | undefined {
  return Object.hasOwn(dataset.columns, name) ? dataset.columns[name] : undefined
}

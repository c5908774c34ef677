import type { Column, Dataset } from '../core/dataset.ts'
import { ValidationError } from '../core/errors.ts'
import type { SortKey } from '../core/spec.ts'
import { checkDataset } from './check-dataset.ts'

type Columns = Readonly<Record<string, Column>>
type Name<C extends Columns> = Extract<keyof NoInfer<C>, string>
type TextName<C extends Columns> = {
  [K in Extract<keyof C, string>]: 'text' extends C[K]['type'] ? K : never
}[Extract<keyof C, string>]

/** A dataset's declaration, in which the compiler finds a column that does not exist. */
export interface DatasetDefinition<C extends Columns>
  extends Omit<Dataset, 'columns' | 'key' | 'defaultColumns' | 'defaultSort' | 'searchable'> {
  readonly columns: C
  readonly key?: readonly [Name<C>, ...Name<C>[]]
  readonly defaultColumns?: readonly Name<C>[]
  readonly defaultSort?: readonly (SortKey & { readonly column: Name<C> })[]
  readonly searchable?: readonly TextName<NoInfer<C>>[]
}

/**
 * Checks a declaration and freezes it. The maps in it lose their prototype, so that looking up a
 * caller's `constructor` or `__proto__` finds nothing.
 * @throws ValidationError with the path of everything that is wrong, as in `deals.key.0`
 */
export function defineDataset<const C extends Columns>(definition: DatasetDefinition<C>): Dataset {
  const dataset = definition as Dataset
  const issues = checkDataset(dataset)
  if (issues.length > 0) throw new ValidationError(issues)
  return freezeDeclaration(dataset) as Dataset
}

/** A deeply frozen copy whose plain objects have no prototype. */
export function freezeDeclaration(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(freezeDeclaration))
  if (value === null || typeof value !== 'object') return value
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value)) copy[key] = freezeDeclaration(item)
  return Object.freeze(copy)
}

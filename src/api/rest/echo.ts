import { lacksValues, shownFilter } from '../../core/shown-filter.ts'
import type { Export } from '../../platform/db/entities/export.ts'
import type { Call } from './dialect.ts'

/**
 * Whether an export was filtered by what the caller's key may not use. What a vendor's words compare is not
 * told apart then: the request is repeated without all of its values.
 */
export function withholdsValues(
  { spec }: Export,
  { services, principal }: Pick<Call, 'services' | 'principal'>,
): boolean {
  const findDataset = (name: string) => services.datasets.get(name)
  return lacksValues(shownFilter(spec, { access: principal, findDataset }))
}

/** Parameters by name, with null for what they ask for. */
export function withNulls(params: Readonly<Record<string, unknown>>): Record<string, null> {
  return Object.fromEntries(Object.keys(params).map((name) => [name, null]))
}

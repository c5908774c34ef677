import type { Dataset } from '../../core/dataset.ts'
import type { DialectViews } from '../../datasets/crm/dialect-views.ts'
import { loadDataset } from '../../lifecycle/load-dataset.ts'
import type { Call, RestServices } from './dialect.ts'
import { UnknownPathError } from './errors.ts'

/** A dataset as a dialect sees it. */
export interface Viewed<View> {
  readonly dataset: Dataset
  readonly view: View
}

/** The datasets that a dialect has words for, as they are declared. */
export function viewsOf<Name extends keyof DialectViews>(
  { datasets }: Pick<RestServices, 'datasets'>,
  dialect: Name,
): Viewed<NonNullable<DialectViews[Name]>>[] {
  return datasets.all().flatMap((dataset) => {
    const view = (dataset.dialects as DialectViews | undefined)?.[dialect]
    return view ? [{ dataset, view }] : []
  })
}

/** With the columns that the organization has, within the key's limits. @throws ForbiddenError */
export async function loadViewed<View>(
  { services, principal }: Pick<Call, 'services' | 'principal'>,
  viewed: Viewed<View> | undefined,
): Promise<Viewed<View>> {
  const loaded = viewed && (await loadDataset({ ...services, principal }, viewed.dataset.name))
  if (!loaded) throw new UnknownPathError('No dataset of this server is seen by this API.')
  return { dataset: loaded.dataset, view: viewed.view }
}

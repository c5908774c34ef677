import { ValidationError } from '../../../../core/errors.ts'
import { quoteName } from '../../../../core/unknown-name.ts'
import type { HubSpotView } from '../../../../datasets/crm/dialect-views.ts'
import type { RestServices } from '../../dialect.ts'
import { type Viewed, viewsOf } from '../../views.ts'

/** The dataset of an object type; of custom objects, one of the types that share a dataset. */
export interface CrmObject {
  readonly viewed: Viewed<HubSpotView>
  /** `2-123`; null for the built-in types. */
  readonly customTypeId: string | null
}

/** By any of its spellings: `CONTACT`, `contacts`, `Contact`, `0-1`, or `2-123`. @throws ValidationError */
export function findObject(
  services: Pick<RestServices, 'datasets'>,
  objectType: string,
  path: string,
): CrmObject {
  const views = viewsOf(services, 'hubspot')
  const word = objectType.trim().toLowerCase()
  for (const viewed of views) {
    const { objectType: name, objectTypeId, plural, objectTypeColumn } = viewed.view
    if (objectTypeColumn !== undefined) {
      if (/^2-\d{1,18}$/.test(word)) return { viewed, customTypeId: word }
    } else if ([name, objectTypeId, plural].some((spelling) => spelling.toLowerCase() === word)) {
      return { viewed, customTypeId: null }
    }
  }
  const known = views.map(({ view }) => (view.objectTypeColumn ? '2-<number>' : view.objectType))
  throw new ValidationError([
    {
      path,
      message: `Unable to infer object type from: ${quoteName(objectType)}. Known are: ${known.join(', ')}`,
    },
  ])
}

/** The column behind a property's internal name. */
export function propertyColumn(property: string, { dataset, view }: Viewed<HubSpotView>): string | undefined {
  for (const name of [property, property.toLowerCase()]) {
    if (Object.hasOwn(view.properties, name)) return view.properties[name]
    const custom = view.customProperties + name
    if (Object.hasOwn(dataset.columns, custom)) return custom
  }
  return undefined
}

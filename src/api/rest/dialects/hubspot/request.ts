import { z } from '@hono/zod-openapi'
import { type Issue, ValidationError } from '../../../../core/errors.ts'
import { findColumn } from '../../../../core/find-column.ts'
import type { ColumnRequest } from '../../../../core/request.ts'
import { quoteName } from '../../../../core/unknown-name.ts'
import type { HubSpotView } from '../../../../datasets/crm/dialect-views.ts'
import type { RestServices } from '../../dialect.ts'
import { allOf, type FilterInput, fieldIs } from '../../filter-input.ts'
import { Origins, type Translated } from '../../origins.ts'
import type { Viewed } from '../../views.ts'
import { type CrmObject, findObject, propertyColumn } from './objects.ts'
import { searchFilters, searchSchema, toSort } from './search.ts'

/** A larger CSV file is delivered in a zip. */
const zipAboveBytes = 2 * 1024 * 1024
const maxProperties = 1_600

/** In any case: `csv` is as good as `CSV`. */
function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z
    .string()
    .toUpperCase()
    .pipe(z.enum(words))
    .openapi({ type: 'string', enum: [...words, ...words.map((word) => word.toLowerCase())] })
}

const ofSdks = z.unknown().optional().openapi({ description: "Sent by the vendor's SDKs; has no effect." })

export const exportBody = z
  .strictObject({
    exportType: word(['VIEW', 'LIST'])
      .optional()
      .openapi({ description: 'Default: LIST with a listId, else VIEW.' }),
    format: word(['CSV', 'XLSX', 'XLS']).optional().openapi({ description: 'Default: CSV.' }),
    exportName: z.string().max(200).optional(),
    language: z
      .string()
      .max(20)
      .optional()
      .openapi({ description: 'Of labels: EN, DE, ES, FR. Default: EN.' }),
    objectType: z.string().max(60).openapi({
      description: 'CONTACT, COMPANY, DEAL, TICKET, or the id of a custom object such as 2-123.',
    }),
    objectProperties: z
      .array(z.string().min(1).max(200))
      .min(1, 'must name at least one property; leave it out for all of them')
      .max(maxProperties)
      .optional()
      .openapi({ description: 'In the order of the file. Default: every property of the object.' }),
    associatedObjectType: z
      .union([z.string().max(60), z.array(z.string().max(60)).max(1, 'can name one object type only')])
      .optional(),
    exportInternalValuesOptions: z
      .array(word(['NAMES', 'VALUES']))
      .max(2)
      .optional()
      .openapi({ description: 'Internal names in the header row, internal values in the cells.' }),
    listId: z
      .union([z.int().positive(), z.string().regex(/^\d{1,18}$/, 'must be a whole number')])
      .optional()
      .openapi({ description: 'Required for LIST.' }),
    publicCrmSearchRequest: searchSchema.optional().openapi({ description: 'For VIEW.' }),
    overrideAssociatedObjectsPerDefinitionPerRowLimit: ofSdks,
    includeLabeledAssociations: ofSdks,
    includePrimaryDisplayPropertyForAssociatedObjects: ofSdks,
  })
  .openapi('HubSpotExportRequest')

export type ExportBody = z.infer<typeof exportBody>

/**
 * @param object with the organization's columns
 * @throws ValidationError
 */
export function toRequest(
  body: ExportBody,
  object: CrmObject,
  services: Pick<RestServices, 'datasets'>,
): Translated {
  const { viewed } = object
  const exportType = checkedType(body)
  const format = body.format === 'XLSX' ? 'xlsx' : body.format === 'XLS' ? 'xls' : 'csv'
  const internal = new Set(body.exportInternalValuesOptions)
  const properties = [...new Set(body.objectProperties ?? defaultProperties(viewed))]
  const search = body.publicCrmSearchRequest ?? {}
  const origins = new Origins({ filter: 'publicCrmSearchRequest' })
  const filters = [
    ...typeFilters(object, origins),
    ...listFilters(body, viewed, origins),
    ...searchFilters(search, viewed, origins),
  ]
  return {
    origins,
    request: {
      door: 'hubspot',
      doorDetails: { exportType, objectType: body.objectType, objectProperties: properties },
      dataset: viewed.dataset.name,
      columns: [
        ...toColumns(properties, viewed, { named: internal.has('NAMES') }),
        ...associatedColumns(body, viewed, services),
      ],
      headers: 'labels',
      values: internal.has('VALUES') ? 'stored' : 'labels',
      language: (body.language ?? 'EN').replaceAll('_', '-'),
      filter: filters.length > 0 ? allOf(filters) : undefined,
      ...(search.sorts?.length ? { sort: toSort(search.sorts, viewed) } : {}),
      format,
      options: { listSeparator: ';', ...(format === 'csv' ? { dateFormat: 'iso8601' } : {}) },
      ...(format === 'csv' ? { zipAboveBytes } : {}),
      ...(body.exportName === undefined ? {} : { name: body.exportName }),
    },
  }
}

/** Nobody named them, so the key's limits narrow them. */
function defaultProperties({ dataset, view }: Viewed<HubSpotView>): string[] {
  return Object.keys(view.properties).filter((name) => findColumn(dataset, view.properties[name] ?? name))
}

/** What goes with which type, so that nothing that narrows an export is ever ignored. */
function checkedType(body: ExportBody): 'VIEW' | 'LIST' {
  const exportType = body.exportType ?? (body.listId === undefined ? 'VIEW' : 'LIST')
  const issues: Issue[] = []
  if (exportType === 'LIST' && body.listId === undefined) {
    issues.push({ path: 'listId', message: 'is required when exportType is LIST' })
  }
  if (exportType === 'VIEW' && body.listId !== undefined) {
    issues.push({ path: 'listId', message: 'goes with the exportType LIST' })
  }
  if (exportType === 'LIST' && body.publicCrmSearchRequest !== undefined) {
    issues.push({ path: 'publicCrmSearchRequest', message: 'goes with the exportType VIEW' })
  }
  if (issues.length > 0) throw new ValidationError(issues)
  return exportType
}

function toColumns(
  properties: readonly string[],
  viewed: Viewed<HubSpotView>,
  { named }: { named: boolean },
): ColumnRequest[] {
  const columns = properties.map((property) => ({ property, name: propertyColumn(property, viewed) }))
  const unknown = columns.filter(({ name }) => name === undefined)
  if (unknown.length > 0) {
    throw new ValidationError(
      unknown.map(({ property }) => ({
        path: 'objectProperties',
        message: `Property ${quoteName(property)} does not exist`,
      })),
    )
  }
  return columns.map(({ property, name = '' }) => ({ name, ...(named ? { label: property } : {}) }))
}

function typeFilters({ viewed, customTypeId }: CrmObject, origins: Origins): FilterInput[] {
  const { objectTypeColumn } = viewed.view
  if (customTypeId === null || objectTypeColumn === undefined) return []
  return [origins.note('objectType', fieldIs(objectTypeColumn, 'eq', customTypeId))]
}

function listFilters({ listId }: ExportBody, { view }: Viewed<HubSpotView>, origins: Origins): FilterInput[] {
  if (listId === undefined) return []
  const where = fieldIs('id', 'eq', String(listId))
  return [origins.note('listId', { relation: { name: view.lists, quantifier: 'some' as const, where } })]
}

/** `Associated Company IDs` and `Associated Company`. */
function associatedColumns(
  { associatedObjectType: asked }: ExportBody,
  viewed: Viewed<HubSpotView>,
  services: Pick<RestServices, 'datasets'>,
): ColumnRequest[] {
  const word = Array.isArray(asked) ? asked[0] : asked
  if (word === undefined) return []
  const path = 'associatedObjectType'
  const { viewed: associated, customTypeId } = findObject(services, word, path)
  const { objectType, properties, primaryDisplay } = associated.view
  const relation = viewed.view.associations[objectType]
  if (customTypeId !== null || relation === undefined) {
    const known = Object.keys(viewed.view.associations).filter((name) => name !== '2-*')
    const message = `${quoteName(word)} cannot be associated here. Known are: ${known.join(', ')}`
    throw new ValidationError([{ path, message }])
  }
  const name = objectType[0] + objectType.slice(1).toLowerCase()
  return [
    { name: `${relation}.${properties.hs_object_id}`, label: `Associated ${name} IDs` },
    { name: `${relation}.${primaryDisplay}`, label: `Associated ${name}` },
  ]
}

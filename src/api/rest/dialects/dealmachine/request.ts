import { z } from '@hono/zod-openapi'
import { defaultColumnsOf } from '../../../../core/dataset.ts'
import { collectIssues, type Report } from '../../../../core/issue-list.ts'
import type { ColumnRequest } from '../../../../core/request.ts'
import type { DealMachineView } from '../../../../datasets/crm/dialect-views.ts'
import { allOf, type FilterInput, fieldIs } from '../../filter-input.ts'
import { Origins, type Translated } from '../../origins.ts'
import type { Viewed } from '../../views.ts'
import { fieldOf, filterOf, findField, operatorNames, unknownField } from './filters.ts'

const maxFilters = 200
const maxFields = 500
const maxLists = 1_000

/** Files are kept for so long. */
export const lifetimeSeconds = 7 * 24 * 3600

const listIds = z.array(z.union([z.int().positive(), z.string().regex(/^\d{1,18}$/, 'must be a list id')]))
const lists = z.union([
  listIds.max(maxLists),
  z.strictObject({
    property_list_ids: listIds.max(maxLists).optional(),
    people_list_ids: listIds.max(maxLists).optional(),
    list_ids: listIds.max(maxLists).optional(),
  }),
])

const fields = z.array(z.string()).min(1).max(maxFields).optional().openapi({
  description: 'Field ids, in the order of the file. Default: the usual ones.',
})

export const anchors = ['properties', 'people'] as const
export type Anchor = (typeof anchors)[number]

export const searchBody = z
  .strictObject({
    filters: z
      .array(
        z.strictObject({
          filter_id: z.string(),
          operator: z
            .string()
            .nullish()
            .openapi({
              description: `${operatorNames.join(', ')}. Left out: equals; with a list contains_any, with {min, max} range.`,
            }),
          value: z.unknown().optional(),
        }),
      )
      .max(maxFilters)
      .optional()
      .openapi({ description: 'All of them must hold.' }),
    fields,
    sort: z
      .array(z.strictObject({ field_id: z.string(), direction: z.enum(['asc', 'desc']).default('asc') }))
      .max(16)
      .optional(),
    limit: z.int().min(1).nullish().openapi({ description: 'The first so many rows.' }),
    include_lists: lists.nullish().openapi({ description: 'On any of these lists.' }),
    exclude_lists: lists.nullish().openapi({ description: 'On none of these lists.' }),
    exclude_previously_exported: z.boolean().nullish().openapi({
      description: 'Without the rows that an earlier completed export of this organization delivered.',
    }),
  })
  .openapi('DealMachineSearch')

export const listBody = z
  .strictObject({
    fields,
    anchor: z
      .enum(['properties', 'people', 'property', 'person'])
      .optional()
      .openapi({ description: 'What a row is. Default: what the list holds.' }),
  })
  .openapi('DealMachineListExport')

/** @throws ValidationError in the words of the request */
export function toRequest(body: z.infer<typeof searchBody>, viewed: Viewed<DealMachineView>): Translated {
  const issues = collectIssues()
  const origins = new Origins({ excludeDelivered: 'exclude_previously_exported' })
  const filters = [
    ...(body.filters ?? []).map((filter, index) => {
      const path = `filters.${index}`
      const made = filterOf(filter, path, viewed, issues.report)
      return made && origins.note(`${path}.value`, made)
    }),
    onLists(body.include_lists, 'include_lists', viewed, origins, 'some'),
    onLists(body.exclude_lists, 'exclude_lists', viewed, origins, 'none'),
  ].filter((filter) => filter !== undefined)
  const sort = body.sort?.map(({ field_id: id, direction }, index) => {
    const path = `sort.${index}.field_id`
    const column = findField(viewed, id)
    return column === undefined
      ? issues.report(path, unknownField(viewed, id))
      : origins.note(path, { column, direction })
  })
  const columns = columnsOf(body.fields, viewed, { report: issues.report, origins })
  issues.throwIfAny()
  return {
    origins,
    request: {
      ...base(viewed),
      columns,
      ...(filters.length > 0 ? { filter: allOf(filters) } : {}),
      ...(sort ? { sort } : {}),
      ...(body.limit == null ? {} : { limit: body.limit }),
      ...(body.exclude_previously_exported ? { excludeDelivered: true } : {}),
    },
  }
}

/**
 * The rows of one list, or those of the other anchor that belong to them: the people of the properties on it.
 * @throws ValidationError in the words of the request
 */
export function toListRequest(
  { fields: asked }: z.infer<typeof listBody>,
  listId: string,
  { rows, listed }: { rows: Viewed<DealMachineView>; listed: Viewed<DealMachineView> },
): Translated {
  const issues = collectIssues()
  const origins = new Origins()
  const columns = columnsOf(asked, rows, { report: issues.report, origins })
  issues.throwIfAny()
  const onList = listCondition([listId], listed, 'some')
  const filter: FilterInput =
    rows.view.anchor === listed.view.anchor
      ? onList
      : { relation: { name: rows.view.otherAnchor, quantifier: 'some', where: onList } }
  return { origins, request: { ...base(rows), columns, filter } }
}

function base({ dataset, view }: Viewed<DealMachineView>) {
  return {
    door: 'dealmachine',
    dataset: dataset.name,
    format: 'csv',
    compression: 'gzip',
    name: `${view.anchor}_export`,
    fileLifetimeSeconds: lifetimeSeconds,
  } as const
}

function columnsOf(
  asked: readonly string[] | undefined,
  viewed: Viewed<DealMachineView>,
  { report, origins }: { report: Report; origins: Origins },
): ColumnRequest[] {
  if (!asked) {
    return defaultColumnsOf(viewed.dataset).map((name) => ({ name, label: fieldOf(viewed, name) }))
  }
  const columns = asked.map((id, index) => {
    const path = `fields.${index}`
    const name = findField(viewed, id)
    return name === undefined
      ? report(path, unknownField(viewed, id))
      : origins.note(path, { name, label: id })
  })
  return columns.filter((column) => column !== undefined)
}

function onLists(
  asked: z.infer<typeof searchBody>['include_lists'],
  path: string,
  viewed: Viewed<DealMachineView>,
  origins: Origins,
  quantifier: 'some' | 'none',
): FilterInput | undefined {
  if (asked == null) return undefined
  const ids = Array.isArray(asked) ? asked : Object.values(asked).flatMap((each) => each ?? [])
  return origins.note(path, listCondition(ids, viewed, quantifier))
}

function listCondition(
  ids: readonly (string | number)[],
  { view }: Viewed<DealMachineView>,
  quantifier: 'some' | 'none',
): FilterInput {
  return { relation: { name: view.lists, quantifier, where: fieldIs('id', 'in', ids) } }
}

import { z } from '@hono/zod-openapi'
import { ValidationError } from '../../../../core/errors.ts'
import { unknownName } from '../../../../core/unknown-name.ts'
import { findExport } from '../../../../lifecycle/find-export.ts'
import { linkFiles, linkFilesOf } from '../../../../lifecycle/link-files.ts'
import { listExports } from '../../../../lifecycle/list-exports.ts'
import { datasetsOf, loadDataset } from '../../../../lifecycle/load-dataset.ts'
import { submitExport } from '../../../../lifecycle/submit-export.ts'
import { type Call, type Route, route } from '../../dialect.ts'
import type { Translated } from '../../origins.ts'
import { CloseObjects, viewOf } from './objects.ts'
import { leadExportBody, opportunityExportBody, toRequest } from './request.ts'
import { type CloseExport, exportFields, exportId, exportSchema, toBody } from './response.ts'

type Caller = Pick<Call, 'services' | 'principal'>

/** The organization's own fields are part of the words that a request is made of. */
async function loadObjects({ services, principal }: Caller): Promise<CloseObjects> {
  const seen = datasetsOf(services, principal).filter((dataset) => viewOf(dataset))
  const loaded = await Promise.all(seen.map(({ name }) => loadDataset({ ...services, principal }, name)))
  return new CloseObjects(loaded.flatMap((each) => (each ? [each.dataset] : [])))
}

async function start(caller: Caller, { request, origins }: Translated) {
  const { services, principal } = caller
  const { export: row } = await origins.naming(request, () => submitExport(services, principal, request))
  return { status: 200, body: toBody(caller, row, []) }
}

const started = { 200: { description: 'The export was accepted.', schema: exportSchema } }
const listed = {
  200: {
    description: 'A page of exports, newest first.',
    schema: z
      .object({ data: z.array(exportSchema.partial()), has_more: z.boolean() })
      .openapi('CloseExportList'),
  },
}

const listQuery = z.strictObject({
  _limit: z.coerce.number().int().min(1).max(200).default(100),
  _skip: z.coerce.number().int().min(0).max(1_000_000).default(0),
  _fields: z
    .string()
    .optional()
    .openapi({ description: 'Of each export, separated by commas. Default: all.' }),
})

function listRoute(
  path: string,
  operationId: string,
  summary: string,
  types: readonly string[] | null,
): Route {
  return route({
    method: 'get',
    path,
    operationId,
    summary,
    query: listQuery,
    responses: listed,
    async handle(call) {
      const { services, principal, query } = call
      const fields = fieldsOf(query._fields)
      const filter = {
        door: ['close'],
        ...(types ? { doorDetail: { name: 'type', values: types } } : {}),
      }
      const page = await listExports(services, principal, filter, {
        offset: query._skip,
        limit: query._limit,
      })
      const links = await linkFilesOf(services, page.exports, 'files')
      const data = page.exports.map((row) => pick(toBody(call, row, links.get(row.id) ?? []), fields))
      return { status: 200, body: { data, has_more: page.hasMore } }
    },
  })
}

function fieldsOf(text: string | undefined): readonly string[] {
  if (text === undefined) return exportFields
  const fields = text.split(',').map((field) => field.trim())
  const unknown = fields.find((field) => !exportFields.includes(field))
  if (unknown === undefined) return fields
  throw new ValidationError([{ path: '_fields', message: unknownName('field', unknown, exportFields) }])
}

function pick(body: CloseExport, fields: readonly string[]): Partial<CloseExport> {
  return Object.fromEntries(Object.entries(body).filter(([field]) => fields.includes(field)))
}

function getRoute(path: string, operationId: string): Route {
  return route({
    method: 'get',
    path,
    operationId,
    summary: 'How an export stands',
    description: 'Also one that was begun in another way, whatever its type.',
    params: z.object({ id: z.string() }),
    responses: { 200: { description: 'The export.', schema: exportSchema } },
    async handle(call) {
      const { services, principal } = call
      const id = exportId.decode(call.params.id)
      const row = await findExport(services, principal, id === null ? null : { id })
      return { status: 200, body: toBody(call, row, await linkFiles(services, row, 'files')) }
    },
  })
}

/** Fixed words before ids: `lead` is none. */
export const routes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/v1/export/lead',
    operationId: 'close.exportLeads',
    summary: 'Export leads, contacts or opportunities of leads',
    description:
      'Answers at once. The link to the file is in `download_url` once the status is `done`, and in the mail.',
    body: leadExportBody,
    bodyExamples: {
      csv: { format: 'csv', type: 'contacts', date_format: 'iso8601' },
      json: {
        format: 'json',
        type: 'leads',
        include_activities: true,
        s_query: {
          type: 'has_related',
          this_object_type: 'lead',
          related_object_type: 'opportunity',
          related_query: {
            type: 'field_condition',
            field: { type: 'regular_field', object_type: 'opportunity', field_name: 'value' },
            condition: { type: 'number_range', gte: 100000 },
          },
        },
        results_limit: 100,
        send_done_email: false,
      },
    },
    responses: started,
    async handle(call) {
      const { ownerEmail } = call.principal
      return await start(call, toRequest(call.body, { objects: await loadObjects(call), ownerEmail }))
    },
  }),
  route({
    method: 'post',
    path: '/api/v1/export/opportunity',
    operationId: 'close.exportOpportunities',
    summary: 'Export opportunities',
    body: opportunityExportBody,
    bodyExamples: {
      csv: { format: 'csv', params: { value_period: 'monthly', date_won__gte: '2026-01-01' } },
    },
    responses: started,
    async handle(call) {
      const { ownerEmail } = call.principal
      const asked = { ...call.body, type: 'opps' } as const
      return await start(call, toRequest(asked, { objects: await loadObjects(call), ownerEmail }))
    },
  }),
  listRoute('/api/v1/export', 'close.listExports', 'All exports', null),
  listRoute('/api/v1/export/lead', 'close.listLeadExports', 'Exports of leads and what belongs to them', [
    'leads',
    'contacts',
    'lead_opps',
  ]),
  listRoute('/api/v1/export/opportunity', 'close.listOpportunityExports', 'Exports of opportunities', [
    'opps',
  ]),
  getRoute('/api/v1/export/{id}', 'close.getExport'),
  getRoute('/api/v1/export/lead/{id}', 'close.getLeadExport'),
  getRoute('/api/v1/export/opportunity/{id}', 'close.getOpportunityExport'),
]

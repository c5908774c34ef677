import { z } from '@hono/zod-openapi'
import { NotFoundError } from '../../../../core/errors.ts'
import type { ExportStatus } from '../../../../core/status.ts'
import type { DealMachineView } from '../../../../datasets/crm/dialect-views.ts'
import { awaitEnd } from '../../../../lifecycle/await-end.ts'
import { countRows } from '../../../../lifecycle/count-rows.ts'
import { findExport } from '../../../../lifecycle/find-export.ts'
import { linkFiles, linkFilesOf } from '../../../../lifecycle/link-files.ts'
import { listExports } from '../../../../lifecycle/list-exports.ts'
import { submitExport } from '../../../../lifecycle/submit-export.ts'
import { type Call, type Route, route } from '../../dialect.ts'
import { fieldIs } from '../../filter-input.ts'
import { loadViewed, type Viewed, viewsOf } from '../../views.ts'
import { type Anchor, anchors, listBody, searchBody, toListRequest, toRequest } from './request.ts'
import { type DealMachineExport, exportSchema, readySchema, toBody, toReady } from './response.ts'

type Caller = Pick<Call, 'services' | 'principal'>

/** What a status of the vendor's stands for. */
const statuses: Readonly<Record<DealMachineExport['status'], readonly ExportStatus[]>> = {
  pending: ['pending'],
  processing: ['processing'],
  completed: ['completed', 'expired'],
  failed: ['failed', 'canceled'],
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const found = z.object({ data: exportSchema }).openapi('DealMachineExportFound')
const listSchema = z
  .object({
    data: z.array(exportSchema),
    pagination: z.object({ limit: z.int(), offset: z.int(), total: z.int(), has_more: z.boolean() }),
  })
  .openapi('DealMachineExportList')

function declaredAs(
  { services }: Pick<Call, 'services'>,
  anchor: Anchor,
): Viewed<DealMachineView> | undefined {
  return viewsOf(services, 'dealmachine').find(({ view }) => view.anchor === anchor)
}

const load = (caller: Caller, anchor: Anchor) => loadViewed(caller, declaredAs(caller, anchor))

async function shown({ services }: Caller, row: Parameters<typeof toBody>[0]): Promise<DealMachineExport> {
  return toBody(row, await linkFiles(services, row, 'files'), services.now())
}

/** The anchor that a list holds. Of another kind, or unknown, it is not found. @throws NotFoundError */
async function anchorOf({ services, principal }: Caller, listId: string): Promise<Anchor> {
  for (const anchor of /^\d{1,18}$/.test(listId) ? anchors : []) {
    const declared = declaredAs({ services }, anchor)
    const lists = declared?.dataset.relations?.[declared.view.lists]?.dataset
    if (!declared || lists === undefined) continue
    const { column, value } = declared.view.listsOf
    const request = {
      door: 'dealmachine',
      dataset: lists,
      filter: { and: [fieldIs('id', 'eq', listId), fieldIs(column, 'eq', value)] },
    }
    if ((await countRows(services, principal, request)) > 0) return anchor
  }
  throw new NotFoundError('There is no such list of properties or people.')
}

function searchRoutes(anchor: Anchor): Route[] {
  const bodyExamples = {
    filtered: {
      filters:
        anchor === 'properties'
          ? [
              { filter_id: 'estimated_value', operator: 'range', value: { min: 50000, max: 1000000 } },
              { filter_id: 'property_type', operator: 'contains_any', value: ['single_family', 'condo'] },
              { filter_id: 'vacant', value: true },
            ]
          : [{ filter_id: 'do_not_call', value: false }],
      sort: [{ field_id: anchor === 'properties' ? 'estimated_value' : 'last_name', direction: 'desc' }],
      limit: 1000,
    },
  }
  return [
    route({
      method: 'post',
      path: `/v1/${anchor}/export`,
      operationId: `dealmachine.export${anchor === 'people' ? 'People' : 'Properties'}`,
      summary: `Export ${anchor}`,
      description:
        'Answers when the file is ready. When that takes longer than 30 seconds, or the export does not succeed, the answer is 202 with the export, to poll.',
      body: searchBody,
      bodyExamples,
      responses: {
        200: { description: 'The files.', schema: readySchema },
        202: { description: 'It is still being made.', schema: found },
      },
      async handle(call) {
        const { services, principal } = call
        const { request, origins } = toRequest(call.body, await load(call, anchor))
        const { export: row } = await origins.naming(request, () =>
          submitExport(services, principal, request),
        )
        const last = await awaitEnd(services.feed, row, services.dealmachine.waitSeconds * 1000)
        if (last.status !== 'completed') return { status: 202, body: { data: await shown(call, last) } }
        return { status: 200, body: toReady(last, await linkFiles(services, last, 'files')) }
      },
    }),
    route({
      method: 'post',
      path: `/v1/${anchor}/search/count`,
      operationId: `dealmachine.count${anchor === 'people' ? 'People' : 'Properties'}`,
      summary: `How many ${anchor} an export would have`,
      description: 'Makes no export.',
      body: searchBody,
      bodyExamples,
      responses: {
        200: {
          description: 'The number.',
          schema: z.object({ data: z.object({ count: z.int() }) }).openapi(`DealMachine${anchor}Count`),
        },
      },
      async handle(call) {
        const { services, principal } = call
        const { request, origins } = toRequest(call.body, await load(call, anchor))
        const count = await origins.naming(request, () => countRows(services, principal, request))
        return { status: 200, body: { data: { count } } }
      },
    }),
  ]
}

export const routes: readonly Route[] = [
  route({
    method: 'get',
    path: '/v1/exports',
    operationId: 'dealmachine.listExports',
    summary: 'Past exports, newest first',
    description: 'All of the organization, whatever way they were begun.',
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(100).default(25),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
      status: z.enum(['pending', 'processing', 'completed', 'failed']).optional(),
    }),
    responses: { 200: { description: 'A page.', schema: listSchema } },
    async handle({ services, principal, query }) {
      const { limit, offset, status } = query
      const page = await listExports(services, principal, status ? { status: statuses[status] } : {}, {
        limit,
        offset,
        withTotal: true,
      })
      const links = await linkFilesOf(services, page.exports, 'files')
      const now = services.now()
      return {
        status: 200,
        body: {
          data: page.exports.map((row) => toBody(row, links.get(row.id) ?? [], now)),
          pagination: { limit, offset, total: page.total ?? 0, has_more: page.hasMore },
        },
      }
    },
  }),
  route({
    method: 'get',
    path: '/v1/exports/{export_id}',
    operationId: 'dealmachine.getExport',
    summary: 'How an export stands',
    params: z.object({ export_id: z.string() }),
    responses: { 200: { description: 'The export.', schema: found } },
    async handle(call) {
      const { export_id: id } = call.params
      const row = await findExport(
        call.services,
        call.principal,
        uuid.test(id) ? { id: id.toLowerCase() } : null,
      )
      return { status: 200, body: { data: await shown(call, row) } }
    },
  }),
  route({
    method: 'post',
    path: '/v1/lists/{list_id}/export',
    operationId: 'dealmachine.exportList',
    summary: 'Export a list of properties or people',
    description: 'Answers at once; poll the export.',
    params: z.object({ list_id: z.string() }),
    body: listBody,
    bodyExamples: { people: { fields: ['full_name', 'phone_numbers'], anchor: 'people' } },
    responses: {
      202: {
        description: 'The export was accepted.',
        schema: z
          .object({ data: z.object({ export_id: z.string(), status: z.string(), record_count: z.int() }) })
          .openapi('DealMachineListExportStarted'),
      },
    },
    async handle(call) {
      const { services, principal, params, body } = call
      const holds = await anchorOf(call, params.list_id)
      const anchor = body.anchor === undefined ? holds : anchorWord[body.anchor]
      const views = { rows: await load(call, anchor), listed: await load(call, holds) }
      const { request, origins } = toListRequest(body, params.list_id, views)
      return await origins.naming(request, async () => {
        const count = await countRows(services, principal, request)
        const { export: row } = await submitExport(services, principal, request)
        return { status: 202, body: { data: { export_id: row.id, status: 'pending', record_count: count } } }
      })
    },
  }),
  ...anchors.flatMap(searchRoutes),
]

const anchorWord = {
  properties: 'properties',
  property: 'properties',
  people: 'people',
  person: 'people',
} as const

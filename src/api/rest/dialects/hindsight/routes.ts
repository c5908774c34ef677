import { z } from '@hono/zod-openapi'
import { estimateExport } from '../../../../lifecycle/estimate-export.ts'
import { findExport } from '../../../../lifecycle/find-export.ts'
import { forecastExports } from '../../../../lifecycle/forecast-exports.ts'
import { pageRows } from '../../../../lifecycle/page-rows.ts'
import { submitExport } from '../../../../lifecycle/submit-export.ts'
import type { Export } from '../../../../platform/db/entities/export.ts'
import { type Call, JsonText, type RestServices, type Route, route } from '../../dialect.ts'
import { loadViewed, viewsOf } from '../../views.ts'
import { pageQuery, toPageRequest } from './deals-page.ts'
import { exportBody, toRequest } from './request.ts'
import { exportId, exportSchema, startedSchema, toBody, toStarted } from './response.ts'

const loadDeals = (call: Pick<Call, 'services' | 'principal'>) =>
  loadViewed(call, viewsOf(call.services, 'hindsight')[0])

export const routes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/v1/deals/export',
    operationId: 'hindsight.startExport',
    summary: 'Start an export of deals',
    description:
      'Answers at once; the CSV is made in the background. Poll the export until it is `completed`, and fetch `download_url`.',
    body: exportBody,
    bodyExamples: {
      columns: { columns: ['name', 'amount', 'deal_status', 'proposal_due', 'owner_id'] },
      filtered: {
        columns: ['name', 'amount', 'stage', 'close_date'],
        filters: {
          status: ['Closed Won', 'Closed Lost'],
          close_date: { from: '2026-01-01', to: '2026-03-31' },
          amount: { min: 10000, max: 100000 },
          competitor_ids: ['comp_123', 'comp_456'],
          competitor_ids_filter_type: 'include all of',
          salesforce_filters: [{ property: 'Amount', operator: 'is greater than', value: '50000' }],
        },
      },
    },
    responses: { 200: { description: 'The export was accepted.', schema: startedSchema } },
    async handle(call) {
      const { services, principal, body } = call
      const { request, origins } = toRequest(body, await loadDeals(call))
      return await origins.naming(request, async () => {
        const { seconds } = await estimateExport(services, principal, request)
        const { export: row } = await submitExport(services, principal, request)
        return { status: 200, body: toStarted(row, seconds + (await waitSecondsOf(services, row))) }
      })
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/deals/export/{export_id}',
    operationId: 'hindsight.getExport',
    summary: 'How an export stands',
    params: z.object({ export_id: z.string() }),
    responses: { 200: { description: 'The export.', schema: exportSchema } },
    async handle({ services, principal, params }) {
      const id = exportId.decode(params.export_id)
      const row = await findExport(services, principal, id === null ? null : { id })
      return { status: 200, body: await toBody(services, row) }
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/deals',
    operationId: 'hindsight.listDeals',
    summary: 'A page of deals',
    description: 'For looking at a few deals at once; whoever wants all of them does better with an export.',
    query: pageQuery,
    responses: {
      200: { description: 'The deals.', schema: z.array(z.record(z.string(), z.unknown())) },
    },
    async handle(call) {
      const { services, principal, query } = call
      const { request, origins } = toPageRequest(query, await loadDeals(call))
      const page = { offset: query.page_size * query.page_index, limit: query.page_size }
      const rows = await origins.naming(request, () => pageRows(services, principal, request, page))
      return { status: 200, body: new JsonText(`[${rows.join(',')}]`) }
    },
  }),
]

/** The export is accepted, whatever becomes of the estimate: an error would have the caller send it again. */
async function waitSecondsOf(services: RestServices, row: Export): Promise<number> {
  try {
    const forecasts = await forecastExports(services, row.organization.id, [row])
    return forecasts.get(row.id)?.waitSeconds ?? 0
  } catch (error) {
    services.log.warn({ err: error, exportId: row.id }, 'how long an export waits could not be told')
    return 0
  }
}

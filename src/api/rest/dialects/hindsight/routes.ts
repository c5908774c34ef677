import { z } from '@hono/zod-openapi'
import { findExport } from '../../../../lifecycle/find-export.ts'
import { type Route, route } from '../../dialect.ts'
import { exportId, exportSchema, toBody } from './response.ts'

export const routes: readonly Route[] = [
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
]

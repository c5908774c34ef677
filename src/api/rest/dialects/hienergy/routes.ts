import { z } from '@hono/zod-openapi'
import { NotFoundError } from '../../../../core/errors.ts'
import type { ExportStatus } from '../../../../core/status.ts'
import { findChunk } from '../../../../lifecycle/find-chunk.ts'
import { findExport } from '../../../../lifecycle/find-export.ts'
import { linkFiles, linkFilesOf } from '../../../../lifecycle/link-files.ts'
import { listExports } from '../../../../lifecycle/list-exports.ts'
import { submitExport } from '../../../../lifecycle/submit-export.ts'
import { type Call, type Route, route } from '../../dialect.ts'
import { loadViewed } from '../../views.ts'
import { exportBody, findReport, toRequest } from './request.ts'
import {
  exportSchema,
  type HiEnergyExport,
  startedSchema,
  toBody,
  toChunkBody,
  toDryBody,
} from './response.ts'

/** Of download links. */
const linkSeconds = 3_600

/** What a status of the vendor's stands for. */
const statuses: Readonly<Record<HiEnergyExport['status'], readonly ExportStatus[]>> = {
  pending: ['pending'],
  processing: ['processing'],
  completed: ['completed', 'expired'],
  failed: ['failed', 'canceled'],
}

const listSchema = z
  .object({
    data: z.array(exportSchema),
    meta: z.object({
      current_page: z.int(),
      next_page: z.int().nullable(),
      per_page: z.int(),
      has_more: z.boolean(),
      total: z.int(),
    }),
  })
  .openapi('HiEnergyExportList')

/** An export or one of its chunks: they are counted together. */
async function findByNumber(caller: Pick<Call, 'services' | 'principal'>, text: string) {
  const { services, principal } = caller
  const number = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
  try {
    const row = await findExport(services, principal, number === null ? null : { number })
    return toBody(caller, row, await linkFiles(services, row, linkSeconds))
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    const chunk = await findChunk(services, principal, number)
    return toChunkBody(caller, chunk.export, chunk.file, await linkFiles(services, chunk.export, linkSeconds))
  }
}

export const routes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/v1/exports',
    operationId: 'hienergy.createExport',
    summary: 'Kick off a generative export report',
    description:
      'Poll `status_url` until the status is `completed`. An equal request within the dedupe window gets the completed export (200), while one is under way that one (409).',
    query: z.strictObject({
      dry_run: z
        .enum(['true', 'false'])
        .default('false')
        .openapi({ description: 'Answer what would be made, and make nothing.' }),
    }),
    body: exportBody,
    bodyExamples: {
      advertisers: {
        report_type: 'advertisers_csv',
        search_params: { status: ['active', 'paused'], name_cont: 'a', commission_percent_gteq: 5 },
        index_params: { sort: 'name', direction: 'asc', limit: 1000 },
      },
      hot: { report_type: 'hot_advertisers_excel' },
    },
    responses: {
      200: {
        description: 'A completed export that is equal (`deduped`), or a dry run.',
        schema: startedSchema,
      },
      202: { description: 'The export was accepted.', schema: startedSchema },
      409: { description: 'An equal export is under way; poll it.', schema: startedSchema },
    },
    async handle(call) {
      const { services, principal, body, query } = call
      const report = findReport(services, body.report_type)
      const viewed = await loadViewed(call, report.viewed)
      const { request, origins } = toRequest(body, viewed, services.hienergy)
      const dryRun = query.dry_run === 'true'
      const { export: row, duplicate } = await origins.naming(request, () =>
        submitExport(services, principal, { ...request, dryRun }),
      )
      if (dryRun) return { status: 200, body: { export: toDryBody(call, row), deduped: false } }
      const links = await linkFiles(services, row, linkSeconds)
      const shown = toBody(call, row, links)
      switch (duplicate) {
        case 'none':
          return { status: 202, body: { export: shown, deduped: false } }
        case 'inFlight':
          return { status: 409, body: { export: shown, deduped: false } }
        case 'completed':
        case 'resent':
          return { status: 200, body: { export: shown, deduped: true } }
        default:
          return duplicate satisfies never
      }
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/exports',
    operationId: 'hienergy.listExports',
    summary: 'Exports, newest first',
    query: z.strictObject({
      page: z.coerce.number().int().min(1).max(100_000).default(1),
      per_page: z.coerce.number().int().min(1).max(100).default(25),
      status: z.enum(['pending', 'processing', 'completed', 'failed']).optional(),
      report_type: z.string().optional(),
    }),
    responses: { 200: { description: 'A page.', schema: listSchema } },
    async handle(call) {
      const { services, principal, query } = call
      const { page, per_page: limit, status, report_type: type } = query
      if (type !== undefined) findReport(services, type)
      const found = await listExports(
        services,
        principal,
        {
          door: ['hienergy'],
          ...(status ? { status: statuses[status] } : {}),
          ...(type === undefined ? {} : { doorDetail: { name: 'report_type', values: [type] } }),
        },
        { offset: (page - 1) * limit, limit, withTotal: true },
      )
      const links = await linkFilesOf(services, found.exports, linkSeconds)
      return {
        status: 200,
        body: {
          data: found.exports.map((row) => toBody(call, row, links.get(row.id) ?? [])),
          meta: {
            current_page: page,
            next_page: found.hasMore ? page + 1 : null,
            per_page: limit,
            has_more: found.hasMore,
            total: found.total ?? 0,
          },
        },
      }
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/exports/{id}',
    operationId: 'hienergy.getExport',
    summary: 'How an export, or one chunk of it, stands',
    params: z.object({ id: z.string() }),
    responses: {
      200: {
        description: 'The export.',
        schema: z.object({ export: exportSchema }).openapi('HiEnergyExportFound'),
      },
    },
    handle: async (call) => ({ status: 200, body: { export: await findByNumber(call, call.params.id) } }),
  }),
]

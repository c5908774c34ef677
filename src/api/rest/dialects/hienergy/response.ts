import { z } from '@hono/zod-openapi'
import type { LinkedFile } from '../../../../lifecycle/link-files.ts'
import type { Export } from '../../../../platform/db/entities/export.ts'
import type { ExportFile } from '../../../../platform/db/entities/export-file.ts'
import type { Call, RestServices } from '../../dialect.ts'
import { withholdsValues, withNulls } from '../../echo.ts'

const moment = z.string().openapi({ format: 'date-time' })

export const exportSchema = z
  .object({
    id: z.int(),
    report_type: z.string(),
    display_name: z.string(),
    status: z.enum(['pending', 'processing', 'completed', 'failed']),
    status_display: z.string(),
    parameters: z.record(z.string(), z.unknown()),
    filename: z.string().nullable(),
    download_url: z.string().nullable().openapi({
      description: 'Works without a key. Of an export in chunks each chunk has its own.',
    }),
    download_expires_in_seconds: z.int().nullable(),
    error_message: z.string().nullable(),
    progress: z
      .object({ parts_ready: z.int(), total_parts: z.int() })
      .nullable()
      .openapi({ description: 'Finished files of all; of an export in chunks.' }),
    parent_report_id: z.int().nullable().openapi({ description: 'Of a chunk.' }),
    chunked_export: z.boolean(),
    part_report_ids: z.array(z.int()).openapi({ description: 'The chunks of a completed export, in order.' }),
    created_at: moment,
    updated_at: moment,
    started_at: moment.nullable(),
    completed_at: moment.nullable(),
    status_url: z.string().nullable(),
  })
  .openapi('HiEnergyExport')

export type HiEnergyExport = z.infer<typeof exportSchema>

export const startedSchema = z
  .object({ export: exportSchema, deduped: z.boolean() })
  .openapi('HiEnergyExportStarted')

interface Details {
  readonly report_type?: string
  readonly parameters?: { readonly search_params: Record<string, unknown>; readonly index_params: unknown }
}

type Clock = Pick<RestServices, 'publicUrl' | 'now'>
type Caller = Pick<Call, 'services' | 'principal'>

export function toBody(caller: Caller, row: Export, links: readonly LinkedFile[]): HiEnergyExport {
  const { services } = caller
  const total = row.partsTotal ?? 0
  // Whoever limits a file's rows can still come out with one.
  const isChunked = total > 1
  const [linked] = isChunked ? [] : links
  return {
    ...common(caller, row),
    id: row.number,
    status_url: statusUrl(services, row.number),
    filename: linked?.file.name ?? null,
    ...linkOf(services, linked),
    progress: isChunked ? { parts_ready: row.partsReady ?? 0, total_parts: total } : null,
    parent_report_id: null,
    chunked_export: isChunked,
    part_report_ids: isChunked ? links.map(({ file }) => file.number ?? 0) : [],
  }
}

/** A chunk as an export of its own. */
export function toChunkBody(
  caller: Caller,
  parent: Export,
  file: ExportFile,
  links: readonly LinkedFile[],
): HiEnergyExport {
  const { services } = caller
  const number = file.number ?? 0
  return {
    ...common(caller, parent),
    id: number,
    status_url: statusUrl(services, number),
    filename: file.name,
    ...linkOf(
      services,
      links.find((linked) => linked.file.id === file.id),
    ),
    progress: null,
    parent_report_id: parent.number,
    chunked_export: false,
    part_report_ids: [],
  }
}

/** What a dry run would make: it has no id, and nowhere to ask for it. */
export function toDryBody(caller: Caller, row: Export): HiEnergyExport {
  return { ...toBody(caller, row, []), id: 0, status_url: null }
}

function common(caller: Caller, row: Export) {
  const { report_type: type, parameters }: Details = row.door === 'hienergy' ? (row.doorDetails ?? {}) : {}
  const search = parameters?.search_params
  return {
    report_type: type ?? row.dataset,
    display_name: row.name,
    ...statusOf(row),
    parameters: {
      ...parameters,
      ...(search && withholdsValues(row, caller) ? { search_params: withNulls(search) } : {}),
    },
    error_message: row.status === 'failed' || row.status === 'canceled' ? (row.errorMessage ?? null) : null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    completed_at: row.completedAt?.toISOString() ?? null,
  }
}

function statusOf({ status }: Export): Pick<HiEnergyExport, 'status' | 'status_display'> {
  switch (status) {
    case 'pending':
      return { status, status_display: 'Pending' }
    case 'processing':
      return { status, status_display: 'Processing' }
    case 'completed':
      return { status, status_display: 'Completed' }
    case 'failed':
      return { status, status_display: 'Failed' }
    case 'expired':
      return { status: 'completed', status_display: 'Expired' }
    case 'canceled':
      return { status: 'failed', status_display: 'Canceled' }
    default:
      return status satisfies never
  }
}

function statusUrl({ publicUrl }: Clock, number: number): string {
  return `${publicUrl()}/api/v1/exports/${number}`
}

function linkOf({ now }: Clock, linked: LinkedFile | undefined) {
  const seconds = linked && Math.round((linked.expiresAt.getTime() - now().getTime()) / 1000)
  return { download_url: linked?.url ?? null, download_expires_in_seconds: seconds ?? null }
}

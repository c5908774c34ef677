import { z } from '@hono/zod-openapi'
import type { LinkedFile } from '../../../../lifecycle/link-files.ts'
import type { Export } from '../../../../platform/db/entities/export.ts'
import type { Call } from '../../dialect.ts'
import { withholdsValues, withNulls } from '../../echo.ts'
import { prefixedId } from '../../public-id.ts'

export const exportId = prefixedId('expo_')
const organizationId = prefixedId('orga_')
const userId = prefixedId('user_')

export const exportSchema = z
  .object({
    id: z.string(),
    organization_id: z.string(),
    created_by: z.string().nullable().openapi({ description: 'The API key that asked for it.' }),
    updated_by: z.string().nullable(),
    date_created: z.string(),
    date_updated: z.string(),
    type: z.string().openapi({
      description: 'leads, contacts, lead_opps, opps; the dataset of an export begun elsewhere.',
    }),
    format: z.string(),
    date_format: z.string(),
    fields: z.array(z.string()),
    s_query: z.record(z.string(), z.unknown()).nullable(),
    params: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: 'Of exports of opportunities.' }),
    sort: z.array(z.unknown()),
    results_limit: z.int().nullable(),
    status: z.enum(['created', 'started', 'in_progress', 'done', 'error']),
    download_url: z.string().nullable(),
    n_docs: z.int().nullable().openapi({ description: 'All of them; null until they are counted.' }),
    n_docs_processed: z.int(),
    include_activities: z.boolean(),
    include_smart_fields: z.boolean(),
    send_done_email: z.boolean(),
  })
  .openapi('CloseExport')

export type CloseExport = z.infer<typeof exportSchema>
export const exportFields = Object.keys(exportSchema.shape)

/** What an export repeats of its request; one that was begun in another way is described by what it holds. */
interface Details {
  readonly type?: string
  readonly date_format?: string
  readonly fields?: string[] | null
  readonly s_query?: Record<string, unknown> | null
  readonly params?: Record<string, unknown>
  readonly sort?: unknown[]
  readonly results_limit?: number | null
  readonly include_activities?: boolean
  readonly include_smart_fields?: boolean
}

export function toBody(
  caller: Pick<Call, 'services' | 'principal'>,
  row: Export,
  [linked]: readonly LinkedFile[],
): CloseExport {
  const asked: Details = row.door === 'close' ? (row.doorDetails ?? {}) : {}
  const details = withholdsValues(row, caller) ? withoutValues(asked) : asked
  const by = row.requestedBy ? userId.encode(row.requestedBy.id) : null
  return {
    id: exportId.encode(row.id),
    organization_id: organizationId.encode(row.organization.id),
    created_by: by,
    updated_by: by,
    date_created: microseconds(row.createdAt),
    date_updated: microseconds(row.updatedAt),
    type: details.type ?? row.dataset,
    format: row.format,
    date_format: details.date_format ?? 'original',
    fields: details.fields ?? row.spec.columns.map(({ header }) => header),
    s_query: details.s_query ?? null,
    ...(details.params ? { params: details.params } : {}),
    sort: details.sort ?? [],
    results_limit: details.results_limit ?? row.spec.limit ?? null,
    status: statusOf(row),
    download_url: linked?.url ?? null,
    n_docs: row.rowsTotalExact ? (row.rowsTotal ?? null) : null,
    n_docs_processed: row.rowsExported,
    include_activities: details.include_activities ?? false,
    include_smart_fields: details.include_smart_fields ?? false,
    send_done_email: row.notifyByMail,
  }
}

/** What a query names, without what it compares that with. */
const shownKeys: ReadonlySet<string> = new Set([
  'type',
  'mode',
  'negate',
  'object_type',
  'this_object_type',
  'related_object_type',
  'field_name',
  'custom_field_id',
  'direction',
  'results_limit',
])

function withoutValues({ s_query: query, params, ...rest }: Details): Details {
  const isShown = (key: string, value: unknown) => typeof value === 'object' || shownKeys.has(key)
  return {
    ...rest,
    ...(query
      ? { s_query: JSON.parse(JSON.stringify(query), (key, value) => (isShown(key, value) ? value : null)) }
      : {}),
    ...(params ? { params: withNulls(params) } : {}),
  }
}

function statusOf({ status, rowsExported }: Export): CloseExport['status'] {
  switch (status) {
    case 'pending':
      return 'created'
    case 'processing':
      return rowsExported > 0 ? 'in_progress' : 'started'
    case 'completed':
    case 'expired':
      return 'done'
    case 'failed':
    case 'canceled':
      return 'error'
    default:
      return status satisfies never
  }
}

/** As Close writes moments: `2026-03-10T12:00:00.123000+00:00`. */
function microseconds(moment: Date): string {
  return moment.toISOString().replace('Z', '000+00:00')
}

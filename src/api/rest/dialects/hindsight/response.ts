import { z } from '@hono/zod-openapi'
import { durationWords } from '../../../../core/duration-words.ts'
import { linkFiles } from '../../../../lifecycle/link-files.ts'
import type { Export } from '../../../../platform/db/entities/export.ts'
import type { RestServices } from '../../dialect.ts'
import { prefixedId } from '../../public-id.ts'

export const exportId = prefixedId('exp_')

/** Fields that do not apply are left out. */
export const exportSchema = z
  .object({
    export_id: z.string(),
    status: z.enum(['pending', 'completed', 'failed']),
    download_url: z.string().optional().openapi({ description: 'Works without a key for 7 days.' }),
    rows_exported: z.int().optional(),
    error: z.string().optional(),
    created_at: z.string(),
    completed_at: z.string().optional(),
    failed_at: z.string().optional(),
    expires_at: z.string().optional(),
  })
  .openapi('HindsightExport', {
    example: {
      export_id: 'exp_01jAKQq3dQGCj2pVcWmYtE',
      status: 'completed',
      download_url: 'https://sluice.example/files/…/Deals_2026-03-10.csv?expires=…',
      rows_exported: 150,
      created_at: '2026-03-10T12:00:00Z',
      completed_at: '2026-03-10T12:02:30Z',
      expires_at: '2026-03-17T12:02:30Z',
    },
  })

export const startedSchema = z
  .object({
    success: z.literal(true),
    export_id: z.string(),
    status: z.literal('pending'),
    message: z.string(),
    estimated_completion: z.string(),
  })
  .openapi('HindsightExportStarted', {
    example: {
      success: true,
      export_id: 'exp_01jAKQq3dQGCj2pVcWmYtE',
      status: 'pending',
      message: 'Export job started successfully',
      estimated_completion: '2-3 minutes',
    },
  })

export function toStarted(row: Export, seconds: number): z.infer<typeof startedSchema> {
  return {
    success: true,
    export_id: exportId.encode(row.id),
    status: 'pending',
    message: 'Export job started successfully',
    estimated_completion: durationWords(seconds),
  }
}

export async function toBody(services: RestServices, row: Export): Promise<z.infer<typeof exportSchema>> {
  const begun = { export_id: exportId.encode(row.id), created_at: seconds(row.createdAt) }
  switch (row.status) {
    case 'pending':
    case 'processing':
      return { ...begun, status: 'pending' }
    case 'failed':
    case 'canceled':
      return {
        ...begun,
        status: 'failed',
        error: `Export failed: ${row.errorMessage ?? 'it was canceled'}`,
        ...(row.completedAt ? { failed_at: seconds(row.completedAt) } : {}),
      }
    case 'completed':
    case 'expired': {
      const [linked] = await linkFiles(services, row, 'files')
      return {
        ...begun,
        status: 'completed',
        ...(linked ? { download_url: linked.url } : {}),
        rows_exported: row.rowsExported,
        ...(row.completedAt ? { completed_at: seconds(row.completedAt) } : {}),
        ...(row.expiresAt ? { expires_at: seconds(row.expiresAt) } : {}),
      }
    }
    default:
      return row.status satisfies never
  }
}

/** To the second, as the page shows it: `2026-03-10T12:00:00Z`. */
function seconds(moment: Date): string {
  return moment.toISOString().replace(/\.\d+Z$/, 'Z')
}

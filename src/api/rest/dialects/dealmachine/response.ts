import { z } from '@hono/zod-openapi'
import { stageSentence } from '../../../../core/stage-sentence.ts'
import type { LinkedFile } from '../../../../lifecycle/link-files.ts'
import type { Export } from '../../../../platform/db/entities/export.ts'
import { lifetimeSeconds } from './request.ts'

const fileSchema = z.object({ filename: z.string(), url: z.string(), size: z.int() })

export const exportSchema = z
  .object({
    export_id: z.string(),
    status: z.enum(['pending', 'processing', 'completed', 'failed']),
    name: z.string(),
    progress: z.int(),
    progress_stage: z.string(),
    record_count: z.int().nullable().openapi({ description: 'Null until it is complete.' }),
    file_size: z.int().nullable().openapi({ description: 'In bytes; null until it is complete.' }),
    download_urls: z
      .array(fileSchema)
      .nullable()
      .openapi({ description: 'Null until it is complete, and after it has expired.' }),
    created_at: z.string(),
    updated_at: z.string(),
    expires_at: z.string(),
  })
  .openapi('DealMachineExport')

export type DealMachineExport = z.infer<typeof exportSchema>

export const readySchema = z
  .object({
    export_id: z.string(),
    record_count: z.int(),
    file_count: z.int(),
    total_file_size: z.int(),
    execution_time: z.number().openapi({ description: 'In seconds.' }),
    download_urls: z.array(fileSchema),
  })
  .openapi('DealMachineExportReady')

export function toBody(row: Export, links: readonly LinkedFile[], now: Date): DealMachineExport {
  const expiresAt = expiryOf(row)
  const isComplete = row.status === 'completed' || row.status === 'expired'
  return {
    export_id: row.id,
    status: statusOf(row),
    name: row.name,
    progress: isComplete ? 100 : row.progress,
    progress_stage: stageSentence(row),
    record_count: isComplete ? row.rowsExported : null,
    file_size: isComplete ? row.bytes : null,
    download_urls: links.length > 0 && now < expiresAt ? links.map(toFile) : null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  }
}

export function toReady(row: Export, links: readonly LinkedFile[]): z.infer<typeof readySchema> {
  const endedAt = row.completedAt ?? row.updatedAt
  return {
    export_id: row.id,
    record_count: row.rowsExported,
    file_count: links.length,
    total_file_size: row.bytes,
    execution_time: (endedAt.getTime() - row.createdAt.getTime()) / 1000,
    download_urls: links.map(toFile),
  }
}

function toFile({ file, url }: LinkedFile): z.infer<typeof fileSchema> {
  return { filename: file.name, url, size: file.bytes }
}

/** Seven days after it was asked for; of an export begun in another way, when its files go. */
function expiryOf({ door, createdAt, expiresAt }: Export): Date {
  const afterCreation = new Date(createdAt.getTime() + lifetimeSeconds * 1000)
  return door === 'dealmachine' ? afterCreation : (expiresAt ?? afterCreation)
}

function statusOf({ status }: Export): DealMachineExport['status'] {
  switch (status) {
    case 'pending':
    case 'processing':
    case 'completed':
    case 'failed':
      return status
    case 'expired':
      return 'completed'
    case 'canceled':
      return 'failed'
    default:
      return status satisfies never
  }
}

import { z } from '@hono/zod-openapi'
import { linkFiles } from '../../../../lifecycle/link-files.ts'
import type { Export } from '../../../../platform/db/entities/export.ts'
import type { RestServices } from '../../dialect.ts'
import { viewsOf } from '../../views.ts'

/** A status has a fresh link each time, while the file is kept. */
const linkLifetimeSeconds = 5 * 60

/** Exports count within their organization. Null for whatever no number looks like. */
export function numberOf(id: string): number | null {
  return /^[1-9]\d{0,15}$/.test(id) && Number.isSafeInteger(Number(id)) ? Number(id) : null
}

const links = z.record(z.string(), z.string())

export const startedSchema = z
  .object({ id: z.string(), links })
  .openapi('HubSpotTaskLocator', { example: { id: '123', links: {} } })

export const statusSchema = z
  .object({
    status: z.enum(['PENDING', 'PROCESSING', 'CANCELED', 'COMPLETE']),
    result: z.string().optional().openapi({ description: 'The same as downloadUrl.' }),
    downloadUrl: z.string().optional().openapi({ description: 'Works without a key for 5 minutes.' }),
    requestedAt: z.string(),
    startedAt: z.string(),
    completedAt: z.string(),
    numErrors: z.int(),
    errors: z.array(
      z.object({
        status: z.literal('error'),
        category: z.string(),
        message: z.string(),
        context: z.record(z.string(), z.array(z.string())),
        links,
        errors: z.array(z.unknown()),
      }),
    ),
    links,
  })
  .openapi('HubSpotExportStatus', {
    example: {
      status: 'COMPLETE',
      result: 'https://sluice.example/files/…/All_contacts_2026-03-10.csv?expires=…',
      downloadUrl: 'https://sluice.example/files/…/All_contacts_2026-03-10.csv?expires=…',
      requestedAt: '2026-03-10T12:00:00.000Z',
      startedAt: '2026-03-10T12:00:00.120Z',
      completedAt: '2026-03-10T12:00:02.480Z',
      numErrors: 0,
      errors: [],
      links: {},
    },
  })

export async function toStatus(services: RestServices, row: Export): Promise<z.infer<typeof statusSchema>> {
  const [linked] = await linkFiles(services, row, linkLifetimeSeconds)
  const failure = failureOf(row, linked !== undefined)
  const requestedAt = row.createdAt.toISOString()
  return {
    status: failure ? 'CANCELED' : statusOf(row),
    ...(linked ? { result: linked.url, downloadUrl: linked.url } : {}),
    requestedAt,
    // The SDKs parse them whatever the status is.
    startedAt: row.startedAt?.toISOString() ?? requestedAt,
    completedAt: row.completedAt?.toISOString() ?? requestedAt,
    numErrors: failure ? 1 : 0,
    errors: failure ? [{ status: 'error', ...failure, context: {}, links: {}, errors: [] }] : [],
    links: {},
  }
}

function statusOf({ status }: Export): z.infer<typeof statusSchema>['status'] {
  switch (status) {
    case 'pending':
      return 'PENDING'
    case 'processing':
      return 'PROCESSING'
    case 'failed':
    case 'canceled':
      return 'CANCELED'
    case 'completed':
    case 'expired':
      return 'COMPLETE'
    default:
      return status satisfies never
  }
}

/** CANCELED is where every client stops, also one that would wait for a link that never comes. */
function failureOf(row: Export, isLinked: boolean): { category: string; message: string } | null {
  if (row.status === 'failed' || row.status === 'canceled') {
    return { category: row.errorCode ?? 'INTERNAL', message: row.errorMessage ?? 'The export was canceled.' }
  }
  if ((row.status === 'completed' && !isLinked) || row.status === 'expired') {
    return { category: 'EXPIRED', message: 'The file is no longer kept. Start the export again.' }
  }
  return null
}

export const detailsSchema = z
  .object({
    id: z.string(),
    exportName: z.string(),
    exportType: z.enum(['VIEW', 'LIST']),
    exportState: z.enum(['ENQUEUED', 'PROCESSING', 'DONE', 'FAILED', 'CANCELED', 'DELETED']),
    objectType: z.string(),
    objectProperties: z.array(z.string()),
    recordCount: z.int(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .openapi('HubSpotExport', {
    example: {
      id: '123',
      exportName: 'All contacts',
      exportType: 'VIEW',
      exportState: 'DONE',
      objectType: 'CONTACT',
      objectProperties: ['email', 'firstname'],
      recordCount: 150,
      createdAt: '2026-03-10T12:00:00.000Z',
      updatedAt: '2026-03-10T12:00:02.480Z',
    },
  })

const stateOf = {
  pending: 'ENQUEUED',
  processing: 'PROCESSING',
  completed: 'DONE',
  failed: 'FAILED',
  canceled: 'CANCELED',
  expired: 'DELETED',
} as const satisfies Record<Export['status'], string>

/** What a request of this dialect said is said again; of another door's, the nearest words. */
export function toDetails(services: RestServices, row: Export): z.infer<typeof detailsSchema> {
  const { exportType, objectType, objectProperties } = row.door === 'hubspot' ? (row.doorDetails ?? {}) : {}
  const view = viewsOf(services, 'hubspot').find(({ dataset }) => dataset.name === row.dataset)?.view
  return {
    id: String(row.number),
    exportName: row.name,
    exportType: exportType === 'LIST' ? 'LIST' : 'VIEW',
    exportState: stateOf[row.status],
    objectType: typeof objectType === 'string' ? objectType : (view?.objectType ?? row.dataset),
    objectProperties: Array.isArray(objectProperties)
      ? objectProperties.map(String)
      : row.spec.columns.map(({ name }) => name),
    recordCount: row.rowsExported,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

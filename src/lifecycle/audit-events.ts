import type { AuditAction } from '../core/audit-action.ts'
import { AuditEvent } from '../platform/db/entities/audit-event.ts'
import type { Services } from './services.ts'

/** Rows of one round. */
const batchSize = 10_000

/**
 * What happened in an organization, newest first.
 * @param query.beforeId the id of the last one of the page before
 * @param query.limit rows of a page
 */
export async function listAuditEvents(
  services: Pick<Services, 'orm'>,
  organizationId: string,
  query: { actions?: readonly AuditAction[] | undefined; beforeId?: number | undefined; limit: number },
): Promise<AuditEvent[]> {
  const { actions, beforeId, limit } = query
  return await services.orm.em.fork().find(
    AuditEvent,
    {
      organizationId,
      ...(actions ? { action: { $in: [...actions] } } : {}),
      ...(beforeId === undefined ? {} : { id: { $lt: beforeId } }),
    },
    { orderBy: { id: 'desc' }, limit },
  )
}

/** Removes what is older than it has to be kept. Returns how many. */
export async function forgetAuditEvents(
  services: Pick<Services, 'orm' | 'now' | 'auditDays'>,
): Promise<number> {
  const before = new Date(services.now().getTime() - services.auditDays * 24 * 3_600_000)
  let removed = 0
  for (;;) {
    const rows = await services.orm.em.fork().execute(
      `delete from sluice.audit_events where id in
         (select id from sluice.audit_events where at < ? order by at limit ${batchSize}) returning id`,
      [before],
    )
    removed += rows.length
    if (rows.length < batchSize) return removed
  }
}

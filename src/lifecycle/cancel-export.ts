import { LockMode } from '@mikro-orm/core'
import { ForbiddenError, NotFoundError } from '../core/errors.ts'
import type { Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import { isTerminal } from '../core/status.ts'
import { Export } from '../platform/db/entities/export.ts'
import { lockOrganization } from './lock-organization.ts'
import { recordAudit } from './record-audit.ts'
import { recordEvent } from './record-event.ts'
import { releaseWaiting } from './release-waiting.ts'
import type { Services } from './services.ts'

/**
 * Ends an export that is under way. The status decides at once: nothing can be published after it, whether
 * or not a worker is alive to notice. The worker stops reading and removes what it wrote within a second.
 * An export that has already ended is returned as it is.
 * @throws ForbiddenError, NotFoundError
 */
export async function cancelExport(
  services: Pick<Services, 'orm' | 'queue' | 'now'>,
  principal: Principal,
  exportId: string,
): Promise<Export> {
  if (!allows(principal.scopes, 'exports:write')) {
    throw new ForbiddenError('This API key may not cancel exports: it lacks the scope exports:write.')
  }
  return await services.orm.em.fork().transactional(async (em) => {
    await lockOrganization(em, principal.organizationId)
    const row = await em.findOne(
      Export,
      { id: exportId, organization: principal.organizationId },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    )
    if (!row) throw new NotFoundError('There is no such export.')
    if (isTerminal(row.status)) return row
    const now = services.now()
    row.status = 'canceled'
    row.queuePosition = null
    row.completedAt = now
    row.updatedAt = now
    row.estimatedCompletionAt = null
    row.errorCode = 'CANCELED_BY_USER'
    row.errorMessage = 'The export was canceled on request.'
    row.errorRetryable = true
    row.version += 1
    await em.flush()
    await recordEvent(em, {
      exportId,
      type: 'canceled',
      attempt: row.attempt,
      message: 'Canceled on request',
      at: now,
    })
    await recordAudit(em, {
      actor: principal,
      organizationId: principal.organizationId,
      action: 'export.canceled',
      subject: exportId,
      message: `Export ${row.number} of ${row.dataset}`,
      at: now,
    })
    await releaseWaiting(services, em, principal.organizationId)
    return row
  })
}

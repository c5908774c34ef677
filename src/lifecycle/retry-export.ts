import { LockMode } from '@mikro-orm/core'
import { v7 as uuidv7 } from 'uuid'
import { isUnlimited } from '../core/access.ts'
import { ConflictError, ForbiddenError, NotFoundError } from '../core/errors.ts'
import type { Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import { Export } from '../platform/db/entities/export.ts'
import { runTogether } from '../platform/db/run-together.ts'
import { placeStatement } from './admissions.ts'
import { beginOrWaitStatement } from './begin-or-wait.ts'
import { checkLimits } from './check-limits.ts'
import { loadForSpec } from './check-rights.ts'
import { lockWithStanding } from './lock-organization.ts'
import { auditStatement } from './record-audit.ts'
import { eventStatement } from './record-event.ts'
import type { Services } from './services.ts'

/**
 * Has a failed or canceled export made again, from its own spec: the same record, with further attempts.
 * It takes a place in the plan like a new one. This is also how what was given up for dead
 * (`WORKER_LOST`) is driven again. The key that retries must be one that could have asked for it.
 * @throws ForbiddenError, NotFoundError, ConflictError for one that has not failed, LimitExceededError
 */
export async function retryExport(
  services: Pick<Services, 'orm' | 'queue' | 'datasets' | 'source' | 'now'>,
  principal: Principal,
  exportId: string,
): Promise<Export> {
  if (!allows(principal.scopes, 'exports:write')) {
    throw new ForbiddenError('This API key may not retry exports: it lacks the scope exports:write.')
  }
  const { organizationId } = principal
  const asked = { id: exportId, organization: organizationId }
  const found = await services.orm.em.fork().findOne(Export, asked)
  if (!found) throw new NotFoundError('There is no such export.')
  // Before anything is locked, since it may ask the source. A spec never changes. What may use everything asks nothing.
  if (!isUnlimited(principal)) await loadForSpec({ ...services, principal }, found.spec)
  return await services.orm.em.fork().transactional(async (em) => {
    // The organization first, as submitExport does: limits are decided one after the other.
    const { plan } = await lockWithStanding(em, organizationId, null)
    const row = await em.findOne(Export, asked, { lockMode: LockMode.PESSIMISTIC_WRITE })
    if (!row) throw new NotFoundError('There is no such export.')
    if (row.status !== 'failed' && row.status !== 'canceled') {
      throw new ConflictError(`Only a failed or canceled export can be retried; this one is ${row.status}.`)
    }
    const now = services.now()
    const jobId = uuidv7()
    const { door } = row
    const queuePosition = await checkLimits(em, { organizationId, plan, door, now })
    Object.assign(row, {
      status: 'pending',
      stage: 'queued',
      queuePosition,
      progress: 0,
      rowsExported: 0,
      rowsTotal: null,
      rowsTotalExact: false,
      bytes: 0,
      partsReady: null,
      partsTotal: null,
      errorCode: null,
      errorMessage: null,
      errorRetryable: null,
      completedAt: null,
      jobId,
      // The key that retries is the one whose rights count from here on.
      requestedBy: principal.keyId,
      updatedAt: now,
      version: row.version + 1,
    } satisfies { [Name in keyof Export]?: unknown })
    await em.flush()
    await runTogether(em, [
      eventStatement({
        exportId,
        type: 'retried',
        attempt: row.attempt,
        message: 'Retried on request',
        at: now,
      }),
      auditStatement({
        actor: principal,
        organizationId,
        action: 'export.retried',
        subject: exportId,
        message: `Export ${row.number} of ${row.dataset}`,
        at: now,
      }),
      placeStatement({ organizationId, exportId, door, now }),
      await beginOrWaitStatement(services, row),
    ])
    return row
  })
}

import { ForbiddenError, NotFoundError } from '../core/errors.ts'
import type { Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import { cancelExport } from './cancel-export.ts'
import { recordAudit } from './record-audit.ts'
import { removeLeftovers } from './remove-leftovers.ts'
import type { Services } from './services.ts'

/**
 * Removes an export for good: its record, its timeline, its files. One that is under way is canceled
 * first. Links to its files stop working at once.
 * @throws ForbiddenError, NotFoundError
 */
export async function deleteExport(
  services: Pick<Services, 'orm' | 'queue' | 'storage' | 'log' | 'now'>,
  principal: Principal,
  exportId: string,
): Promise<void> {
  if (!allows(principal.scopes, 'exports:write')) {
    throw new ForbiddenError('This API key may not delete exports: it lacks the scope exports:write.')
  }
  const { organizationId } = principal
  const ended = await cancelExport(services, principal, exportId)
  await services.orm.em.fork().transactional(async (em) => {
    const removed = await em.execute(
      'delete from sluice.exports where id = ? and organization_id = ? returning id',
      [exportId, organizationId],
    )
    if (removed.length === 0) throw new NotFoundError('There is no such export.')
    await recordAudit(em, {
      actor: principal,
      organizationId,
      action: 'export.deleted',
      subject: exportId,
      message: `Export ${ended.number} of ${ended.dataset}`,
      at: services.now(),
    })
  })
  // The record is gone, so nothing here can be reached any more; what cannot be removed now, the sweep finds.
  await removeLeftovers(services, organizationId, exportId, Number.POSITIVE_INFINITY)
}

import type { EntityManager } from '@mikro-orm/postgresql'
import { ExportFailure } from '../core/failure.ts'
import { allows } from '../core/scope.ts'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import type { Export } from '../platform/db/entities/export.ts'

/** Accepting an export does not freeze rights: the key must still have them when the rows are read. @throws ExportFailure */
export async function checkRights(em: EntityManager, row: Export, now: Date): Promise<void> {
  const key = row.requestedBy ? await em.findOne(ApiKey, row.requestedBy.id) : null
  const isLive = key && !key.revokedAt && !(key.expiresAt && key.expiresAt <= now)
  if (isLive && allows(key.scopes, 'exports:write')) return
  throw new ExportFailure(
    'ACCESS_REVOKED',
    'The API key that asked for this export was revoked, expired, or lost its right to export.',
  )
}

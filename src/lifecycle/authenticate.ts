import { hashSecret } from '../core/api-key.ts'
import type { Principal } from '../core/request.ts'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import type { Organization } from '../platform/db/entities/organization.ts'
import { findKey } from './find-key.ts'
import type { Services } from './services.ts'

/** Seconds between two writes of a key's last use: precise enough for people, and no write per request. */
const lastUsedPrecisionSeconds = 60

export interface Authenticated extends Principal {
  /** When the key stops working; null: never. */
  readonly expiresAt: Date | null
  /** Of the plan; null: no limit. */
  readonly requestsPerMinute: number | null
  /** Whose key it is; null: nobody's in particular. */
  readonly ownerEmail: string | null
}

/** Whose key this is, or null: unknown, revoked and expired keys look alike. */
export async function authenticate(
  services: Pick<Services, 'orm' | 'now'>,
  secret: string,
): Promise<Authenticated | null> {
  const em = services.orm.em.fork()
  const now = services.now()
  const hash = hashSecret(secret)
  const key = await findKey(em, {
    sql: 'k.hash = ? or (k.previous_hash = ? and k.previous_expires_at > ?)',
    params: [hash, hash, now],
  })
  if (!key || key.revokedAt || (key.expiresAt && key.expiresAt <= now)) return null
  if (!key.lastUsedAt || now.getTime() - key.lastUsedAt.getTime() > lastUsedPrecisionSeconds * 1000) {
    key.lastUsedAt = now
    await em.flush()
  }
  const organization = key.organization.getEntity()
  return {
    ...principalOf(key, organization),
    expiresAt: key.expiresAt ?? null,
    requestsPerMinute: organization.plan.getEntity().requestsPerMinute ?? null,
    ownerEmail: key.ownerEmail ?? null,
  }
}

/** What is wrong with a secret that does not work: for who holds it, and for nobody else. */
export async function whyRefused(
  services: Pick<Services, 'orm' | 'now'>,
  secret: string,
): Promise<'invalid' | 'revoked' | 'expired'> {
  const key = await services.orm.em.fork().findOne(ApiKey, { hash: hashSecret(secret) })
  if (!key) return 'invalid'
  return key.revokedAt ? 'revoked' : 'expired'
}

export function principalOf(key: ApiKey, organization: Organization): Principal {
  return {
    keyId: key.id,
    organizationId: organization.id,
    tenant: organization.externalId,
    scopes: key.scopes,
    limits: { datasets: key.datasets ?? null, columns: key.columns ?? {} },
  }
}

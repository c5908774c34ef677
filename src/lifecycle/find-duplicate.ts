import type { EntityManager } from '@mikro-orm/postgresql'
import { ConflictError } from '../core/errors.ts'
import type { ExportRequest } from '../core/request.ts'
import { type ExportSpec, fingerprintOf } from '../core/spec.ts'
import { isTerminal } from '../core/status.ts'
import { Export } from '../platform/db/entities/export.ts'

/** An export that answers a request: the one that the same idempotency key made, or an equal one. */
export interface FoundDuplicate {
  readonly export: Export
  readonly duplicate: 'resent' | 'inFlight' | 'completed'
}

interface Asked {
  readonly organizationId: string
  readonly request: ExportRequest
  readonly name: string
  /** What the request means at a moment. */
  specAt(moment: Date): ExportSpec
  /** Of what it means now. */
  readonly fingerprint: string
  readonly now: Date
  /** The export that its idempotency key made. */
  readonly sentId: string | null
}

/** @throws ConflictError when the idempotency key belongs to another request */
export async function findDuplicate(em: EntityManager, asked: Asked): Promise<FoundDuplicate | null> {
  const sent = await findSent(em, asked)
  if (sent) return { export: sent, duplicate: 'resent' }
  const equal = await findEqual(em, asked)
  return equal && { export: equal, duplicate: isTerminal(equal.status) ? 'completed' : 'inFlight' }
}

/**
 * The export that was made when this request was sent before. "30 days ago" means another moment now than
 * it did then, so the request is compared as it was resolved then.
 */
async function findSent(
  em: EntityManager,
  { request: { idempotencyKey }, name, specAt, sentId }: Asked,
): Promise<Export | null> {
  if (sentId === null) return null
  const sent = await em.findOneOrFail(Export, sentId)
  if (sent.name === name && sent.fingerprint === fingerprintOf(specAt(sent.createdAt))) return sent
  throw new ConflictError(
    `The idempotency key '${idempotencyKey}' was used for another request. Send that request again, or choose a new key.`,
  )
}

/** An export of the same rows in the same file that is under way or was completed lately. */
async function findEqual(
  em: EntityManager,
  { organizationId, request: { dedupeWithinSeconds }, fingerprint, now }: Asked,
): Promise<Export | null> {
  if (!dedupeWithinSeconds) return null
  const since = new Date(now.getTime() - dedupeWithinSeconds * 1000)
  return await em.findOne(
    Export,
    {
      organization: organizationId,
      fingerprint,
      $or: [
        { status: { $in: ['pending', 'processing'] } },
        { status: 'completed', completedAt: { $gte: since } },
      ],
    },
    { orderBy: { createdAt: 'desc', id: 'desc' } },
  )
}

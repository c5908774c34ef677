import { LockMode } from '@mikro-orm/core'
import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'
import { ConflictError, ForbiddenError, ValidationError } from '../core/errors.ts'
import type { ExportRequest, Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import { type ExportSpec, fingerprintOf } from '../core/spec.ts'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import { Export } from '../platform/db/entities/export.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import { announceChange } from '../platform/events/export-changes.ts'
import { checkPlan } from './check-plan.ts'
import { asksForRelations, loadDataset } from './load-dataset.ts'
import { recordEvent } from './record-event.ts'
import { resolveName, resolveRequest } from './resolve-request.ts'
import type { Services } from './services.ts'

const maxIdempotencyKeyLength = 255
/** A week: longer than any plan keeps a link alive. */
const maxDedupeSeconds = 7 * 24 * 3600

export interface SubmitResult {
  readonly export: Export
  /** Whether the answer is an export that was there before. */
  readonly deduped: boolean
}

/**
 * Accepts a request: the export's row, its first event and its job are written in one transaction, so
 * there is never one without the others. The organization's row is locked for that transaction: limits,
 * numbers, idempotency and dedupe are decided one after the other, whichever server is asked.
 * @throws ForbiddenError, ValidationError, ConflictError, LimitExceededError
 */
export async function submitExport(
  services: Pick<Services, 'orm' | 'queue' | 'datasets' | 'now'>,
  principal: Principal,
  request: ExportRequest,
): Promise<SubmitResult> {
  if (!allows(principal.scopes, 'exports:write')) {
    throw new ForbiddenError('This API key may not create exports: it lacks the scope exports:write.')
  }
  const em = services.orm.em.fork()
  const now = services.now()
  const loaded = await loadDataset(
    { em, datasets: services.datasets, tenant: principal.tenant },
    request.dataset,
    {
      relations: asksForRelations(request.filter),
    },
  )
  if (!loaded) {
    const known = services.datasets.all().map(({ name }) => name)
    throw new ValidationError([
      { path: 'dataset', message: `'${request.dataset}' is not one of ${known.join(', ')}` },
    ])
  }
  checkBounds(request)
  const { organizationId } = principal
  const spec = resolveRequest(request, {
    organizationId,
    dataset: loaded.dataset,
    findDataset: loaded.find,
    now,
  })
  const name = resolveName(request.name, loaded.dataset)
  const fingerprint = fingerprintOf(spec)

  return await em.transactional(async (tx) => {
    const organization = await tx.findOneOrFail(Organization, principal.organizationId, {
      lockMode: LockMode.PESSIMISTIC_WRITE,
    })
    const earlier = await findEarlier(tx, principal, request, fingerprint, now)
    if (earlier) return { export: earlier, deduped: true }
    const plan = await organization.plan.loadOrFail()
    await checkPlan(tx, organization.id, plan, now)

    organization.lastExportNumber += 1
    const created = createRow(tx, { principal, request, spec, name, fingerprint, organization, now })
    created.purgeAt = new Date(now.getTime() + plan.recordLifetimeSeconds * 1000)
    await tx.flush()
    await recordEvent(tx, {
      exportId: created.id,
      type: 'created',
      attempt: 0,
      message: `Asked for through ${request.door}`,
      at: now,
    })
    await services.queue.enqueue(tx, { exportId: created.id })
    await announceChange(tx, {
      exportId: created.id,
      organizationId: organization.id,
      version: created.version,
    })
    return { export: created, deduped: false }
  })
}

function checkBounds(request: ExportRequest): void {
  const { idempotencyKey, dedupeWithinSeconds } = request
  if (
    idempotencyKey !== undefined &&
    (idempotencyKey === '' ||
      idempotencyKey.length > maxIdempotencyKeyLength ||
      idempotencyKey.includes('\0'))
  ) {
    throw new ValidationError([
      { path: 'idempotencyKey', message: `must have 1 to ${maxIdempotencyKeyLength} characters, and no NUL` },
    ])
  }
  if (
    dedupeWithinSeconds !== undefined &&
    !(dedupeWithinSeconds >= 0 && dedupeWithinSeconds <= maxDedupeSeconds)
  ) {
    throw new ValidationError([
      { path: 'dedupeWithinSeconds', message: `must be from 0 to ${maxDedupeSeconds}` },
    ])
  }
}

/** The export that this request has already made, or that an equal one made lately. */
async function findEarlier(
  em: EntityManager,
  principal: Principal,
  request: ExportRequest,
  fingerprint: string,
  now: Date,
): Promise<Export | null> {
  const organization = principal.organizationId
  if (request.idempotencyKey !== undefined) {
    const same = await em.findOne(Export, { organization, idempotencyKey: request.idempotencyKey })
    if (same && same.fingerprint !== fingerprint) {
      throw new ConflictError(
        `The idempotency key '${request.idempotencyKey}' was used for another request. Send that request again, or choose a new key.`,
      )
    }
    if (same) return same
  }
  if (!request.dedupeWithinSeconds) return null
  const since = new Date(now.getTime() - request.dedupeWithinSeconds * 1000)
  return await em.findOne(
    Export,
    {
      organization,
      fingerprint,
      $or: [
        { status: { $in: ['pending', 'processing'] } },
        { status: 'completed', completedAt: { $gte: since } },
      ],
    },
    { orderBy: { createdAt: 'desc', id: 'desc' } },
  )
}

function createRow(
  em: EntityManager,
  of: {
    principal: Principal
    request: ExportRequest
    spec: ExportSpec
    name: string
    fingerprint: string
    organization: Organization
    now: Date
  },
): Export {
  return em.create(Export, {
    id: uuidv7({ msecs: of.now.getTime() }),
    number: of.organization.lastExportNumber,
    organization: of.organization,
    requestedBy: em.getReference(ApiKey, of.principal.keyId),
    door: of.request.door,
    name: of.name,
    dataset: of.spec.dataset,
    format: of.spec.format,
    spec: of.spec,
    fingerprint: of.fingerprint,
    idempotencyKey: of.request.idempotencyKey ?? null,
    status: 'pending',
    stage: 'queued',
    progress: 0,
    rowsExported: 0,
    rowsTotalExact: false,
    bytes: 0,
    attempt: 0,
    version: 1,
    createdAt: of.now,
    updatedAt: of.now,
    purgeAt: of.now,
  })
}

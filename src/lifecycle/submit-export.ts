import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'
import { ForbiddenError, type Issue, ValidationError } from '../core/errors.ts'
import type { ExportRequest, Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import { type ExportSpec, fingerprintOf } from '../core/spec.ts'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import { Export } from '../platform/db/entities/export.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import { insertEntityStatement, runTogether } from '../platform/db/run-together.ts'
import { placeStatement } from './admissions.ts'
import { beginOrWaitStatement } from './begin-or-wait.ts'
import { checkLimits } from './check-limits.ts'
import { type FoundDuplicate, findDuplicate } from './find-duplicate.ts'
import { loadRequest } from './load-request.ts'
import { lockWithStanding } from './lock-organization.ts'
import { auditStatement } from './record-audit.ts'
import { eventStatement } from './record-event.ts'
import { collect, resolveName } from './resolve-request.ts'
import type { Services } from './services.ts'

const maxIdempotencyKeyLength = 255
/** A week: longer than any plan keeps a link alive. */
const maxDedupeSeconds = 7 * 24 * 3600
const minLifetimeSeconds = 60
/** Ten years: what is kept longer is an archive. */
const maxLifetimeSeconds = 10 * 366 * 24 * 3600

/** What answered: a new export, the one that the same idempotency key made, or an equal one. */
export type Duplicate = 'none' | FoundDuplicate['duplicate']

export interface SubmitResult {
  readonly export: Export
  /** Whether the answer is an export that was there before. */
  readonly deduped: boolean
  readonly duplicate: Duplicate
}

/**
 * Accepts a request: the export's row, its first event and its job are written in one transaction, so
 * there is never one without the others. The organization's row is locked for that transaction: limits,
 * numbers, idempotency and dedupe are decided one after the other, whichever server is asked. A dry run
 * meets the same refusals, asks for no duplicate, and answers with a row that is not stored.
 * @throws ForbiddenError, ValidationError, ConflictError, LimitExceededError
 */
export async function submitExport(
  services: Pick<Services, 'orm' | 'queue' | 'datasets' | 'source' | 'now'>,
  principal: Principal,
  request: ExportRequest,
): Promise<SubmitResult> {
  if (!allows(principal.scopes, 'exports:write')) {
    throw new ForbiddenError('This API key may not create exports: it lacks the scope exports:write.')
  }
  const now = services.now()
  const { dataset, specAt } = await loadRequest(services, principal, request)
  const issues: Issue[] = []
  const spec = collect(issues, () => specAt(now))
  checkBounds(request, issues)
  const name = resolveName(request.name, dataset, issues)
  if (!spec || issues.length > 0) throw new ValidationError(issues)
  const fingerprint = fingerprintOf(spec)

  return await services.orm.em.fork().transactional(async (tx) => {
    const { organizationId } = principal
    const idempotencyKey = request.idempotencyKey ?? null
    const { plan, lastExportNumber, sentId } = await lockWithStanding(tx, organizationId, idempotencyKey)
    const asked = { organizationId, request, name, specAt, fingerprint, now, sentId }
    const duplicate = request.dryRun ? null : await findDuplicate(tx, asked)
    if (duplicate) return { ...duplicate, deduped: true }
    const { door } = request
    const queuePosition = await checkLimits(tx, { organizationId, plan, door, now })
    const created = createRow(tx, {
      principal,
      request,
      spec,
      name,
      fingerprint,
      number: lastExportNumber + 1,
      queuePosition,
      recordLifetimeSeconds: request.recordLifetimeSeconds ?? plan.recordLifetimeSeconds,
      now,
    })
    if (request.dryRun) return { export: created, deduped: false, duplicate: 'none' }

    await runTogether(tx, [
      insertEntityStatement(tx, created),
      {
        sql: 'update sluice.organizations set last_export_number = ? where id = ?',
        params: [created.number, organizationId],
      },
      placeStatement({ organizationId, exportId: created.id, door, now }),
      eventStatement({
        exportId: created.id,
        type: 'created',
        attempt: 0,
        message: `Asked for through ${door}`,
        at: now,
      }),
      auditStatement({
        actor: principal,
        organizationId,
        action: 'export.created',
        subject: created.id,
        message: `Export ${created.number} of ${spec.dataset}, through ${door}`,
        at: now,
      }),
      await beginOrWaitStatement(services, created),
    ])
    return { export: created, deduped: false, duplicate: 'none' }
  })
}

function checkBounds(request: ExportRequest, issues: Issue[]): void {
  const { idempotencyKey, dedupeWithinSeconds } = request
  for (const path of ['fileLifetimeSeconds', 'recordLifetimeSeconds'] as const) {
    const seconds = request[path]
    const isKept =
      Number.isSafeInteger(seconds) && seconds! >= minLifetimeSeconds && seconds! <= maxLifetimeSeconds
    if (seconds !== undefined && !isKept) {
      issues.push({
        path,
        message: `must be a whole number from ${minLifetimeSeconds} to ${maxLifetimeSeconds}`,
      })
    }
  }
  if (
    idempotencyKey !== undefined &&
    (idempotencyKey === '' ||
      idempotencyKey.length > maxIdempotencyKeyLength ||
      idempotencyKey.includes('\0'))
  ) {
    issues.push({
      path: 'idempotencyKey',
      message: `must have 1 to ${maxIdempotencyKeyLength} characters, and no NUL`,
    })
  }
  if (
    dedupeWithinSeconds !== undefined &&
    !(dedupeWithinSeconds >= 0 && dedupeWithinSeconds <= maxDedupeSeconds)
  ) {
    issues.push({ path: 'dedupeWithinSeconds', message: `must be from 0 to ${maxDedupeSeconds}` })
  }
}

function createRow(
  em: EntityManager,
  of: {
    principal: Principal
    request: ExportRequest
    spec: ExportSpec
    name: string
    fingerprint: string
    number: number
    queuePosition: number | null
    recordLifetimeSeconds: number
    now: Date
  },
): Export {
  return em.create(
    Export,
    {
      id: uuidv7({ msecs: of.now.getTime() }),
      number: of.number,
      organization: em.getReference(Organization, of.principal.organizationId),
      requestedBy: em.getReference(ApiKey, of.principal.keyId),
      door: of.request.door,
      doorDetails: of.request.doorDetails ?? null,
      name: of.name,
      dataset: of.spec.dataset,
      format: of.spec.format,
      spec: of.spec,
      fingerprint: of.fingerprint,
      idempotencyKey: of.request.idempotencyKey ?? null,
      notifyByMail: of.request.notifyByMail ?? false,
      fileLifetimeSeconds: of.request.fileLifetimeSeconds ?? null,
      status: 'pending',
      stage: 'queued',
      queuePosition: of.queuePosition,
      progress: 0,
      rowsExported: 0,
      rowsTotalExact: false,
      bytes: 0,
      jobId: uuidv7(),
      attempt: 0,
      version: 1,
      createdAt: of.now,
      updatedAt: of.now,
      purgeAt: new Date(of.now.getTime() + of.recordLifetimeSeconds * 1000),
    },
    { persist: false },
  )
}

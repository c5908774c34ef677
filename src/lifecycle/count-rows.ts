import { ForbiddenError } from '../core/errors.ts'
import type { ExportRequest, Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import { tenantSession } from '../core/tenant.ts'
import { countSql } from '../engine/plan/plan-query.ts'
import { Snapshot } from '../engine/source/snapshot.ts'
import { loadRequest } from './load-request.ts'
import { planRows } from './plan-rows.ts'
import type { Services } from './services.ts'
import { withinTime } from './within-time.ts'

/** Somebody waits for the answer. */
const timeoutMs = 30_000

/** How many rows a request's file would have, counted. Makes nothing and counts against no limit. @throws ForbiddenError, ValidationError */
export async function countRows(
  services: Pick<Services, 'orm' | 'datasets' | 'source' | 'now'>,
  principal: Principal,
  request: ExportRequest,
): Promise<number> {
  if (!allows(principal.scopes, 'exports:write')) {
    throw new ForbiddenError('This API key may not count rows: it lacks the scope exports:write.')
  }
  const { dataset, findDataset, specAt } = await loadRequest(services, principal, request)
  const spec = specAt(services.now())
  const plan = await planRows(services, spec, { dataset, findDataset, tenant: principal.tenant })
  await using snapshot = await Snapshot.take({
    url: services.source.url,
    session: tenantSession(services.datasets.all(), principal.tenant),
    timeZone: 'UTC',
    applicationName: 'sluice-count',
    statementTimeoutMs: timeoutMs,
  })
  const { rows } = await withinTime(timeoutMs, () => snapshot.holder.query<{ rows: string }>(countSql(plan)))
  return Number(rows[0]?.rows)
}

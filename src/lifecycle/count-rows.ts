import { ForbiddenError } from '../core/errors.ts'
import type { ExportRequest, Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import { countSql } from '../engine/plan/plan-query.ts'
import { loadRequest } from './load-request.ts'
import { lookIntoSource } from './look-into-source.ts'
import { planRows } from './plan-rows.ts'
import type { Services } from './services.ts'

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
  const look = { tenant: principal.tenant, applicationName: 'sluice-count', timeoutMs }
  return await lookIntoSource(services, look, async ({ holder }) => {
    const { rows } = await holder.query<{ rows: string }>(countSql(plan))
    return Number(rows[0]?.rows)
  })
}

import { isUnlimited } from '../core/access.ts'
import { ForbiddenError, ValidationError } from '../core/errors.ts'
import { ExportFailure } from '../core/failure.ts'
import type { Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import type { ExportSpec } from '../core/spec.ts'
import type { ApiKey } from '../platform/db/entities/api-key.ts'
import type { Plan } from '../platform/db/entities/plan.ts'
import { principalOf } from './authenticate.ts'
import { type LoadContext, type LoadedDataset, loadDataset, namesRelations } from './load-dataset.ts'
import { resolveRequest } from './resolve-request.ts'

/**
 * Whose rights an export is made with, and by which plan. Accepting it does not freeze them: the key must
 * still have them when the rows are read.
 * @param key that asked for it, as it is now; null: it is gone
 * @throws ExportFailure
 */
export function checkRights(key: ApiKey | null, now: Date): { principal: Principal; plan: Plan } {
  const isLive = key && !key.revokedAt && !(key.expiresAt && key.expiresAt <= now)
  if (isLive && allows(key.scopes, 'exports:write')) {
    const organization = key.organization.getEntity()
    return { principal: principalOf(key, organization), plan: organization.plan.getEntity() }
  }
  throw new ExportFailure(
    'ACCESS_REVOKED',
    'The API key that asked for this export was revoked, expired, or lost its right to export.',
  )
}

/**
 * The dataset of a spec as a key may use it; undefined when it is no longer declared.
 * @throws ForbiddenError when the spec holds a dataset or a column that the key may not use (any more)
 */
export async function loadForSpec(
  context: LoadContext,
  spec: ExportSpec,
): Promise<LoadedDataset | undefined> {
  const relations = namesRelations(context.datasets.get(spec.dataset), spec)
  const loaded = await loadDataset(context, spec.dataset, { relations })
  // Resolving takes longer than reading a hundred rows: whoever may use everything is spared it.
  if (loaded && !isUnlimited(context.principal)) assertMayUse(spec, loaded)
  return loaded
}

/** A spec resolves to itself, so a name that is withheld now is found by resolving it once more. @throws ForbiddenError */
function assertMayUse(spec: ExportSpec, { dataset, find: findDataset }: LoadedDataset): void {
  const { organizationId, columns, filter, sort, expand } = spec
  const request = {
    door: '',
    dataset: dataset.name,
    columns,
    filter,
    sort,
    ...(expand === undefined ? {} : { expand }),
  }
  try {
    resolveRequest(request, { organizationId, dataset, findDataset, now: new Date(0) })
  } catch (error) {
    // What is wrong in any other way, such as a column that was dropped, is not a matter of rights.
    if (error instanceof ForbiddenError || !(error instanceof ValidationError)) throw error
  }
}

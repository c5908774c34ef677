import type { Dataset } from '../core/dataset.ts'
import { ForbiddenError } from '../core/errors.ts'
import { ExportFailure } from '../core/failure.ts'
import type { ExportSpec } from '../core/spec.ts'
import { tenantSession } from '../core/tenant.ts'
import { onDay } from '../core/today.ts'
import type { QueryPlan } from '../engine/plan/plan-query.ts'
import type { SourceOptions } from '../engine/source/snapshot.ts'
import type { Plan } from '../platform/db/entities/plan.ts'
import { checkRights, loadForSpec } from './check-rights.ts'
import type { ClaimedExport } from './claim-export.ts'
import type { LoadContext, LoadedDataset } from './load-dataset.ts'
import { planRows, readsOwnDatabase } from './plan-rows.ts'
import type { Services } from './services.ts'

/** All that it takes to read an export's rows. */
export interface PreparedQuery {
  readonly dataset: Dataset
  readonly query: QueryPlan
  readonly plan: Plan
  readonly source: SourceOptions
  /** Whether parts that are planned one after the other are parts of the same rows. */
  readonly canBeSplit: boolean
}

/** Looks everything up again: what was right when the export was accepted may have changed. @throws ExportFailure, ColumnDroppedError */
export async function prepareQuery(services: Services, { row, key }: ClaimedExport): Promise<PreparedQuery> {
  const { principal, plan } = checkRights(key, services.now())
  const { tenant } = principal
  const loaded = await loadWithinRights({ ...services, principal }, row.spec)
  if (!loaded) {
    throw new ExportFailure('DATASET_REMOVED', `The dataset '${row.spec.dataset}' is no longer declared.`)
  }
  return {
    dataset: onDay(loaded.dataset, row.spec.today),
    query: await planRows(services, row.spec, { dataset: loaded.dataset, findDataset: loaded.find, tenant }),
    plan,
    source: {
      url: services.source.url,
      session: tenantSession(services.datasets.all(), tenant),
      statementTimeoutMs: services.source.statementTimeoutMs,
      timeZone: String(row.spec.options.timeZone ?? 'UTC'),
      applicationName: `sluice-export ${row.id}`,
      idle: services.source.idle,
    },
    // What was delivered is part of the snapshot only where it lies beside the rows.
    canBeSplit: !row.spec.excludeDelivered || readsOwnDatabase(services),
  }
}

/** @throws ExportFailure when the key has been limited since the export was accepted */
async function loadWithinRights(context: LoadContext, spec: ExportSpec): Promise<LoadedDataset | undefined> {
  try {
    return await loadForSpec(context, spec)
  } catch (error) {
    if (!(error instanceof ForbiddenError)) throw error
    throw new ExportFailure(
      'ACCESS_REVOKED',
      `The API key that asked for this export may no longer use all that is in it. ${error.message}`,
    )
  }
}

/** @throws ExportFailure when the plan does not allow so many rows */
export function checkRowLimit(plan: Plan, rows: number): void {
  if (plan.maxRowsPerExport == null || rows <= plan.maxRowsPerExport) return
  throw new ExportFailure(
    'ROW_LIMIT_EXCEEDED',
    `The plan ${plan.name} allows ${plan.maxRowsPerExport} rows an export, and this one has more. Filter it, or ask for another plan.`,
  )
}

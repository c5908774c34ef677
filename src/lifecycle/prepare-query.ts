import type { EntityManager } from '@mikro-orm/postgresql'
import type { Dataset } from '../core/dataset.ts'
import { ExportFailure } from '../core/failure.ts'
import { planQuery, type QueryPlan } from '../engine/plan/plan-query.ts'
import type { SourceOptions } from '../engine/source/snapshot.ts'
import type { Export } from '../platform/db/entities/export.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import type { Plan } from '../platform/db/entities/plan.ts'
import { checkRights } from './check-rights.ts'
import { loadDataset, namesRelations } from './load-dataset.ts'
import type { Services } from './services.ts'

/** All that it takes to read an export's rows. */
export interface PreparedQuery {
  readonly dataset: Dataset
  readonly query: QueryPlan
  readonly plan: Plan
  readonly source: SourceOptions
}

/** Looks everything up again: what was right when the export was accepted may have changed. @throws ExportFailure, ColumnDroppedError */
export async function prepareQuery(
  services: Services,
  em: EntityManager,
  row: Export,
): Promise<PreparedQuery> {
  const organization = await em.findOneOrFail(Organization, row.organization.id, { populate: ['plan'] })
  await checkRights(em, row, services.now())
  const tenant = organization.externalId
  const loaded = await loadDataset({ ...services, tenant }, row.spec.dataset, {
    relations: namesRelations(services.datasets.get(row.spec.dataset), row.spec),
  })
  if (!loaded) {
    throw new ExportFailure('DATASET_REMOVED', `The dataset '${row.spec.dataset}' is no longer declared.`)
  }
  return {
    dataset: loaded.dataset,
    query: planQuery(row.spec, { dataset: loaded.dataset, findDataset: loaded.find, tenant }),
    plan: organization.plan.getEntity(),
    source: {
      url: services.source.url,
      statementTimeoutMs: services.source.statementTimeoutMs,
      timeZone: String(row.spec.options.timeZone ?? 'UTC'),
      applicationName: `sluice-export ${row.id}`,
    },
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

import type { Dataset } from '../core/dataset.ts'
import { ExportFailure } from '../core/failure.ts'
import type { ExportSpec } from '../core/spec.ts'
import { onDay } from '../core/today.ts'
import { notDelivered } from '../engine/plan/delivered.ts'
import { planQuery, type QueryPlan, withCondition } from '../engine/plan/plan-query.ts'
import { urlOf } from '../platform/db/orm.ts'
import type { Services } from './services.ts'

/** Keys that can be told to another server: they become part of the statement, some 40 bytes each. */
const maxToldKeys = 1_000_000

/** A spec's rows in SQL, without those that were delivered before where it asks for that. @throws ColumnDroppedError, ExportFailure */
export async function planRows(
  services: Pick<Services, 'orm' | 'source'>,
  spec: ExportSpec,
  given: { dataset: Dataset; findDataset(name: string): Dataset | undefined; tenant: string },
): Promise<QueryPlan> {
  const context = {
    tenant: given.tenant,
    dataset: onDay(given.dataset, spec.today),
    findDataset(name: string) {
      const found = given.findDataset(name)
      return found && onDay(found, spec.today)
    },
  }
  const plan = planQuery(spec, context)
  if (!spec.excludeDelivered) return plan
  const { organizationId } = spec
  const delivered = readsOwnDatabase(services)
    ? { table: 'sluice.delivered_rows', organizationId }
    : { keys: await keysToTell(services, organizationId, context.dataset.name) }
  return withCondition(plan, notDelivered(context.dataset, delivered))
}

/** Whether the snapshot that the rows are read from also holds Sluice's own tables. */
export function readsOwnDatabase({ orm, source }: Pick<Services, 'orm' | 'source'>): boolean {
  return source.url === urlOf(orm)
}

async function keysToTell(
  { orm }: Pick<Services, 'orm'>,
  organizationId: string,
  dataset: string,
): Promise<string[]> {
  const rows = await orm.em
    .fork()
    .execute<{ key: string }[]>(
      'select key from sluice.delivered_rows where organization_id = ? and dataset = ? limit ?',
      [organizationId, dataset, maxToldKeys + 1],
    )
  if (rows.length <= maxToldKeys) return rows.map(({ key }) => key)
  throw new ExportFailure(
    'TOO_MANY_DELIVERED',
    `More than ${maxToldKeys} rows of ${dataset} were delivered before, and they lie on another server than Sluice's own tables.`,
  )
}

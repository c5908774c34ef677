import type { EntityManager } from '@mikro-orm/postgresql'
import { Plan } from '../platform/db/entities/plan.ts'

/**
 * Whatever takes or gives back a place in an organization's plan does so one after the other, on every
 * server. It is the first lock of its transaction: one who held an export's row and waited for this would
 * wait for one who holds this and waits for that row.
 */
export async function lockOrganization(em: EntityManager, organizationId: string): Promise<void> {
  await em.execute('select from sluice.organizations where id = ? for no key update', [organizationId])
}

/** The same lock, and what a request for an export is decided by. */
export async function lockWithPlan(
  em: EntityManager,
  organizationId: string,
): Promise<{ plan: Plan; lastExportNumber: number }> {
  // The plan in a subquery: of a joined row, Postgres would hold the lock as well, or after a wait find none.
  const [row] = await em.execute<{ last_export_number: string; plan: object }[]>(
    `select last_export_number, (select to_jsonb(p) from sluice.plans p where p.name = o.plan_name) as plan
     from sluice.organizations o where id = ? for no key update`,
    [organizationId],
  )
  if (!row) throw new Error(`No organization ${organizationId}`)
  return { plan: em.map(Plan, row.plan), lastExportNumber: Number(row.last_export_number) }
}

import type { EntityManager } from '@mikro-orm/postgresql'
import { Plan } from '../platform/db/entities/plan.ts'
import { runTogether, type Statement } from '../platform/db/run-together.ts'

/**
 * Whatever takes or gives back a place in an organization's plan does so one after the other, on every
 * server. It is the first lock of its transaction: one who held an export's row and waited for this would
 * wait for one who holds this and waits for that row.
 */
export function lockStatement(organizationId: string): Statement {
  return {
    sql: 'select from sluice.organizations where id = ? for no key update',
    params: [organizationId],
  }
}

export async function lockOrganization(em: EntityManager, organizationId: string): Promise<void> {
  await runTogether(em, [lockStatement(organizationId)])
}

/** What a request for an export is decided by. */
export interface Standing {
  readonly plan: Plan
  readonly lastExportNumber: number
  /** The export that the idempotency key made. */
  readonly sentId: string | null
}

/** The same lock, and what is true once it is held. */
export async function lockWithStanding(
  em: EntityManager,
  organizationId: string,
  idempotencyKey: string | null,
): Promise<Standing> {
  // In two statements: one that had to wait for the lock would not see what was committed meanwhile.
  const [row] = await runTogether<{ last_export_number: string; plan: object; sent_id: string | null }>(em, [
    lockStatement(organizationId),
    {
      sql: `select o.last_export_number, to_jsonb(p) as plan,
              (select e.id from sluice.exports e where e.organization_id = o.id and e.idempotency_key = ?) as sent_id
            from sluice.organizations o join sluice.plans p on p.name = o.plan_name where o.id = ?`,
      params: [idempotencyKey, organizationId],
    },
  ])
  if (!row) throw new Error(`No organization ${organizationId}`)
  return {
    plan: em.map(Plan, row.plan),
    lastExportNumber: Number(row.last_export_number),
    sentId: row.sent_id,
  }
}

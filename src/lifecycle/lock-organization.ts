import type { EntityManager } from '@mikro-orm/postgresql'

/**
 * Whatever takes or gives back a place in an organization's plan does so one after the other, on every
 * server. It is the first lock of its transaction: one who held an export's row and waited for this would
 * wait for one who holds this and waits for that row.
 */
export async function lockOrganization(em: EntityManager, organizationId: string): Promise<void> {
  await em.execute('select from sluice.organizations where id = ? for no key update', [organizationId])
}

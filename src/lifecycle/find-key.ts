import type { EntityManager } from '@mikro-orm/postgresql'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import { Plan } from '../platform/db/entities/plan.ts'
import type { Statement } from '../platform/db/run-together.ts'

/**
 * A key with its organization and plan, all of them loaded; null when there is none.
 * @param where a condition on `k`, the key
 */
export async function findKey(em: EntityManager, where: Statement): Promise<ApiKey | null> {
  // Each request and each attempt asks for one: 0.4 ms of CPU, where `findOne` that populates takes 1.2.
  const [row] = await em.execute<{ key: object; organization: object; plan: object }[]>(
    `select to_jsonb(k) as key, to_jsonb(o) as organization, to_jsonb(p) as plan
     from sluice.api_keys k
     join sluice.organizations o on o.id = k.organization_id
     join sluice.plans p on p.name = o.plan_name
     where ${where.sql}`,
    [...where.params],
  )
  if (!row) return null
  em.map(Plan, row.plan)
  em.map(Organization, row.organization)
  return em.map(ApiKey, row.key)
}

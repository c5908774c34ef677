import type { EntityManager } from '@mikro-orm/postgresql'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import { Plan } from '../platform/db/entities/plan.ts'
import type { Statement } from '../platform/db/run-together.ts'

/** A key with its organization and plan, as JSON. */
export interface KeyRow {
  readonly key: object
  readonly organization: object
  readonly plan: object
}

/** Selects KeyRows: 0.4 ms of CPU for each request and attempt, where `findOne` that populates takes 1.2. */
export const selectKeySql = `select to_jsonb(k) as key, to_jsonb(o) as organization, to_jsonb(p) as plan
  from sluice.api_keys k
  join sluice.organizations o on o.id = k.organization_id
  join sluice.plans p on p.name = o.plan_name`

/**
 * A key with its organization and plan, all of them loaded; null when there is none.
 * @param where a condition on `k`, the key
 */
export async function findKey(em: EntityManager, where: Statement): Promise<ApiKey | null> {
  const [row] = await em.execute<KeyRow[]>(`${selectKeySql} where ${where.sql}`, [...where.params])
  return row ? mapKey(em, row) : null
}

/** The entities of a KeyRow. */
export function mapKey(em: EntityManager, { key, organization, plan }: KeyRow): ApiKey {
  em.map(Plan, plan)
  em.map(Organization, organization)
  return em.map(ApiKey, key)
}

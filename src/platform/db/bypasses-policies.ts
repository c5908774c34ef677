import type { EntityManager } from '@mikro-orm/postgresql'

/** Whether row-level security means nothing to the role that we work as: a superuser, or one with BYPASSRLS. */
export async function bypassesPolicies(em: EntityManager): Promise<boolean> {
  const [role] = await em.execute<{ bypasses: boolean }[]>(
    'select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user',
  )
  return role?.bypasses ?? false
}

import type { EntityManager } from '@mikro-orm/postgresql'
import type { AuditAction } from '../core/audit-action.ts'

/** Whoever did it; null: the operator, by the command line. */
export type Actor = { readonly keyId: string | null; readonly address?: string | null } | null

/** Adds a line to the audit events, in the transaction of `em`: what is undone is not told. */
export async function recordAudit(
  em: EntityManager,
  event: {
    actor: Actor
    organizationId: string | null
    action: AuditAction
    subject: string | null
    /** Without secrets. */
    message: string
    at: Date
  },
): Promise<void> {
  const { actor, organizationId, action, subject, message, at } = event
  await em.execute(
    `insert into sluice.audit_events (at, organization_id, key_id, address, action, subject, message)
     values (?, ?, ?, ?, ?, ?, ?)`,
    [at, organizationId, actor?.keyId ?? null, actor?.address || null, action, subject, message],
  )
}

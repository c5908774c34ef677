import type { EntityManager } from '@mikro-orm/postgresql'
import type { AuditAction } from '../core/audit-action.ts'
import { insertStatement, runTogether, type Statement } from '../platform/db/run-together.ts'

/** Whoever did it; null: the operator, by the command line. */
export type Actor = { readonly keyId: string | null; readonly address?: string | null } | null

interface NewAuditEvent {
  readonly actor: Actor
  readonly organizationId: string | null
  readonly action: AuditAction
  readonly subject: string | null
  /** Without secrets. */
  readonly message: string
  readonly at: Date
}

/** Adds a line to the audit events, in the transaction of `em`: what is undone is not told. */
export async function recordAudit(em: EntityManager, event: NewAuditEvent): Promise<void> {
  await runTogether(em, [auditStatement(event)])
}

export function auditStatement(event: NewAuditEvent): Statement {
  const { actor, organizationId, action, subject, message, at } = event
  return insertStatement('sluice.audit_events', {
    at,
    organization_id: organizationId,
    key_id: actor?.keyId ?? null,
    address: actor?.address || null,
    action,
    subject,
    message,
  })
}

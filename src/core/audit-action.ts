/** What is written down of whom. */
export const auditActions = [
  'export.created',
  'export.canceled',
  'export.retried',
  'export.deleted',
  'file.downloaded',
  'key.created',
  'key.rotated',
  'key.revoked',
  'key.refused',
] as const
export type AuditAction = (typeof auditActions)[number]

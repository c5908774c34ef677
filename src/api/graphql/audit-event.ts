import type { AuditAction } from '../../core/audit-action.ts'
import { ValidationError } from '../../core/errors.ts'
import { listAuditEvents } from '../../lifecycle/audit-events.ts'
import type { AuditEvent } from '../../platform/db/entities/audit-event.ts'
import { builder } from './builder.ts'
import { enumValues } from './enum-values.ts'

const defaultPageSize = 50
const maxPageSize = 500

const AuditActionEnum = builder.enumType('AuditAction', {
  description: 'What is written down of whom.',
  values: enumValues<AuditAction>({
    'export.created': 'An export was accepted.',
    'export.canceled': 'An export was canceled.',
    'export.retried': 'An export was asked for again, as it was.',
    'export.deleted': 'An export was removed with its files.',
    'file.downloaded': 'A file was downloaded.',
    'key.created': 'An API key was made.',
    'key.rotated': 'An API key got a successor.',
    'key.revoked': 'An API key was ended.',
    'key.refused': 'A key that is expired or revoked was used.',
  }),
})

const AuditEventType = builder.objectRef<AuditEvent>('AuditEvent').implement({
  description: 'Who did what, from where, and when.',
  fields: (t) => ({
    at: t.field({ type: 'DateTime', description: 'When.', resolve: (event) => event.at }),
    action: t.expose('action', { type: AuditActionEnum, description: 'What was done.' }),
    keyId: t.string({
      nullable: true,
      description: 'Id of the API key that did it, or whose link was used; null: the operator.',
      resolve: (event) => event.keyId ?? null,
    }),
    address: t.string({
      nullable: true,
      description: 'Where it came from; null: not over the network, or not known.',
      resolve: (event) => event.address ?? null,
    }),
    subject: t.string({
      nullable: true,
      description: 'Id of the export, file or key that it was done to.',
      resolve: (event) => event.subject ?? null,
    }),
    message: t.exposeString('message', { description: 'A sentence for people.' }),
  }),
})

builder.queryField('auditEvents', (t) =>
  t.connection(
    {
      type: AuditEventType,
      description: `What happened in the organization, newest first. A page has ${defaultPageSize} events, ${maxPageSize} at most. For keys with the scope admin.`,
      authScopes: { scope: 'admin' },
      args: { actions: t.arg({ type: [AuditActionEnum], description: 'Any of these. Default: all.' }) },
      resolve: async (_root, { first, after, last, before, actions }, { services, principal }) => {
        if (last != null || before != null)
          throw wrong(last != null ? 'last' : 'before', 'goes the other way: use first and after')
        const size = first ?? defaultPageSize
        if (size < 1 || size > maxPageSize) throw wrong('first', `must be from 1 to ${maxPageSize}`)
        const found = await listAuditEvents(services, principal!.organizationId, {
          actions: actions ?? undefined,
          beforeId: after == null ? undefined : idOf(after),
          limit: size + 1,
        })
        const edges = found.slice(0, size).map((node) => ({ node, cursor: String(node.id) }))
        return {
          edges,
          pageInfo: {
            hasNextPage: found.length > size,
            hasPreviousPage: after != null,
            startCursor: edges[0]?.cursor ?? null,
            endCursor: edges.at(-1)?.cursor ?? null,
          },
        }
      },
    },
    { name: 'AuditEventConnection', description: 'A page of audit events.' },
    { name: 'AuditEventEdge', description: 'An audit event in a page.' },
  ),
)

/** @throws ValidationError */
function idOf(cursor: string): number {
  const id = Number(cursor)
  if (/^\d{1,16}$/.test(cursor) && Number.isSafeInteger(id)) return id
  throw wrong('after', 'this cursor does not belong to this list')
}

function wrong(path: string, message: string): ValidationError {
  return new ValidationError([{ path, message }])
}

import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { KeyLimits } from '../../../core/access.ts'
import type { Scope } from '../../../core/scope.ts'
import { ownRows } from '../own-rows.ts'
import { Organization } from './organization.ts'

const announceKey = "perform pg_notify('sluice_key_changes', old.id::text); return null;"

/** A secret of an organization. Only its SHA-256 is stored: the secret has 192 random bits, so no salt or slow hash is due. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  schema: 'sluice',
  // By whatever means a key ends, the servers that hold connections of it are told. @see keyChangesChannel
  triggers: [
    {
      name: 'key_changed',
      timing: 'after',
      events: ['update'],
      // As Postgres gives it back: the difference is taken of the text.
      when: '((old.revoked_at IS DISTINCT FROM new.revoked_at) OR (old.expires_at IS DISTINCT FROM new.expires_at))',
      body: announceKey,
    },
    { name: 'key_deleted', timing: 'after', events: ['delete'], body: announceKey },
  ],
  rowLevelSecurity: 'force',
  policies: [ownRows('organization_id')],
  properties: {
    id: p.uuid().primary(),
    organization: () => p.manyToOne(Organization).ref().deleteRule('cascade').index(),
    name: p.string().columnType('text'),
    /** SHA-256 of the secret, hex. */
    hash: p.string().columnType('text').unique().hidden(),
    /** Of the secret before the last rotation, which works until `previousExpiresAt`. */
    previousHash: p.string().columnType('text').unique().nullable().hidden(),
    previousExpiresAt: p.datetime(3).nullable(),
    /** The first characters of the secret, to recognise it by. */
    prefix: p.string().columnType('text'),
    scopes: p.array().$type<Scope[]>().columnType('text[]'),
    /** The only datasets that it may use; null: all of them. */
    datasets: p.array().columnType('text[]').nullable(),
    /** For each dataset named here, the only columns of it; null: all of all. */
    columns: p.json().$type<KeyLimits['columns']>().nullable(),
    /** Whose key it is, for mail about its exports. */
    ownerEmail: p.string().columnType('text').nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
    lastUsedAt: p.datetime(3).nullable(),
  },
})
export type ApiKey = InferEntity<typeof ApiKey>

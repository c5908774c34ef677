import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { Scope } from '../../../core/scope.ts'
import { Organization } from './organization.ts'

/** A secret of an organization. Only its SHA-256 is stored: the secret has 192 random bits, so no salt or slow hash is due. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  schema: 'sluice',
  properties: {
    id: p.uuid().primary(),
    organization: () => p.manyToOne(Organization).ref().deleteRule('cascade').index(),
    name: p.string().columnType('text'),
    /** SHA-256 of the secret, hex. */
    hash: p.string().columnType('text').unique().hidden(),
    /** The first characters of the secret, to recognise it by. */
    prefix: p.string().columnType('text'),
    scopes: p.array().$type<Scope[]>().columnType('text[]'),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
    lastUsedAt: p.datetime(3).nullable(),
  },
})
export type ApiKey = InferEntity<typeof ApiKey>

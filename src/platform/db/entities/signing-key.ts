import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { noOrganization } from '../own-rows.ts'

/** A secret that signs download links. The newest signs; the others still verify until they are removed. */
export const SigningKey = defineEntity({
  name: 'SigningKey',
  tableName: 'signing_keys',
  schema: 'sluice',
  rowLevelSecurity: 'force',
  policies: [noOrganization],
  properties: {
    id: p.string().columnType('text').primary(),
    secret: p.blob(),
    createdAt: p.datetime(3),
  },
})
export type SigningKey = InferEntity<typeof SigningKey>

import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** A secret that signs download links. The newest signs; the others still verify until they are removed. */
export const SigningKey = defineEntity({
  name: 'SigningKey',
  tableName: 'signing_keys',
  schema: 'sluice',
  properties: {
    id: p.string().columnType('text').primary(),
    secret: p.blob(),
    createdAt: p.datetime(3),
  },
})
export type SigningKey = InferEntity<typeof SigningKey>

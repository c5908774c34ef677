import { v7 as uuidv7 } from 'uuid'
import { hashSecret, newSecret, shownPart } from '../core/api-key.ts'
import { ConflictError, NotFoundError, ValidationError } from '../core/errors.ts'
import { type Scope, scopes } from '../core/scope.ts'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import type { Organization } from '../platform/db/entities/organization.ts'
import { Organization as OrganizationEntity } from '../platform/db/entities/organization.ts'
import type { Services } from './services.ts'

const defaultScopes: readonly Scope[] = ['exports:read', 'exports:write', 'datasets:read']
const minSecretLength = 8

/**
 * A new key. The secret is in the answer and nowhere else: it cannot be read again.
 * @param input.secret one that was agreed on elsewhere; default: a new random one
 * @param input.expiresAt default: never
 * @throws ValidationError, ConflictError when another key has the same secret
 */
export async function createApiKey(
  services: Pick<Services, 'orm' | 'now'>,
  organization: Pick<Organization, 'id'>,
  input: { name: string; scopes?: readonly string[]; expiresAt?: Date | null; secret?: string },
): Promise<{ key: ApiKey; secret: string }> {
  const granted = input.scopes ?? defaultScopes
  const unknown = granted.filter((scope) => !(scopes as readonly string[]).includes(scope))
  if (unknown.length > 0 || granted.length === 0) {
    throw new ValidationError([{ path: 'scopes', message: `takes one or more of ${scopes.join(', ')}` }])
  }
  const secret = input.secret ?? newSecret()
  if (secret.length < minSecretLength || /[\s:]/.test(secret)) {
    throw new ValidationError([
      { path: 'secret', message: `must have ${minSecretLength} characters or more, and no space or colon` },
    ])
  }
  const em = services.orm.em.fork()
  const hash = hashSecret(secret)
  if (await em.findOne(ApiKey, { hash }))
    throw new ConflictError('Another key has this secret. Choose a new one.')
  const key = em.create(ApiKey, {
    id: uuidv7(),
    organization: em.getReference(OrganizationEntity, organization.id),
    name: input.name,
    hash,
    prefix: shownPart(secret),
    scopes: [...granted] as Scope[],
    createdAt: services.now(),
    expiresAt: input.expiresAt ?? null,
  })
  await em.flush()
  return { key, secret }
}

/**
 * Oldest first, with the expired and revoked ones.
 * @public loaded late by the CLI, where knip does not see it
 */
export async function listApiKeys(
  services: Pick<Services, 'orm'>,
  organization: Pick<Organization, 'id'>,
): Promise<ApiKey[]> {
  return await services.orm.em
    .fork()
    .find(ApiKey, { organization: organization.id }, { orderBy: { createdAt: 'asc', id: 'asc' } })
}

/** Ends a key, named by its id or shown prefix. Revoking it again changes nothing. @throws NotFoundError, ConflictError */
export async function revokeApiKey(services: Pick<Services, 'orm' | 'now'>, word: string): Promise<ApiKey> {
  const em = services.orm.em.fork()
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word)
  const found = await em.find(ApiKey, isUuid ? { id: word } : { prefix: word })
  if (found.length > 1) throw new ConflictError(`'${word}' fits ${found.length} keys. Name one by its id.`)
  const [key] = found
  if (!key) throw new NotFoundError(`There is no key '${word}'.`)
  key.revokedAt ??= services.now()
  await em.flush()
  return key
}

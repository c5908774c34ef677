import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'
import type { KeyLimits } from '../core/access.ts'
import { hashSecret, newSecret, shownPart } from '../core/api-key.ts'
import type { AuditAction } from '../core/audit-action.ts'
import { ConflictError, type Issue, NotFoundError, ValidationError } from '../core/errors.ts'
import { type Scope, scopes } from '../core/scope.ts'
import { unknownName } from '../core/unknown-name.ts'
import type { DatasetRegistry } from '../datasets/registry.ts'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import { recordAudit } from './record-audit.ts'
import type { Services } from './services.ts'

/** Personal data only for whoever asks for it. */
const defaultScopes: readonly Scope[] = ['exports:read', 'exports:write', 'datasets:read']
const minSecretLength = 8
const maxNameLength = 200

export interface NewApiKey {
  /** What it is for. */
  readonly name: string
  /** Default: to read and write exports and to read datasets, without personal data. */
  readonly scopes?: readonly string[]
  /** The only datasets that it may use. Default: all. */
  readonly datasets?: readonly string[]
  /** For each dataset named here, the only columns of it that it may use. */
  readonly columns?: KeyLimits['columns']
  /** Default: never. */
  readonly expiresAt?: Date | null
  /** One that was agreed on elsewhere. Default: a new random one. */
  readonly secret?: string
  /** Whose key it is, for mail about its exports. */
  readonly ownerEmail?: string
}

/**
 * A new key. The secret is in the answer and nowhere else: it cannot be read again.
 * @throws ValidationError, ConflictError when another key has the same secret
 */
export async function createApiKey(
  services: Pick<Services, 'orm' | 'datasets' | 'now'>,
  organization: Pick<Organization, 'id'>,
  input: NewApiKey,
): Promise<{ key: ApiKey; secret: string }> {
  const granted = input.scopes ?? defaultScopes
  const secret = input.secret ?? newSecret()
  const issues = issuesOf({ ...input, scopes: granted, secret }, services.datasets)
  if (issues.length > 0) throw new ValidationError(issues)
  const em = services.orm.em.fork()
  const hash = hashSecret(secret)
  if (await em.findOne(ApiKey, { $or: [{ hash }, { previousHash: hash }] }))
    throw new ConflictError('Another key has this secret. Choose a new one.')
  const key = em.create(ApiKey, {
    id: uuidv7(),
    organization: em.getReference(Organization, organization.id),
    name: input.name,
    hash,
    prefix: shownPart(secret),
    scopes: [...granted] as Scope[],
    datasets: input.datasets ? [...input.datasets] : null,
    columns: input.columns ?? null,
    ownerEmail: input.ownerEmail ?? null,
    createdAt: services.now(),
    expiresAt: input.expiresAt ?? null,
  })
  await em.transactional((tx) => audit(tx, key, 'key.created', services.now()))
  return { key, secret }
}

async function audit(em: EntityManager, key: ApiKey, action: AuditAction, at: Date): Promise<void> {
  await em.flush()
  const message = `The key ${key.prefix}… (${key.name})`
  await recordAudit(em, {
    actor: null,
    organizationId: key.organization.id,
    action,
    subject: key.id,
    message,
    at,
  })
}

function issuesOf(
  { name, scopes: granted, secret, datasets, columns = {}, ownerEmail }: NewApiKey & { secret: string },
  registry: DatasetRegistry,
): Issue[] {
  const issues: Issue[] = []
  const report = (path: string, message: string) => issues.push({ path, message })
  if (name.trim() === '' || name.length > maxNameLength) {
    report('name', `must have 1 to ${maxNameLength} characters`)
  }
  const isScope = (word: string) => (scopes as readonly string[]).includes(word)
  if (granted?.length === 0 || !granted?.every(isScope)) {
    report('scopes', `takes one or more of ${scopes.join(', ')}`)
  }
  if (secret.length < minSecretLength || /[\s:]/.test(secret)) {
    report('secret', `must have ${minSecretLength} characters or more, and no space or colon`)
  }
  if (ownerEmail !== undefined && !/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(ownerEmail)) {
    report('ownerEmail', `'${ownerEmail}' is no e-mail address`)
  }
  if (datasets?.length === 0) report('datasets', 'must name a dataset; leave it out for all of them')
  const known = registry.all().map((dataset) => dataset.name)
  for (const word of datasets ?? []) {
    if (!registry.get(word)) report('datasets', unknownName('dataset', word, known))
  }
  for (const [word, names] of Object.entries(columns)) {
    const dataset = registry.get(word)
    if (!dataset) report('columns', unknownName('dataset', word, known))
    else if (names.length === 0) report(`columns.${word}`, 'must name a column')
    for (const column of dataset ? names : []) {
      // Dynamic columns come and go with their catalog; a name that could be one's is taken.
      const isDynamic = dataset?.dynamicColumns?.some(({ prefix }) => column.startsWith(prefix))
      if (dataset && !isDynamic && !Object.hasOwn(dataset.columns, column)) {
        report(`columns.${word}`, unknownName('column', column, Object.keys(dataset.columns)))
      }
    }
  }
  return issues
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

/** Ends a key at once, with its links. Revoking it again changes nothing. @throws NotFoundError, ConflictError */
export async function revokeApiKey(services: Pick<Services, 'orm' | 'now'>, word: string): Promise<ApiKey> {
  return await services.orm.em.fork().transactional(async (em) => {
    const key = await findKey(em, word)
    if (key.revokedAt) return key
    const now = services.now()
    key.revokedAt = now
    await audit(em, key, 'key.revoked', now)
    return key
  })
}

/**
 * Gives a key a new secret. It stays the same key: its scopes, limits, links and exports, and who asked
 * for them. The old secret works on for a while, so that nobody is locked out while the new one is put in
 * place; a third one ends the first at once.
 * @param overlapSeconds how long the old secret works; 0: not at all
 * @throws NotFoundError; ConflictError for a name that fits several, or a key that works no longer
 */
export async function rotateApiKey(
  services: Pick<Services, 'orm' | 'now'>,
  word: string,
  overlapSeconds: number,
): Promise<{ key: ApiKey; secret: string }> {
  const secret = newSecret()
  const key = await services.orm.em.fork().transactional(async (em) => {
    const found = await findKey(em, word)
    const now = services.now()
    if (found.revokedAt || (found.expiresAt && found.expiresAt <= now)) {
      throw new ConflictError('This key was revoked or has expired. Make a new one.')
    }
    found.previousHash = overlapSeconds > 0 ? found.hash : null
    found.previousExpiresAt = overlapSeconds > 0 ? new Date(now.getTime() + overlapSeconds * 1000) : null
    found.hash = hashSecret(secret)
    found.prefix = shownPart(secret)
    await audit(em, found, 'key.rotated', now)
    return found
  })
  return { key, secret }
}

/** By its id or shown prefix. @throws NotFoundError, ConflictError when it fits several */
async function findKey(em: EntityManager, word: string): Promise<ApiKey> {
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word)
  const found = await em.find(ApiKey, isUuid ? { id: word } : { prefix: word })
  if (found.length > 1) throw new ConflictError(`'${word}' fits ${found.length} keys. Name one by its id.`)
  const [key] = found
  if (!key) throw new NotFoundError(`There is no key '${word}'.`)
  return key
}

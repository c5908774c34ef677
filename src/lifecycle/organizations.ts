import { ref } from '@mikro-orm/core'
import { v7 as uuidv7 } from 'uuid'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import { findPlan } from './plans.ts'
import type { Services } from './services.ts'

/**
 * @param input.externalId what the datasets' tenant columns hold for it; default: its name
 * @throws ValidationError, ConflictError
 */
export async function createOrganization(
  services: Pick<Services, 'orm' | 'now'>,
  input: { name: string; externalId?: string; plan?: string },
): Promise<Organization> {
  const em = services.orm.em.fork()
  const externalId = input.externalId ?? input.name
  const planName = input.plan ?? 'unlimited'
  const plan = await findPlan(em, planName)
  if (await em.findOne(Organization, { externalId })) {
    throw new ConflictError(`An organization with the external id '${externalId}' exists already.`)
  }
  const organization = em.create(Organization, {
    id: uuidv7(),
    name: input.name,
    externalId,
    plan,
    lastExportNumber: 0,
    createdAt: services.now(),
  })
  await em.flush()
  return organization
}

/** By id, external id or name. @throws NotFoundError, ConflictError when a name fits several */
export async function findOrganization(services: Pick<Services, 'orm'>, word: string): Promise<Organization> {
  const em = services.orm.em.fork()
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word)
  const found = await em.find(Organization, {
    $or: [{ externalId: word }, { name: word }, ...(isUuid ? [{ id: word }] : [])],
  })
  if (found.length > 1)
    throw new ConflictError(`'${word}' fits ${found.length} organizations. Name one by its id.`)
  const [organization] = found
  if (!organization) throw new NotFoundError(`There is no organization '${word}'.`)
  return organization
}

/** Moves an organization to another plan; it holds from the next request on. @throws ValidationError, NotFoundError, ConflictError */
export async function changePlanOf(
  services: Pick<Services, 'orm'>,
  word: string,
  planName: string,
): Promise<Organization> {
  const { id } = await findOrganization(services, word)
  const em = services.orm.em.fork()
  const organization = await em.findOneOrFail(Organization, id)
  organization.plan = ref(await findPlan(em, planName))
  await em.flush()
  return organization
}

export async function listOrganizations(services: Pick<Services, 'orm'>): Promise<Organization[]> {
  return await services.orm.em.fork().findAll(Organization, { orderBy: { createdAt: 'asc', id: 'asc' } })
}

import { v7 as uuidv7 } from 'uuid'
import { ConflictError, NotFoundError, ValidationError } from '../core/errors.ts'
import type { DoorLimits } from '../core/limits.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import { Plan } from '../platform/db/entities/plan.ts'
import type { Services } from './services.ts'

const hour = 3600
const day = 24 * hour

/** The plans that every installation has. Essentials, growth and enterprise have Hindsight's numbers. @see docs: plans */
const builtInPlans = [
  { name: 'essentials', exportsPerHour: 5, maxConcurrentExports: 2 },
  { name: 'growth', exportsPerHour: 20, maxConcurrentExports: 5 },
  { name: 'enterprise', exportsPerHour: 100, maxConcurrentExports: 20 },
  { name: 'unlimited', exportsPerHour: null, maxConcurrentExports: null },
] as const

/** HubSpot's own limits, whatever the plan. @see docs: plans */
const hubspot = { exportsPerDay: 30, maxConcurrentExports: 1, beyondConcurrency: 'queue' } as const

const lifetimes = { linkLifetimeSeconds: hour, fileLifetimeSeconds: 7 * day, recordLifetimeSeconds: 30 * day }

/** What an export through a vendor's door meets: as that vendor's own customers do. */
function doorLimitsOf({ exportsPerHour, maxConcurrentExports }: (typeof builtInPlans)[number]): DoorLimits {
  if (exportsPerHour === null) return { hubspot }
  return { hubspot, hindsight: { exportsPerHour, maxConcurrentExports, beyondConcurrency: 'refuse' } }
}

/** Adds the built-in plans that are missing; ones that an operator changed stay as they are. */
export async function ensurePlans(services: Pick<Services, 'orm'>): Promise<void> {
  const em = services.orm.em.fork()
  await em.upsertMany(
    Plan,
    builtInPlans.map((plan) => ({
      ...plan,
      ...lifetimes,
      exportsPerDay: null,
      beyondConcurrency: 'refuse' as const,
      doorLimits: doorLimitsOf(plan),
      maxRowsPerExport: null,
    })),
    { onConflictFields: ['name'], onConflictAction: 'ignore' },
  )
}

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
  const plan = await em.findOne(Plan, { name: planName })
  if (!plan) {
    const known = (await em.findAll(Plan)).map(({ name }) => name)
    throw new ValidationError([
      { path: 'plan', message: `'${planName}' is not one of ${known.sort().join(', ')}` },
    ])
  }
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

export async function listOrganizations(services: Pick<Services, 'orm'>): Promise<Organization[]> {
  return await services.orm.em.fork().findAll(Organization, { orderBy: { createdAt: 'asc', id: 'asc' } })
}

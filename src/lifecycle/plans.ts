import type { EntityManager } from '@mikro-orm/postgresql'
import { ConflictError, type Issue, ValidationError } from '../core/errors.ts'
import {
  type BeyondConcurrency,
  beyondConcurrencies,
  type DoorLimits,
  type ExportLimits,
} from '../core/limits.ts'
import { unknownName } from '../core/unknown-name.ts'
import { Plan } from '../platform/db/entities/plan.ts'
import type { Services } from './services.ts'

const hour = 3600
const day = 24 * hour

/** The plans that every installation has. Essentials, growth and enterprise have Hindsight's numbers. @see docs: plans */
const builtInPlans = [
  { name: 'essentials', exportsPerHour: 5, maxConcurrentExports: 2, requestsPerMinute: 600 },
  { name: 'growth', exportsPerHour: 20, maxConcurrentExports: 5, requestsPerMinute: 1_200 },
  { name: 'enterprise', exportsPerHour: 100, maxConcurrentExports: 20, requestsPerMinute: 6_000 },
  { name: 'unlimited', exportsPerHour: null, maxConcurrentExports: null, requestsPerMinute: 60_000 },
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

export async function listPlans(services: Pick<Services, 'orm'>): Promise<Plan[]> {
  return await services.orm.em.fork().findAll(Plan, { orderBy: { name: 'asc' } })
}

/** @throws ValidationError that names the ones there are */
export async function findPlan(em: EntityManager, name: string): Promise<Plan> {
  const plan = await em.findOne(Plan, { name })
  if (plan) return plan
  const known = (await em.findAll(Plan)).map((each) => each.name).sort()
  throw new ValidationError([{ path: 'plan', message: unknownName('plan', name, known) }])
}

/** A new plan with everything as another one has it. @throws ValidationError, ConflictError */
export async function copyPlan(
  services: Pick<Services, 'orm'>,
  { from, name }: { from: string; name: string },
): Promise<Plan> {
  const em = services.orm.em.fork()
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(name)) {
    throw new ValidationError([
      { path: 'name', message: "must have 1 to 63 lower-case letters, digits, '-' and '_'" },
    ])
  }
  const model = await findPlan(em, from)
  if (await em.findOne(Plan, { name })) throw new ConflictError(`A plan '${name}' exists already.`)
  const { name: _, ...limits } = model
  const copy = em.create(Plan, { ...limits, name })
  await em.flush()
  return copy
}

/** What may be changed of a plan; null: no limit. What is left out stays. */
export interface PlanChange {
  readonly exportsPerHour?: number | null
  readonly exportsPerDay?: number | null
  readonly maxConcurrentExports?: number | null
  readonly beyondConcurrency?: BeyondConcurrency
  readonly requestsPerMinute?: number | null
  readonly maxRowsPerExport?: number | null
  readonly linkLifetimeSeconds?: number
  readonly fileLifetimeSeconds?: number
  readonly recordLifetimeSeconds?: number
}

/** PostgreSQL's integer. */
const maxInteger = 2 ** 31 - 1

/**
 * Holds from the next request on; exports that wait for a place are looked at within a minute.
 * @param door its own limits are changed instead of the plan's; `'none'`: it follows the plan again
 * @throws ValidationError
 */
export async function changePlan(
  services: Pick<Services, 'orm'>,
  name: string,
  change: PlanChange,
  door?: { readonly name: string; readonly removed?: boolean },
): Promise<Plan> {
  const em = services.orm.em.fork()
  const plan = await findPlan(em, name)
  const issues: Issue[] = []
  for (const [path, value] of Object.entries(change)) {
    if (path === 'beyondConcurrency') {
      if (beyondConcurrencies.includes(value as BeyondConcurrency)) continue
      issues.push({ path, message: `must be one of ${beyondConcurrencies.join(', ')}` })
      continue
    }
    const max = path === 'maxRowsPerExport' ? Number.MAX_SAFE_INTEGER : maxInteger
    const isLimit = Number.isSafeInteger(value) && value >= 1 && value <= max
    if (value !== null && !isLimit) issues.push({ path, message: `must be a whole number from 1 to ${max}` })
  }
  if (issues.length > 0) throw new ValidationError(issues)
  if (!door) {
    Object.assign(plan, change)
  } else if (door.removed) {
    const { [door.name]: _, ...others } = plan.doorLimits
    plan.doorLimits = others
  } else {
    const { exportsPerHour, exportsPerDay, maxConcurrentExports, beyondConcurrency } = change
    const limits = { exportsPerHour, exportsPerDay, maxConcurrentExports, beyondConcurrency }
    plan.doorLimits = {
      ...plan.doorLimits,
      [door.name]: { ...plan.doorLimits[door.name], ...withoutUndefined(limits) },
    }
  }
  await em.flush()
  return plan
}

function withoutUndefined(
  limits: {
    [Name in keyof ExportLimits]?: ExportLimits[Name] | undefined
  },
): Partial<ExportLimits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
}

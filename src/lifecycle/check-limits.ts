import type { EntityManager } from '@mikro-orm/postgresql'
import { LimitExceededError } from '../core/errors.ts'
import { type LimitPool, poolOf } from '../core/limits.ts'
import type { Plan } from '../platform/db/entities/plan.ts'
import { poolSql } from './pool-sql.ts'

/** Exports that may wait in one pool: each end of an export numbers them anew. */
const maxWaiting = 1_000
/** Past exports that a running one is measured by, until it has a pace of its own. */
const learnedFrom = 20
/** Seconds of an export where nothing is known of any. */
const assumedSeconds = 5

interface Asked {
  readonly organizationId: string
  readonly plan: Plan
  readonly door: string
  readonly now: Date
}

/**
 * Refuses what the plan does not allow. Windows roll; exports that failed on our side have given their
 * place back. The caller holds the organization's lock, so that two requests cannot both take the last
 * place.
 * @returns the place in the queue at which the export has to wait; null: it can begin
 * @throws LimitExceededError
 */
export async function checkLimits(em: EntityManager, asked: Asked): Promise<number | null> {
  const pool = poolOf(asked.plan, asked.door)
  await checkWindows(em, asked, pool)
  return await checkConcurrency(em, asked, pool)
}

async function checkWindows(
  em: EntityManager,
  { organizationId, plan, now }: Asked,
  pool: LimitPool,
): Promise<void> {
  const { exportsPerHour, exportsPerDay } = pool
  if (exportsPerHour === null && exportsPerDay === null) return
  const ofPool = poolSql(pool, plan.doorLimits)
  const [usage] = await em.execute<
    { hour: number; day: number; hour_frees_in: number | null; day_frees_in: number | null }[]
  >(
    `select count(*) filter (where in_hour)::int as hour, count(*)::int as day,
            extract(epoch from (array_agg(accepted_at order by accepted_at desc) filter (where in_hour))[?]
              + interval '1 hour' - ?::timestamptz)::float as hour_frees_in,
            extract(epoch from (array_agg(accepted_at order by accepted_at desc))[?]
              + interval '1 day' - ?::timestamptz)::float as day_frees_in
     from (select accepted_at, accepted_at > ?::timestamptz - interval '1 hour' as in_hour
           from sluice.admissions
           where organization_id = ? and accepted_at > ?::timestamptz - interval '1 day' and ${ofPool.sql}) as recent`,
    [exportsPerHour || 1, now, exportsPerDay || 1, now, now, organizationId, now, ...ofPool.params],
  )
  if (!usage) return
  const whose = nameOf(plan, pool)
  if (exportsPerHour !== null && usage.hour >= exportsPerHour) {
    throw new LimitExceededError(`${whose} allows ${exportsPerHour} exports an hour, and all are used.`, {
      window: 'HOUR',
      limit: exportsPerHour,
      retryAfterSeconds: usage.hour_frees_in ?? 3600,
    })
  }
  if (exportsPerDay !== null && usage.day >= exportsPerDay) {
    throw new LimitExceededError(`${whose} allows ${exportsPerDay} exports in 24 hours, and all are used.`, {
      window: 'DAY',
      limit: exportsPerDay,
      retryAfterSeconds: usage.day_frees_in ?? 86_400,
    })
  }
}

async function checkConcurrency(em: EntityManager, asked: Asked, pool: LimitPool): Promise<number | null> {
  const { maxConcurrentExports: limit, beyondConcurrency } = pool
  if (limit === null) return null
  const ofPool = poolSql(pool, asked.plan.doorLimits)
  const [usage] = await em.execute<{ begun: number; waiting: number }[]>(
    `select count(*) filter (where queue_position is null)::int as begun,
            count(*) filter (where queue_position is not null)::int as waiting
     from sluice.exports where organization_id = ? and status in ('pending', 'processing') and ${ofPool.sql}`,
    [asked.organizationId, ...ofPool.params],
  )
  const { begun = 0, waiting = 0 } = usage ?? {}
  const whose = nameOf(asked.plan, pool)
  switch (beyondConcurrency) {
    case 'refuse':
      if (begun + waiting < limit) return null
      throw new LimitExceededError(
        `${whose} allows ${limit} exports at once, and as many are under way. Wait for one to end, or cancel one.`,
        { window: 'CONCURRENT', limit, retryAfterSeconds: await secondsUntilOneEnds(em, asked, pool) },
      )
    case 'queue':
      // Behind those that wait already, also when a place has just become free.
      if (begun < limit && waiting === 0) return null
      if (waiting < maxWaiting) return waiting + 1
      throw new LimitExceededError(
        `${maxWaiting} exports wait already, and no more can. Wait for some to end, or cancel some.`,
        {
          window: 'CONCURRENT',
          limit: maxWaiting,
          retryAfterSeconds: await secondsUntilOneEnds(em, asked, pool),
        },
      )
    default:
      return beyondConcurrency satisfies never
  }
}

function nameOf({ name }: Plan, { door }: LimitPool): string {
  return door === null ? `The plan ${name}` : `For ${door}, the plan ${name}`
}

/** By the estimates of those under way; one without a pace yet takes as long as the organization's did lately. */
async function secondsUntilOneEnds(
  em: EntityManager,
  { organizationId, plan, now }: Asked,
  pool: LimitPool,
): Promise<number> {
  const ofPool = poolSql(pool, plan.doorLimits)
  const [row] = await em.execute<{ seconds: number | null }[]>(
    `with past as (
       select avg(extract(epoch from completed_at - started_at)) as seconds
       from (select started_at, completed_at from sluice.exports
             where organization_id = ? and status in ('completed', 'expired')
             order by created_at desc limit ${learnedFrom}) as latest)
     select min(coalesce(extract(epoch from estimated_completion_at - ?::timestamptz),
                         coalesce(past.seconds, ${assumedSeconds})
                           - coalesce(extract(epoch from ?::timestamptz - started_at), 0)))::float as seconds
     from sluice.exports, past
     where organization_id = ? and status in ('pending', 'processing') and queue_position is null and ${ofPool.sql}`,
    [organizationId, now, now, organizationId, ...ofPool.params],
  )
  return row?.seconds ?? assumedSeconds
}

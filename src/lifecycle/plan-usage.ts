import { type LimitPool, poolOf } from '../core/limits.ts'
import type { Plan } from '../platform/db/entities/plan.ts'
import { poolSql } from './pool-sql.ts'
import type { Services } from './services.ts'

/** Where an organization stands with one set of its plan's limits. */
export interface PoolUsage {
  /** The door whose exports are counted here; null: all doors without limits of their own. */
  readonly door: string | null
  readonly exportsLastHour: number
  readonly exportsLastDay: number
  /** Pending or processing, without those that wait for their turn. */
  readonly exportsAtOnce: number
  readonly exportsWaiting: number
  /** Exports that would be accepted now, one after the other, by the windows; null: no limit. */
  readonly remaining: number | null
  /** When the next one can be accepted; null: now. */
  readonly freesAt: Date | null
}

/** The same counts that `checkLimits` decides by, for people. The plan's own limits first, then its doors'. */
export async function planUsage(
  services: Pick<Services, 'orm' | 'now'>,
  organizationId: string,
  plan: Plan,
): Promise<PoolUsage[]> {
  const doors = Object.keys(plan.doorLimits).sort()
  const own: LimitPool = { ...poolOf({ ...plan, doorLimits: {} }, ''), door: null }
  const pools = [own, ...doors.map((door) => poolOf(plan, door))]
  return await Promise.all(pools.map((pool) => usageOf(services, organizationId, plan, pool)))
}

async function usageOf(
  services: Pick<Services, 'orm' | 'now'>,
  organizationId: string,
  plan: Plan,
  pool: LimitPool,
): Promise<PoolUsage> {
  const { exportsPerHour, exportsPerDay } = pool
  const ofPool = poolSql(pool, plan.doorLimits)
  const now = services.now()
  const [row] = await services.orm.em.fork().execute<
    {
      hour: number
      day: number
      hour_frees_at: Date | null
      day_frees_at: Date | null
      begun: number
      waiting: number
    }[]
  >(
    `select recent.*, under_way.* from
       (select count(*) filter (where in_hour)::int as hour, count(*)::int as day,
               (array_agg(accepted_at order by accepted_at desc) filter (where in_hour))[?] + interval '1 hour' as hour_frees_at,
               (array_agg(accepted_at order by accepted_at desc))[?] + interval '1 day' as day_frees_at
        from (select accepted_at, accepted_at > ?::timestamptz - interval '1 hour' as in_hour
              from sluice.admissions
              where organization_id = ? and accepted_at > ?::timestamptz - interval '1 day' and ${ofPool.sql}) as admitted) as recent,
       (select count(*) filter (where queue_position is null)::int as begun,
               count(*) filter (where queue_position is not null)::int as waiting
        from sluice.exports
        where organization_id = ? and status in ('pending', 'processing') and ${ofPool.sql}) as under_way`,
    [
      exportsPerHour || 1,
      exportsPerDay || 1,
      now,
      organizationId,
      now,
      ...ofPool.params,
      organizationId,
      ...ofPool.params,
    ],
  )
  if (!row) throw new Error('An aggregate without a row')
  const hourLeft = exportsPerHour === null ? null : Math.max(0, exportsPerHour - row.hour)
  const dayLeft = exportsPerDay === null ? null : Math.max(0, exportsPerDay - row.day)
  const left = [hourLeft, dayLeft].filter((count) => count !== null)
  const freeing = [
    ...(hourLeft === 0 && row.hour_frees_at ? [new Date(row.hour_frees_at).getTime()] : []),
    ...(dayLeft === 0 && row.day_frees_at ? [new Date(row.day_frees_at).getTime()] : []),
  ]
  return {
    door: pool.door,
    exportsLastHour: row.hour,
    exportsLastDay: row.day,
    exportsAtOnce: row.begun,
    exportsWaiting: row.waiting,
    remaining: left.length > 0 ? Math.min(...left) : null,
    freesAt: freeing.length > 0 ? new Date(Math.max(...freeing)) : null,
  }
}

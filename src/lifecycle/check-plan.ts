import type { EntityManager } from '@mikro-orm/postgresql'
import { LimitExceededError } from '../core/errors.ts'
import type { Plan } from '../platform/db/entities/plan.ts'

interface Usage {
  readonly in_flight: number
  readonly last_hour: number
  readonly last_day: number
  /** Seconds until so many accepted exports have left the window that there is room for one. */
  readonly hour_frees_in: number | null
  readonly day_frees_in: number | null
}

/**
 * Refuses what the plan does not allow. Windows roll; exports that failed on our side gave their place
 * back. The caller holds the lock on the organization's row, so that two requests cannot both take the
 * last place.
 * @throws LimitExceededError
 */
export async function checkPlan(
  em: EntityManager,
  organizationId: string,
  plan: Plan,
  now: Date,
): Promise<void> {
  const { exportsPerHour, exportsPerDay, maxConcurrentExports } = plan
  if (exportsPerHour == null && exportsPerDay == null && maxConcurrentExports == null) return
  const [usage] = await em.execute<Usage[]>(
    `select count(*) filter (where status in ('pending', 'processing'))::int as in_flight,
            count(*) filter (where in_hour)::int as last_hour,
            count(*) filter (where in_day)::int as last_day,
            extract(epoch from (array_agg(created_at order by created_at desc) filter (where in_hour))[?]
              + interval '1 hour' - ?::timestamptz)::float as hour_frees_in,
            extract(epoch from (array_agg(created_at order by created_at desc) filter (where in_day))[?]
              + interval '1 day' - ?::timestamptz)::float as day_frees_in
     from (select status, created_at,
                  status <> 'failed' and created_at > ?::timestamptz - interval '1 hour' as in_hour,
                  status <> 'failed' and created_at > ?::timestamptz - interval '1 day' as in_day
           from sluice.exports
           where organization_id = ? and (created_at > ?::timestamptz - interval '1 day' or status in ('pending', 'processing'))) as recent`,
    [exportsPerHour ?? 1, now, exportsPerDay ?? 1, now, now, now, organizationId, now],
  )
  if (!usage) return
  if (exportsPerHour != null && usage.last_hour >= exportsPerHour) {
    throw new LimitExceededError(
      `The plan ${plan.name} allows ${exportsPerHour} exports an hour, and all are used.`,
      usage.hour_frees_in ?? 3600,
    )
  }
  if (exportsPerDay != null && usage.last_day >= exportsPerDay) {
    throw new LimitExceededError(
      `The plan ${plan.name} allows ${exportsPerDay} exports in 24 hours, and all are used.`,
      usage.day_frees_in ?? 86_400,
    )
  }
  if (maxConcurrentExports != null && usage.in_flight >= maxConcurrentExports) {
    throw new LimitExceededError(
      `The plan ${plan.name} allows ${maxConcurrentExports} exports at once, and as many are under way. Wait for one to end, or cancel one.`,
      5,
    )
  }
}

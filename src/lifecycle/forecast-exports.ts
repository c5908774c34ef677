import { type LimitPool, poolOf } from '../core/limits.ts'
import { secondsUntilEachBegins } from '../core/queue-forecast.ts'
import type { Export } from '../platform/db/entities/export.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import type { Services } from './services.ts'

/** Past exports that are learned from. */
const learnedFrom = 100
/** One that takes longer than those before it did is not done at once for that. */
const minRemainingSeconds = 1

/** What lies before an export that has not begun. */
export interface Forecast {
  /** Until a place is free for it, by the organization's own exports alone. */
  readonly waitSeconds: number
  /** From its beginning to its end, as exports of its dataset and format took lately; null: there were none. */
  readonly runSeconds: number | null
}

interface Open {
  readonly id: string
  readonly door: string
  readonly dataset: string
  readonly format: string
  readonly waits: boolean
  /** Null while there is no pace yet. */
  readonly remaining: number | null
  readonly elapsed: number
}

/** One organization's exports that have not begun, by their ids. What other organizations do is not in it. */
export async function forecastExports(
  services: Pick<Services, 'orm' | 'now'>,
  organizationId: string,
  exportIds: readonly string[],
): Promise<Map<string, Forecast>> {
  const em = services.orm.em.fork()
  const organization = await em.findOneOrFail(Organization, organizationId, { populate: ['plan'] })
  const plan = organization.plan.getEntity()
  const now = services.now()
  const open = await em.execute<Open[]>(
    `select id, door, dataset, format, queue_position is not null as waits,
            extract(epoch from estimated_completion_at - ?::timestamptz)::float as remaining,
            case when status = 'processing' then extract(epoch from ?::timestamptz - started_at)::float else 0 end as elapsed
     from sluice.exports where organization_id = ? and status in ('pending', 'processing')
     order by queue_position nulls first, number`,
    [now, now, organizationId],
  )
  const lengthOf = await learnLengths(services, organizationId)
  const forecasts = new Map<string, Forecast>()
  const wanted = new Set(exportIds)
  const pools = Map.groupBy(open, ({ door }) => poolOf(plan, door).door)
  for (const exports of pools.values()) {
    const pool: LimitPool = poolOf(plan, exports[0]!.door)
    const begun = exports.filter(({ waits }) => !waits)
    const waiting = exports.filter(({ waits }) => waits)
    const starts = secondsUntilEachBegins(
      begun.map((each) =>
        Math.max(minRemainingSeconds, each.remaining ?? (lengthOf(each) ?? 0) - each.elapsed),
      ),
      waiting.map((each) => lengthOf(each) ?? minRemainingSeconds),
      pool.maxConcurrentExports ?? Number.POSITIVE_INFINITY,
    )
    for (const each of begun) forecasts.set(each.id, { waitSeconds: 0, runSeconds: lengthOf(each) })
    waiting.forEach((each, index) => {
      forecasts.set(each.id, { waitSeconds: starts[index]!, runSeconds: lengthOf(each) })
    })
  }
  for (const id of forecasts.keys()) if (!wanted.has(id)) forecasts.delete(id)
  return forecasts
}

/** When a pending export will be done; null while nothing is known of its like. */
export function completionOf(forecast: Forecast | undefined, now: Date): Date | null {
  if (forecast?.runSeconds == null) return null
  return new Date(now.getTime() + (forecast.waitSeconds + forecast.runSeconds) * 1000)
}

/** How long the organization's latest exports took: those of the same dataset and format, else all of them. */
async function learnLengths(
  services: Pick<Services, 'orm'>,
  organizationId: string,
): Promise<(of: Pick<Export, 'dataset' | 'format'> | Open) => number | null> {
  const rows = await services.orm.em
    .fork()
    .execute<{ dataset: string | null; format: string | null; seconds: number }[]>(
      `select dataset, format, avg(seconds)::float as seconds
       from (select dataset, format, extract(epoch from completed_at - started_at) as seconds
             from sluice.exports where organization_id = ? and status in ('completed', 'expired') and attempt = 1
             order by created_at desc limit ${learnedFrom}) as past
       group by grouping sets ((dataset, format), ())
       having count(*) > 0`,
      [organizationId],
    )
  const nameOf = (dataset: string | null, format: string | null) => JSON.stringify([dataset, format])
  const lengths = new Map(rows.map(({ dataset, format, seconds }) => [nameOf(dataset, format), seconds]))
  const all = lengths.get(nameOf(null, null)) ?? null
  return ({ dataset, format }) => lengths.get(nameOf(dataset, format)) ?? all
}

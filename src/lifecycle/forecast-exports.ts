import { poolOf } from '../core/limits.ts'
import { secondsUntilEachBegins } from '../core/queue-forecast.ts'
import type { Export } from '../platform/db/entities/export.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import type { LengthOf, PastLengths } from './past-lengths.ts'
import { poolSql } from './pool-sql.ts'
import type { Services } from './services.ts'

/** One that takes longer than those before it did is not done at once for that. */
const minRemainingSeconds = 1

/** What lies before an export that has not begun. */
export interface Forecast {
  /** Until a place is free for it, by the organization's own exports alone. */
  readonly waitSeconds: number
  /** From its beginning to its end, as exports of its dataset and format took lately; null: there were none. */
  readonly runSeconds: number | null
}

type Row = Pick<Export, 'id' | 'door' | 'dataset' | 'format' | 'queuePosition'>

interface Open extends Pick<Row, 'id' | 'dataset' | 'format'> {
  readonly waits: boolean
  /** Null while there is no pace yet. */
  readonly remaining: number | null
  readonly elapsed: number
}

/** One organization's exports that have not begun, by their ids. What other organizations do is not in it. */
export async function forecastExports(
  services: Pick<Services, 'orm' | 'now'> & { readonly pastLengths: PastLengths },
  organizationId: string,
  rows: readonly Row[],
): Promise<Map<string, Forecast>> {
  const lengthOf = await services.pastLengths.of(services, organizationId)
  const waits = await waitsOf(services, organizationId, rows, lengthOf)
  return new Map(
    rows.map((row) => [row.id, { waitSeconds: waits.get(row.id) ?? 0, runSeconds: lengthOf(row) }]),
  )
}

/** Seconds until their turn comes, of those that wait for one. */
async function waitsOf(
  services: Pick<Services, 'orm' | 'now'>,
  organizationId: string,
  rows: readonly Row[],
  lengthOf: LengthOf,
): Promise<Map<string, number>> {
  const waits = new Map<string, number>()
  const waiting = rows.filter(({ queuePosition }) => queuePosition != null)
  if (waiting.length === 0) return waits
  const em = services.orm.em.fork()
  const organization = await em.findOneOrFail(Organization, organizationId, { populate: ['plan'] })
  const plan = organization.plan.getEntity()
  const pools = Map.groupBy(waiting, ({ door }) => poolOf(plan, door).door)
  for (const [first] of pools.values()) {
    const pool = poolOf(plan, first!.door)
    const open = await openOf(services, organizationId, poolSql(pool, plan.doorLimits))
    const inLine = open.filter((each) => each.waits)
    const starts = secondsUntilEachBegins(
      open
        .filter((each) => !each.waits)
        .map((each) => Math.max(minRemainingSeconds, each.remaining ?? (lengthOf(each) ?? 0) - each.elapsed)),
      inLine.map((each) => lengthOf(each) ?? minRemainingSeconds),
      pool.maxConcurrentExports ?? Number.POSITIVE_INFINITY,
    )
    inLine.forEach(({ id }, index) => {
      waits.set(id, starts[index]!)
    })
  }
  return waits
}

/** As many as a pool with a queue holds: those under way, by its limit, and those that wait, in their order. */
async function openOf(
  services: Pick<Services, 'orm' | 'now'>,
  organizationId: string,
  ofPool: ReturnType<typeof poolSql>,
): Promise<Open[]> {
  const now = services.now()
  return await services.orm.em.fork().execute<Open[]>(
    `select id, dataset, format, queue_position is not null as waits,
            extract(epoch from estimated_completion_at - ?::timestamptz)::float as remaining,
            case when status = 'processing' then extract(epoch from ?::timestamptz - started_at)::float else 0 end as elapsed
     from sluice.exports where organization_id = ? and status in ('pending', 'processing') and ${ofPool.sql}
     order by queue_position nulls first, number`,
    [now, now, organizationId, ...ofPool.params],
  )
}

/** When a pending export will be done; null while nothing is known of its like. */
export function completionOf(forecast: Forecast | undefined, now: Date): Date | null {
  if (forecast?.runSeconds == null) return null
  return new Date(now.getTime() + (forecast.waitSeconds + forecast.runSeconds) * 1000)
}

import type { EntityManager } from '@mikro-orm/postgresql'
import { poolOf } from '../core/limits.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import { runTogether } from '../platform/db/run-together.ts'
import { lockOrganization } from './lock-organization.ts'
import { eventStatement } from './record-event.ts'
import type { Services } from './services.ts'

interface Waiting {
  readonly id: string
  readonly door: string
  readonly job_id: string
  readonly attempt: number
}

/**
 * Begins the exports whose turn has come, and moves the others up, in the transaction that gave a place
 * back: whoever is killed before the commit has given none back. The caller holds the organization's lock.
 */
export async function releaseWaiting(
  services: Pick<Services, 'queue' | 'now'>,
  em: EntityManager,
  organizationId: string,
): Promise<void> {
  const waiting = await em.execute<Waiting[]>(
    `select id, door, job_id, attempt from sluice.exports
     where organization_id = ? and queue_position is not null order by queue_position, number`,
    [organizationId],
  )
  if (waiting.length === 0) return
  const plan = await planOf(em, organizationId)
  const begun = await begunByDoor(em, organizationId)
  const pools = Map.groupBy(waiting, ({ door }) => poolOf(plan, door).door)
  for (const exports of pools.values()) {
    const { door, maxConcurrentExports } = poolOf(plan, exports[0]!.door)
    const taken = begun
      .filter((row) => poolOf(plan, row.door).door === door)
      .reduce((sum, row) => sum + row.count, 0)
    const free = maxConcurrentExports === null ? exports.length : Math.max(0, maxConcurrentExports - taken)
    await release(services, em, exports.slice(0, free))
    await moveUp(services, em, exports.slice(free))
  }
}

/** Once a minute, for what no export's end brings about: a plan that was raised, by whatever hand. */
export async function releaseAllWaiting(services: Pick<Services, 'orm' | 'queue' | 'now'>): Promise<void> {
  const organizations = await services.orm.em
    .fork()
    .execute<{ organization_id: string }[]>(
      'select distinct organization_id from sluice.exports where queue_position is not null',
    )
  for (const { organization_id: organizationId } of organizations) {
    await services.orm.em.fork().transactional(async (em) => {
      await lockOrganization(em, organizationId)
      await releaseWaiting(services, em, organizationId)
    })
  }
}

async function planOf(em: EntityManager, organizationId: string) {
  const organization = await em.findOneOrFail(Organization, organizationId, { populate: ['plan'] })
  return organization.plan.getEntity()
}

async function begunByDoor(
  em: EntityManager,
  organizationId: string,
): Promise<{ door: string; count: number }[]> {
  return await em.execute(
    `select door, count(*)::int as count from sluice.exports
     where organization_id = ? and status in ('pending', 'processing') and queue_position is null group by door`,
    [organizationId],
  )
}

async function release(
  services: Pick<Services, 'queue' | 'now'>,
  em: EntityManager,
  exports: readonly Waiting[],
): Promise<void> {
  const now = services.now()
  for (const { id: exportId, job_id: jobId, attempt } of exports) {
    await runTogether(em, [
      {
        sql: 'update sluice.exports set queue_position = null, updated_at = ?, version = version + 1 where id = ?',
        params: [now, exportId],
      },
      eventStatement({ exportId, type: 'released', attempt, message: 'Its turn has come', at: now }),
      await services.queue.jobStatement({ exportId, jobId }),
    ])
  }
}

/** Places count from 1 without gaps. */
async function moveUp(
  services: Pick<Services, 'now'>,
  em: EntityManager,
  exports: readonly Waiting[],
): Promise<void> {
  if (exports.length === 0) return
  await em.execute(
    `update sluice.exports e set queue_position = p.position, updated_at = ?, version = e.version + 1
     from unnest(?::uuid[]) with ordinality as p(id, position)
     where e.id = p.id and e.queue_position <> p.position`,
    [services.now(), `{${exports.map(({ id }) => id).join(',')}}`],
  )
}

import { runTogether } from '../platform/db/run-together.ts'
import { forgetAdmissions } from './admissions.ts'
import { eventStatement } from './record-event.ts'
import { removeLeftovers } from './remove-leftovers.ts'
import type { Services } from './services.ts'

/** Exports of one round: a long backlog is worked off in steps that each hold few locks. */
const batchSize = 100

interface EndedExport {
  readonly id: string
  readonly organization_id: string
  readonly attempt: number
}

/** Turns completed exports whose time is up into expired ones and removes their files. Returns how many. */
export async function expireExports(
  services: Pick<Services, 'orm' | 'storage' | 'log' | 'now'>,
): Promise<number> {
  const now = services.now()
  return await inRounds(services, () =>
    services.orm.em.fork().transactional(async (em) => {
      const expired = await em.execute<EndedExport[]>(
        `update sluice.exports set status = 'expired', updated_at = ?, version = version + 1
         where id in (select id from sluice.exports where status = 'completed' and expires_at <= ?
                      order by expires_at limit ${batchSize} for update skip locked)
         returning id, organization_id, attempt`,
        [now, now],
      )
      if (expired.length === 0) return expired
      await runTogether(em, [
        {
          sql: 'update sluice.export_files set deleted_at = ? where export_id in (?)',
          params: [now, expired.map(({ id }) => id)],
        },
        ...expired.map(({ id: exportId, attempt }) =>
          eventStatement({ exportId, type: 'expired', attempt, message: 'The files were removed', at: now }),
        ),
      ])
      return expired
    }),
  )
}

/** Removes records whose time is up, but none whose files are still kept. Returns how many. */
export async function purgeExports(
  services: Pick<Services, 'orm' | 'storage' | 'log' | 'now'>,
): Promise<number> {
  const now = services.now()
  const purged = await inRounds(services, () =>
    services.orm.em.fork().execute<EndedExport[]>(
      `delete from sluice.exports
       where id in (select id from sluice.exports where purge_at <= ? and status not in ('pending', 'processing')
                      and (status <> 'completed' or expires_at <= ?)
                    order by purge_at limit ${batchSize} for update skip locked)
       returning id, organization_id, attempt`,
      [now, now],
    ),
  )
  await forgetAdmissions(services.orm.em.fork(), now)
  return purged
}

/**
 * The rows come first: from then on nobody is given the files, and those that cannot be removed now are
 * what the sweep removes.
 */
async function inRounds(
  services: Pick<Services, 'storage' | 'log'>,
  endSome: () => Promise<EndedExport[]>,
): Promise<number> {
  let count = 0
  for (;;) {
    const ended = await endSome()
    for (const { id, organization_id: organizationId, attempt } of ended)
      await removeLeftovers(services, organizationId, id, attempt)
    count += ended.length
    if (ended.length < batchSize) return count
  }
}

import type { EntityManager } from '@mikro-orm/postgresql'
import { insertStatement, type Statement } from '../platform/db/run-together.ts'

/** The longest window of a plan. */
const longestWindow = '1 day'

/** Takes a place in the plan's windows. */
export function placeStatement(place: {
  organizationId: string
  exportId: string
  door: string
  now: Date
}): Statement {
  const { organizationId, exportId, door, now } = place
  return insertStatement('sluice.admissions', {
    organization_id: organizationId,
    export_id: exportId,
    door,
    accepted_at: now,
  })
}

/** Gives the latest place back that an export took: it failed, and that is on us. */
export async function giveBackPlace(em: EntityManager, exportId: string): Promise<void> {
  await em.execute(
    `delete from sluice.admissions
     where id = (select id from sluice.admissions where export_id = ? order by accepted_at desc, id desc limit 1)`,
    [exportId],
  )
}

/** Removes what no window reaches any more. */
export async function forgetAdmissions(em: EntityManager, now: Date): Promise<void> {
  await em.execute(
    `delete from sluice.admissions where accepted_at <= ?::timestamptz - interval '${longestWindow}'`,
    [now],
  )
}

import { forgetAdmissions } from './admissions.ts'
import { recordEvent } from './record-event.ts'
import type { Services } from './services.ts'

/** Rows of one round: a long backlog is worked off in steps that each hold few locks. */
const batchSize = 100

/** Turns completed exports whose time is up into expired ones and removes their files. Returns how many. */
export async function expireExports(services: Pick<Services, 'orm' | 'storage' | 'now'>): Promise<number> {
  const now = services.now()
  const expired = await services.orm.em.fork().transactional(async (em) => {
    const rows = await em.execute<{ id: string; attempt: number }[]>(
      `update sluice.exports set status = 'expired', updated_at = ?, version = version + 1
       where id in (select id from sluice.exports where status = 'completed' and expires_at <= ?
                    order by expires_at limit ${batchSize} for update skip locked)
       returning id, attempt`,
      [now, now],
    )
    for (const row of rows) {
      await recordEvent(em, {
        exportId: row.id,
        type: 'expired',
        attempt: row.attempt,
        message: 'The files were removed',
        at: now,
      })
    }
    return rows
  })
  await removeFiles(services)
  return expired.length
}

/** Removes records whose time is up, with their files. Returns how many. */
export async function purgeExports(services: Pick<Services, 'orm' | 'storage' | 'now'>): Promise<number> {
  const now = services.now()
  const em = services.orm.em.fork()
  const rows = await em.execute<{ id: string; storage_key: string | null }[]>(
    `select e.id, f.storage_key from sluice.exports e left join sluice.export_files f on f.export_id = e.id and f.deleted_at is null
     where e.id in (select id from sluice.exports where purge_at <= ? and status not in ('pending', 'processing')
                    order by purge_at limit ${batchSize})`,
    [now],
  )
  for (const { storage_key: key } of rows) if (key) await services.storage.delete(key)
  const ids = [...new Set(rows.map(({ id }) => id))]
  if (ids.length > 0) await em.execute('delete from sluice.exports where id in (?)', [ids])
  await forgetAdmissions(em, now)
  return ids.length
}

/** The status changed first, so a file that cannot be removed now is found again in the next round. */
async function removeFiles(services: Pick<Services, 'orm' | 'storage' | 'now'>): Promise<void> {
  const em = services.orm.em.fork()
  const files = await em.execute<{ id: string; storage_key: string }[]>(
    `select f.id, f.storage_key from sluice.export_files f join sluice.exports e on e.id = f.export_id
     where e.status = 'expired' and f.deleted_at is null limit ${batchSize}`,
  )
  for (const file of files) {
    await services.storage.delete(file.storage_key)
    await em.execute('update sluice.export_files set deleted_at = ? where id = ?', [services.now(), file.id])
  }
}

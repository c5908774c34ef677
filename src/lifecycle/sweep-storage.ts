import type { StoredObject } from '../engine/storage/storage.ts'
import { removeObject } from './remove-object.ts'
import type { Services } from './services.ts'

const batchSize = 200

/**
 * The janitor: removes from storage what no export knows, left by processes that were killed between
 * writing and publishing. What a running attempt writes is left alone. Returns how many objects went.
 */
export async function sweepStorage(services: Pick<Services, 'orm' | 'storage' | 'log'>): Promise<number> {
  let removed = 0
  let batch: StoredObject[] = []
  for await (const object of services.storage.list('')) {
    batch.push(object)
    if (batch.length < batchSize) continue
    removed += await removeUnknown(services, batch)
    batch = []
  }
  removed += await removeUnknown(services, batch)
  if (removed > 0) services.log.info({ removed }, 'removed objects that no export knows')
  return removed
}

/**
 * The database is asked after the storage was listed, and once: an export that is published between two
 * questions would be known to neither as published nor as running.
 */
async function removeUnknown(
  services: Pick<Services, 'orm' | 'storage' | 'log'>,
  objects: readonly StoredObject[],
): Promise<number> {
  if (objects.length === 0) return 0
  const kept = await services.orm.em.fork().execute<{ key: string; is_attempt: boolean }[]>(
    `select storage_key as key, false as is_attempt from sluice.export_files
     where storage_key in (?) and deleted_at is null
     union all
     select organization_id || '/' || id || '/' || attempt, true from sluice.exports where status = 'processing'`,
    [objects.map(({ key }) => key)],
  )
  const knownKeys = new Set(kept.filter(({ is_attempt }) => !is_attempt).map(({ key }) => key))
  const runningAttempts = new Set(kept.filter(({ is_attempt }) => is_attempt).map(({ key }) => key))
  const failures: unknown[] = []
  let removed = 0
  for (const object of objects) {
    const attempt = object.key.split('/').slice(0, 3).join('/')
    if (runningAttempts.has(attempt)) continue
    if (object.complete && knownKeys.has(object.key)) continue
    try {
      await removeObject(services.storage, object)
      removed += 1
    } catch (error) {
      // The others are not to stay for it.
      failures.push(error)
    }
  }
  const [first] = failures
  if (first !== undefined) {
    const failed = failures.length
    services.log.warn({ err: first, failed }, 'objects that no export knows could not be removed')
  }
  return removed
}

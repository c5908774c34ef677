import type { StoredObject } from '../engine/storage/storage.ts'
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

/** The database is asked after the storage was listed: whatever was published in between is known by then. */
async function removeUnknown(
  services: Pick<Services, 'orm' | 'storage'>,
  objects: readonly StoredObject[],
): Promise<number> {
  if (objects.length === 0) return 0
  const em = services.orm.em.fork()
  const known = await em.execute<{ key: string }[]>(
    'select storage_key as key from sluice.export_files where storage_key = any(?) and deleted_at is null',
    [objects.map(({ key }) => key)],
  )
  const running = await em.execute<{ key: string }[]>(
    `select organization_id || '/' || id || '/' || attempt as key from sluice.exports where status = 'processing'`,
  )
  const knownKeys = new Set(known.map(({ key }) => key))
  const runningAttempts = new Set(running.map(({ key }) => key))
  let removed = 0
  for (const object of objects) {
    const attempt = object.key.split('/').slice(0, 3).join('/')
    if (runningAttempts.has(attempt)) continue
    if (object.complete && knownKeys.has(object.key)) continue
    if (object.complete) await services.storage.delete(object.key)
    else await services.storage.removeUpload(object.key, object.uploadId)
    removed += 1
  }
  return removed
}

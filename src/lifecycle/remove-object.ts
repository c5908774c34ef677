import type { Storage, StoredObject } from '../engine/storage/storage.ts'
import type { Services } from './services.ts'

/** Removes what a listing of the storage has shown, finished or not. */
export async function removeObject(storage: Storage, object: StoredObject): Promise<void> {
  if (object.complete) await storage.delete(object.key)
  else await storage.removeUpload(object.key, object.uploadId)
}

/** Removes an object that was needed on the way only. Its export does not fail for it: the sweep finds what stays. */
export async function discardObject(
  { storage, log }: Pick<Services, 'storage' | 'log'>,
  key: string,
): Promise<void> {
  await storage.delete(key).catch((error: unknown) => {
    log.warn({ err: error, key }, 'an object could not be removed')
  })
}

import type { Storage, StoredObject } from '../engine/storage/storage.ts'

/** Removes what a listing of the storage has shown, finished or not. */
export async function removeObject(storage: Storage, object: StoredObject): Promise<void> {
  if (object.complete) await storage.delete(object.key)
  else await storage.removeUpload(object.key, object.uploadId)
}

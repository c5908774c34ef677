import { removeObject } from './remove-object.ts'
import type { Services } from './services.ts'

/**
 * Removes what the attempts up to `lastAttempt` left in storage: unfinished uploads and finished objects. The
 * caller knows that none of them is published (any more).
 */
export async function removeLeftovers(
  { storage, log }: Pick<Services, 'storage' | 'log'>,
  organizationId: string,
  exportId: string,
  lastAttempt: number,
): Promise<void> {
  try {
    for await (const object of storage.list(`${organizationId}/${exportId}/`)) {
      if (Number(object.key.split('/')[2]) > lastAttempt) continue
      await removeObject(storage, object)
    }
  } catch (error) {
    // What stays is found by the sweep.
    log.warn({ err: error, exportId }, 'leftovers could not be removed')
  }
}

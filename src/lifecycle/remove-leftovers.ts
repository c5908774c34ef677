import { removeObject } from './remove-object.ts'
import type { Services } from './services.ts'

/**
 * Removes what the attempts up to `lastAttempt` left in storage: unfinished uploads and finished objects. The
 * caller knows that none of them is published (any more).
 */
export async function removeLeftovers(
  services: Pick<Services, 'storage' | 'log'>,
  organizationId: string,
  exportId: string,
  lastAttempt: number,
): Promise<void> {
  const isLeft = (key: string) => !(Number(key.split('/')[2]) > lastAttempt)
  await removeUnder(services, `${organizationId}/${exportId}/`, isLeft)
}

/** Removes what is stored under a prefix; what cannot be removed now is found by the sweep. */
export async function removeUnder(
  { storage, log }: Pick<Services, 'storage' | 'log'>,
  prefix: string,
  isLeft: (key: string) => boolean = () => true,
): Promise<void> {
  try {
    for await (const object of storage.list(prefix)) {
      if (isLeft(object.key)) await removeObject(storage, object)
    }
  } catch (error) {
    log.warn({ err: error, prefix }, 'leftovers could not be removed')
  }
}

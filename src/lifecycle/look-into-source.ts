import { ValidationError } from '../core/errors.ts'
import { tenantSession } from '../core/tenant.ts'
import { Snapshot } from '../engine/source/snapshot.ts'
import type { Services } from './services.ts'

const queryCanceled = '57014'

/**
 * Reads something of the source for somebody who waits for it: rows of one organization, as they are at one
 * moment. Each look has a connection of its own, and there are few at once: @see Source.look
 * @throws ValidationError when one statement takes longer than `timeoutMs`
 */
export async function lookIntoSource<T>(
  { datasets, source }: Pick<Services, 'datasets' | 'source'>,
  look: {
    /** The organization's external id. */
    readonly tenant: string
    /** Shown in pg_stat_activity. */
    readonly applicationName: string
    /** IANA name. Default UTC. */
    readonly timeZone?: string
    readonly timeoutMs: number
  },
  read: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const { tenant, applicationName, timeZone = 'UTC', timeoutMs } = look
  return await source.look(async () => {
    await using snapshot = await Snapshot.take({
      url: source.url,
      session: tenantSession(datasets.all(), tenant),
      timeZone,
      applicationName,
      statementTimeoutMs: timeoutMs,
    })
    try {
      return await read(snapshot)
    } catch (error) {
      if (!isTimeout(error)) throw error
      const message = `Reading the rows takes longer than ${timeoutMs / 1000} s. Narrow the filter, or start an export.`
      throw new ValidationError([{ path: '', message }])
    }
  })
}

/** Postgres has one code for every reason to cancel. */
export function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === queryCanceled &&
    /statement timeout/.test(error.message)
  )
}

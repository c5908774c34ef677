import { ValidationError } from '../core/errors.ts'

const queryCanceled = '57014'

/** Tells somebody who waits that the rows take too long, where Postgres says "canceling statement". @throws ValidationError */
export async function withinTime<T>(timeoutMs: number, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const isTimeout =
      error instanceof Error &&
      'code' in error &&
      error.code === queryCanceled &&
      /statement timeout/.test(error.message)
    if (!isTimeout) throw error
    const message = `Reading the rows takes longer than ${timeoutMs / 1000} seconds. Narrow the filter, or start an export.`
    throw new ValidationError([{ path: '', message }])
  }
}

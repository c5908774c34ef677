import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Looks until `check` gives something true, for what nobody announces: another server's process list, a
 * folder. Throws when it takes longer than `withinMs`.
 */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  withinMs = 10_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const value = await check()
    if (value) return value as NonNullable<T>
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`)
    await sleep(15)
  }
}

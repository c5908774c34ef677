import pg from 'pg'
import { vi } from 'vitest'

/** Every statement that this process sends to Sluice's own tables while `work` runs; not what it says first of whose rows it wants. */
export async function queriesOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    return query.mock.calls
      .map(([statement]) =>
        typeof statement === 'string' ? statement : (statement as { text?: string })?.text,
      )
      .filter((text) => text !== undefined)
      .filter((text) => /\bsluice"?\.(?!organization\b)/.test(text))
  } finally {
    query.mockRestore()
  }
}

import pg from 'pg'
import { vi } from 'vitest'

/** Every statement that this process sends to Sluice's own tables while `work` runs. */
export async function queriesOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    return query.mock.calls
      .map(([statement]) =>
        typeof statement === 'string' ? statement : (statement as { text?: string })?.text,
      )
      .filter((text) => text !== undefined)
      .filter((text) => /\bsluice"?\./.test(text))
  } finally {
    query.mockRestore()
  }
}

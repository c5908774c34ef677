import type { Export, SluiceClient } from '../client/client.ts'
import { SluiceClientError } from '../client/errors.ts'

/** How far back a number is looked for. Ids are found however old they are. */
const maxExports = 2_000

/** An export by its id, or by its number within the organization. @throws SluiceClientError NOT_FOUND */
export async function findExport(client: SluiceClient, word: string): Promise<Export> {
  const found = /^\d+$/.test(word) ? await findByNumber(client, Number(word)) : await client.get(word)
  if (found) return found
  throw new SluiceClientError(
    'NOT_FOUND',
    `There is no export '${word}'. \`sluice list\` shows the newest ones.`,
  )
}

async function findByNumber(client: SluiceClient, number: number): Promise<Export | null> {
  let seen = 0
  for await (const each of client.list()) {
    if (each.number === number) return each
    seen += 1
    // Numbers grow with time, and the newest come first.
    if (each.number < number || seen === maxExports) return null
  }
  return null
}

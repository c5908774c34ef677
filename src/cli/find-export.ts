import type { Export, SluiceClient } from '../client/client.ts'
import { SluiceClientError } from '../client/errors.ts'

const pageSize = 200
/** How far back a number is looked for: 2,000 exports. Ids are found however old they are. */
const maxPages = 10

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
  let after: string | null = null
  for (let page = 0; page < maxPages; page += 1) {
    const { exports, hasNextPage, endCursor } = await client.list({ first: pageSize, after })
    const found = exports.find((each) => each.number === number)
    if (found) return found
    // Numbers grow with time, and the newest come first.
    if (!hasNextPage || exports.every((each) => each.number < number)) return null
    after = endCursor
  }
  return null
}

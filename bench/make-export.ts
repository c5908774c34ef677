import type { CreateExportInput, Export } from '../src/client/client.ts'
import { seconds } from './case.ts'
import { deals } from './deals.ts'
import type { Service } from './service.ts'

/**
 * One export of the deals, from `createExport` until the watch says COMPLETED, and then forgotten with its
 * files, so that a long run does not fill the disk.
 * @param rows that it must have
 */
export async function makeExport(
  { client }: Service,
  input: Partial<CreateExportInput>,
  rows: number,
): Promise<{ seconds: number; made: Export }> {
  let id = ''
  const taken = await seconds(async () => {
    id = (await client.createExport({ ...deals, ...input })).id
    await client.finished(id)
  })
  const made = await client.get(id)
  if (made?.rowsExported !== rows) throw new Error(`${made?.rowsExported} of ${rows} rows were exported.`)
  await client.delete(id)
  return { seconds: taken, made }
}

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyOut } from '../../../src/engine/source/copy-out.ts'
import { Snapshot } from '../../../src/engine/source/snapshot.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

async function takeSnapshot(): Promise<Snapshot> {
  return await Snapshot.take({
    url: database.ownerUrl,
    timeZone: 'UTC',
    applicationName: 'copy-out test',
    session: {},
  })
}

test('a reader that stops when all rows have come leaves a connection that answers and ends', async () => {
  const snapshot = await takeSnapshot()
  const client = snapshot.holder
  const done = once(client.connection, 'readyForQuery')
  // Postgres sends 8 kB at once: these come together with the end of the command.
  const sql = 'COPY (SELECT generate_series(1, 500)) TO STDOUT'
  for await (const { rows } of copyOut(client, sql, new AbortController().signal, { maxRowsPerBlock: 10 })) {
    expect(rows).toBe(10)
    await done
    break
  }
  expect((await client.query<{ one: number }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await snapshot[Symbol.asyncDispose]()
})

test('blocks share a few pieces of memory, and each holds its own rows while it is looked at', async () => {
  await using snapshot = await takeSnapshot()
  const sql = `COPY (SELECT n || repeat('x', 500) FROM generate_series(1, 20000) AS n) TO STDOUT`
  const hash = createHash('sha256')
  const memories = new Set<ArrayBufferLike>()
  let blocks = 0
  for await (const { bytes } of copyOut(snapshot.holder, sql, new AbortController().signal)) {
    blocks += 1
    memories.add(bytes.buffer)
    // Others are read meanwhile.
    await new Promise((resolve) => setImmediate(resolve))
    hash.update(bytes)
  }
  const expected = createHash('sha256')
  for (let n = 1; n <= 20_000; n += 1) expected.update(`${n}${'x'.repeat(500)}\n`)
  expect(hash.digest('hex')).toBe(expected.digest('hex'))
  expect(blocks).toBeGreaterThan(30)
  expect(memories.size).toBeLessThanOrEqual(8)
})

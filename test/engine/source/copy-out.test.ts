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

test('a reader that stops when all rows have come leaves a connection that answers and ends', async () => {
  const snapshot = await Snapshot.take({
    url: database.ownerUrl,
    timeZone: 'UTC',
    applicationName: 'copy-out test',
    session: {},
  })
  const client = snapshot.holder
  const done = once(client.connection, 'readyForQuery')
  const sql = 'COPY (SELECT generate_series(1, 1000)) TO STDOUT'
  for await (const { rows } of copyOut(client, sql, new AbortController().signal, { maxRowsPerBlock: 10 })) {
    expect(rows).toBe(10)
    await done
    break
  }
  expect((await client.query<{ one: number }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await snapshot[Symbol.asyncDispose]()
})

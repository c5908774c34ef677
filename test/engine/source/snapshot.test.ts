import { expect, inject, onTestFinished, test } from 'vitest'
import { Snapshot } from '../../../src/engine/source/snapshot.ts'
import { connect } from '../../support/database.ts'
import { until } from '../../support/until.ts'

test('what an abandoned snapshot waits for is ended by the number of its process, not by one that a pooler made up', async () => {
  const [lock, watcher] = [await connect(inject('adminUrl')), await connect(inject('adminUrl'))]
  await lock.query('SELECT pg_advisory_lock(7331)')
  onTestFinished(async () => void (await lock.query('SELECT pg_advisory_unlock_all()')))
  const source = { url: inject('adminUrl'), timeZone: 'UTC', applicationName: 'abandoned', session: {} }
  const snapshot = await Snapshot.take(source)
  Object.assign(snapshot.holder, { processID: 2 ** 31 - 1 })
  const waiting = snapshot.holder
    .query('SELECT pg_advisory_lock(7331)')
    .catch((error: Error) => error.message)
  const waiters = async () =>
    (await watcher.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7331 AND NOT granted"))
      .rowCount
  await until('it waits', async () => (await waiters()) === 1)
  snapshot.endWith(AbortSignal.abort())
  await snapshot[Symbol.asyncDispose]()
  expect(await waiting).toMatch(/^Connection terminated/)
  await until('nobody waits', async () => (await waiters()) === 0)
})

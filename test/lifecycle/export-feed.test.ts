import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ExportFeed } from '../../src/lifecycle/export-feed.ts'
import type { ExportWatch } from '../../src/lifecycle/export-watch.ts'
import type { Services } from '../../src/lifecycle/services.ts'
import { Listener } from '../../src/platform/events/listener.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport } from '../support/exports.ts'
import { uuidOf } from '../support/gated-dataset.ts'
import { sql } from '../support/sql.ts'
import { until } from '../support/until.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 0, workers: 0 })
})

afterAll(() => app.stop())

/** A feed whose reads of exports go through `onRead`: it may hold up an answer, or refuse it. */
async function startFeed(onRead: (read: () => Promise<unknown>) => Promise<unknown>): Promise<ExportFeed> {
  const { orm, log } = app.api.services
  const fork = (options?: Parameters<typeof orm.em.fork>[0]) => {
    const em = orm.em.fork(options)
    const find = em.find.bind(em) as (...args: unknown[]) => Promise<unknown>
    return { find: (...args: unknown[]) => onRead(() => find(...args)) }
  }
  const feed = new ExportFeed({ orm: { em: { fork } }, log } as unknown as Pick<Services, 'orm' | 'log'>)
  const listener = new Listener({
    url: app.database.appUrl,
    channels: [feed.channel],
    onError: (error) => log.warn({ err: error }, 'the listening connection failed'),
  })
  await listener.start()
  onTestFinished(async () => {
    feed.stop()
    await listener.stop()
  })
  return feed
}

/** As anybody could in psql: whoever watches is told. */
async function change(id: string, assignments: string): Promise<void> {
  await sql(app.database.ownerUrl, changeSql(id, assignments))
}

/** As if the notification had been lost: the triggers of a replica do not fire. */
async function changeUnheard(id: string, assignments: string): Promise<void> {
  await sql(app.database.adminUrl, `SET session_replication_role = replica; ${changeSql(id, assignments)}`)
}

function changeSql(id: string, assignments: string): string {
  return `UPDATE sluice.exports SET ${assignments}, version = version + 1 WHERE id = '${id}'`
}

function killListeners(): Promise<unknown> {
  return sql(
    app.database.adminUrl,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'sluice-listener'`,
  )
}

test('a state that was read earlier never takes the place of a newer one that arrived first', async () => {
  const id = uuidOf((await acceptExport(app, { dataset: 'deals' })).id)
  let reads = 0
  const late = Promise.withResolvers<void>()
  const feed = await startFeed(async (read) => {
    const answer = await read()
    reads += 1
    // The second read is the one after the connection came back; its answer is long on the way.
    if (reads === 2) await late.promise
    return answer
  })
  const states = (await feed.watchOne(app.organizationId, id))!
  expect((await states.next()).value?.status).toBe('pending')
  await changeUnheard(id, "status = 'processing'")
  await killListeners()
  await until('the missed changes are being read', () => reads === 2)
  await change(id, "status = 'completed', completed_at = now()")
  await until('the end was read', () => reads === 3)
  late.resolve()
  await sleep(0)
  const seen: string[] = []
  const end = (async () => {
    for await (const { status } of states) seen.push(status)
  })()
  await Promise.race([end, sleep(3_000)])
  await states.return()
  expect(seen.at(-1)).toBe('completed')
})

test('a change that cannot be read at first is read again: the terminal state still arrives', async () => {
  const id = uuidOf((await acceptExport(app, { dataset: 'deals' })).id)
  let reads = 0
  const feed = await startFeed(async (read) => {
    reads += 1
    if (reads === 2 || reads === 3) throw new Error('Connection terminated unexpectedly')
    return await read()
  })
  const states = (await feed.watchOne(app.organizationId, id))!
  expect((await states.next()).value?.status).toBe('pending')
  await change(id, "status = 'failed', completed_at = now()")
  const next = await Promise.race([states.next(), sleep(5_000).then(() => null)])
  if (next === null) await states.return()
  expect(next?.value).toMatchObject({ status: 'failed' })
})

test('what was missed while the connection was down is read again when the first try fails too', async () => {
  const id = uuidOf((await acceptExport(app, { dataset: 'deals' })).id)
  let reads = 0
  const feed = await startFeed(async (read) => {
    reads += 1
    if (reads === 2) throw new Error('the database system is starting up')
    return await read()
  })
  const states = (await feed.watchOne(app.organizationId, id))!
  expect((await states.next()).value?.status).toBe('pending')
  await changeUnheard(id, "status = 'canceled'")
  await killListeners()
  const next = await Promise.race([states.next(), sleep(5_000).then(() => null)])
  if (next === null) await states.return()
  expect(next?.value).toMatchObject({ status: 'canceled' })
})

test('many subscribers of one export cost one read of their first state, one of a change, and one after a lost connection', async () => {
  const id = uuidOf((await acceptExport(app, { dataset: 'deals' })).id)
  let reads = 0
  const feed = await startFeed(async (read) => {
    reads += 1
    return await read()
  })
  const all = await watchTimes(50, feed, id)
  expect(reads).toBe(1)
  const firsts = await Promise.all(all.map((states) => states.next()))
  // One object: what GraphQL makes of it is made once.
  expect(new Set(firsts.map(({ value }) => value)).size).toBe(1)
  const next = all.map((states) => states.next())
  await change(id, 'progress = 1')
  await Promise.all(next)
  expect(reads).toBe(2)
  const last = all.map((states) => states.next())
  await changeUnheard(id, "status = 'failed'")
  await killListeners()
  for (const { value } of await Promise.all(last)) expect(value?.status).toBe('failed')
  expect(reads).toBe(3)
  expect(feed.subscriberCount).toBe(0)
})

test('a change is told to many in several turns of the event loop: nothing else waits for all of them', async () => {
  const id = uuidOf((await acceptExport(app, { dataset: 'deals' })).id)
  const feed = await startFeed((read) => read())
  const all = await watchTimes(1_000, feed, id)
  await Promise.all(all.map((states) => states.next()))
  let turn = 0
  let turns = setImmediate(function count() {
    turn += 1
    turns = setImmediate(count)
  })
  onTestFinished(() => clearImmediate(turns))
  const heardIn = all.map((states) => states.next().then(() => turn))
  await change(id, 'progress = 1')
  expect(new Set(await Promise.all(heardIn)).size).toBeGreaterThanOrEqual(10)
  for (const states of all) states.end()
})

test('who comes while a first state is being read does not get that one, but one that was read afterwards', async () => {
  const id = uuidOf((await acceptExport(app, { dataset: 'deals' })).id)
  const firstRead = Promise.withResolvers<void>()
  let reads = 0
  const feed = await startFeed(async (read) => {
    const answer = await read()
    reads += 1
    if (reads === 1) await firstRead.promise
    return answer
  })
  const early = feed.watchOne(app.organizationId, id)
  await until('the first state was read', () => reads === 1)
  // Only a read can tell.
  await changeUnheard(id, 'progress = 7')
  const late = feed.watchOne(app.organizationId, id)
  firstRead.resolve()
  const [earlyStates, lateStates] = await Promise.all([early, late])
  expect((await earlyStates!.next()).value?.progress).toBe(0)
  expect((await lateStates!.next()).value?.progress).toBe(7)
  expect(reads).toBe(2)
  for (const states of [earlyStates, lateStates]) states!.end()
})

test('a first state that was being read when the listening connection came back is read again', async () => {
  const { organizationId, key } = await app.addOrganization('reconnected')
  const ended = uuidOf((await acceptExport(app, { dataset: 'deals' }, key)).id)
  const underWay = uuidOf((await acceptExport(app, { dataset: 'deals' }, key)).id)
  // Long ago: nothing of them is read again for being new.
  await change(ended, "created_at = now() - interval '2 hours'")
  await change(underWay, "created_at = now() - interval '1 hour'")
  const firstRead = Promise.withResolvers<void>()
  let reads = 0
  const feed = await startFeed(async (read) => {
    const answer = await read()
    reads += 1
    if (reads === 1) await firstRead.promise
    return answer
  })
  const asked = feed.watchAll(organizationId)
  await until('the first states were read', () => reads === 1)
  await changeUnheard(ended, "status = 'canceled', completed_at = now()")
  await killListeners()
  await until('what was missed was read', () => reads === 2)
  firstRead.resolve()
  const states = await asked
  expect((await states.next()).value?.id).toBe(underWay)
  states.end()
})

test('an organization that asks together with the owner of an export learns nothing of it', async () => {
  const id = uuidOf((await acceptExport(app, { dataset: 'deals' })).id)
  const other = await app.addOrganization('onlooker')
  const feed = await startFeed((read) => read())
  const [theirs, unknown, mine] = await Promise.all([
    feed.watchOne(other.organizationId, id),
    feed.watchOne(other.organizationId, randomUUID()),
    feed.watchOne(app.organizationId, id),
  ])
  expect([theirs, unknown]).toEqual([null, null])
  expect((await mine!.next()).value?.id).toBe(id)
  expect(feed.subscriberCount).toBe(1)
  mine!.end()
})

test('a first state that cannot be read is an error at once, and leaves no subscriber', async () => {
  const id = uuidOf((await acceptExport(app, { dataset: 'deals' })).id)
  const feed = await startFeed(() => Promise.reject(new Error('Connection terminated unexpectedly')))
  await expect(watchTimes(3, feed, id)).rejects.toThrow('Connection terminated')
  await expect(feed.watchAll(app.organizationId)).rejects.toThrow('Connection terminated')
  expect(feed.subscriberCount).toBe(0)
})

async function watchTimes(count: number, feed: ExportFeed, id: string): Promise<ExportWatch[]> {
  const all = await Promise.all(Array.from({ length: count }, () => feed.watchOne(app.organizationId, id)))
  return all.filter((states) => states !== null)
}

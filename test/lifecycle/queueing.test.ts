import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { LimitExceededError } from '../../src/core/errors.ts'
import type { DoorLimits } from '../../src/core/limits.ts'
import type { ExportRequest } from '../../src/core/request.ts'
import { type Authenticated, authenticate } from '../../src/lifecycle/authenticate.ts'
import { cancelExport } from '../../src/lifecycle/cancel-export.ts'
import { deleteExport } from '../../src/lifecycle/delete-export.ts'
import { failLostExport } from '../../src/lifecycle/fail-lost-export.ts'
import { releaseAllWaiting } from '../../src/lifecycle/release-waiting.ts'
import { retryExport } from '../../src/lifecycle/retry-export.ts'
import { submitExport } from '../../src/lifecycle/submit-export.ts'
import type { Export } from '../../src/platform/db/entities/export.ts'
import { startApp, startWorkerProcess, type TestApp } from '../support/app.ts'
import { Clock } from '../support/clock.ts'
import { createExport, watchExport } from '../support/exports.ts'
import { runJob } from '../support/run-job.ts'
import { sql } from '../support/sql.ts'
import { startSecondApi } from '../support/worker.ts'

const clock = new Clock()
let app: TestApp
let organizations = 0
let organization: { organizationId: string; key: string; principal: Authenticated }

beforeAll(async () => {
  // No worker: what has begun stays where it is until the test ends it.
  app = await startApp({ deals: 100, workers: 0, overrides: { now: clock.now } })
  await sql(
    app.database.ownerUrl,
    `INSERT INTO sluice.plans (name, max_concurrent_exports, beyond_concurrency, door_limits, link_lifetime_seconds, file_lifetime_seconds, record_lifetime_seconds)
     VALUES ('two-queue', 2, 'queue', '{}', 3600, 86400, 86400)`,
  )
})

afterAll(() => app.stop())

beforeEach(async () => {
  organization = await newOrganization('two-queue')
})

async function newOrganization(plan: string) {
  organizations += 1
  const added = await app.addOrganization(`queue-${organizations}`, plan)
  return { ...added, principal: (await authenticate(app.api.services, added.key))! }
}

async function submit(request: Partial<ExportRequest> = {}, services = app.api.services): Promise<Export> {
  const wanted = { door: 'test', dataset: 'deals', columns: [{ name: 'id' }], ...request }
  return (await submitExport(services, organization.principal, wanted)).export
}

async function submitMany(count: number, request: Partial<ExportRequest> = {}): Promise<Export[]> {
  const made: Export[] = []
  for (let index = 0; index < count; index += 1) made.push(await submit(request))
  return made
}

/** `begun` in its turn, `waits` with its place, or how it has ended; in the order of their numbers. */
async function states(): Promise<string[]> {
  const rows = await sql<{ status: string; queue_position: number | null; jobs: number }>(
    app.database.ownerUrl,
    `SELECT status, queue_position, (SELECT count(*)::int FROM pgboss.job j
       WHERE j.name = 'exports' AND (j.data ->> 'jobId')::uuid = e.job_id AND j.state IN ('created', 'active', 'retry')) AS jobs
     FROM sluice.exports e WHERE organization_id = $1 ORDER BY number`,
    [organization.organizationId],
  )
  return rows.map(({ status, queue_position: place, jobs }) => {
    if (status !== 'pending' && status !== 'processing') return status
    // Exactly those whose turn has come have a job.
    expect(jobs).toBe(place === null ? 1 : 0)
    return place === null ? 'begun' : `waits ${place}`
  })
}

test('exports beyond the concurrency wait in order, say so, and begin one by one as others end', async () => {
  const [first, second, third] = await submitMany(5)
  expect(await states()).toEqual(['begun', 'begun', 'waits 1', 'waits 2', 'waits 3'])
  const { data } = await app.graphql<{ node: object }>(
    'query ($id: ID!) { export(id: $id) { status stage queuePosition stageMessage events { type message } } }',
    { id: third!.id },
    organization.key,
  )
  expect(data).toEqual({
    export: {
      status: 'PENDING',
      stage: 'QUEUED',
      queuePosition: 1,
      stageMessage: 'Queued at place 1: as many exports as the plan allows at once are under way',
      events: [
        { type: 'created', message: 'Asked for through test' },
        { type: 'waiting', message: 'Waits for another export to end, at place 1' },
      ],
    },
  })
  await runJob(app, second!.id)
  expect(await states()).toEqual(['begun', 'completed', 'begun', 'waits 1', 'waits 2'])
  await runJob(app, first!.id)
  expect(await states()).toEqual(['completed', 'completed', 'begun', 'begun', 'waits 1'])
})

test.each([
  ['is completed', (row: Export) => runJob(app, row.id)],
  [
    'fails for good',
    async (row: Export) => {
      const broken = { openUpload: () => Promise.reject(new Error('no disk')), list: async function* () {} }
      await runJob(app, row.id, { isLastTry: true, services: { storage: broken as never } })
    },
  ],
  [
    'is lost with its workers',
    (row: Export) => failLostExport(app.api.services, { exportId: row.id, jobId: row.jobId }),
  ],
  ['is canceled', (row: Export) => cancelExport(app.api.services, organization.principal, row.id)],
  ['is deleted', (row: Export) => deleteExport(app.api.services, organization.principal, row.id)],
])('one that %s makes room for the next', async (_, end) => {
  const [first] = await submitMany(4)
  await end(first!)
  const rest = (await states()).slice(-3)
  expect(rest).toEqual(['begun', 'begun', 'waits 1'])
})

test('one that waits and is canceled or deleted makes room for nobody, and those behind it move up', async () => {
  const made = await submitMany(6)
  await cancelExport(app.api.services, organization.principal, made[3]!.id)
  expect(await states()).toEqual(['begun', 'begun', 'waits 1', 'canceled', 'waits 2', 'waits 3'])
  await deleteExport(app.api.services, organization.principal, made[2]!.id)
  expect(await states()).toEqual(['begun', 'begun', 'canceled', 'waits 1', 'waits 2'])
})

test('a try that fails and is tried again, and a worker that shuts down, keep the place', async () => {
  const [first] = await submitMany(3)
  const broken = { openUpload: () => Promise.reject(new Error('no disk')), list: async function* () {} }
  await expect(
    runJob(app, first!.id, { isLastTry: false, services: { storage: broken as never } }),
  ).rejects.toThrow()
  const rows = await sql(
    app.database.ownerUrl,
    'SELECT status, queue_position FROM sluice.exports WHERE organization_id = $1 ORDER BY number',
    [organization.organizationId],
  )
  expect(rows).toEqual([
    { status: 'pending', queue_position: null },
    { status: 'pending', queue_position: null },
    { status: 'pending', queue_position: 1 },
  ])
})

test('one that is retried goes to the end of the queue', async () => {
  const made = await submitMany(4)
  await cancelExport(app.api.services, organization.principal, made[0]!.id)
  expect(await states()).toEqual(['canceled', 'begun', 'begun', 'waits 1'])
  await retryExport(app.api.services, organization.principal, made[0]!.id)
  expect(await states()).toEqual(['waits 2', 'begun', 'begun', 'waits 1'])
  await cancelExport(app.api.services, organization.principal, made[1]!.id)
  await runJob(app, made[3]!.id)
  expect(await states()).toEqual(['begun', 'canceled', 'begun', 'completed'])
})

test('of 20 requests on two servers at once exactly 2 begin, and the places are 1 to 18', async () => {
  const second = await startSecondApi(app)
  const servers = [app.api.services, second.api.services]
  await Promise.all(Array.from({ length: 20 }, (_, index) => submit({}, servers[index % 2])))
  const all = await states()
  expect(all.filter((state) => state === 'begun')).toHaveLength(2)
  const places = all.filter((state) => state !== 'begun').map((state) => Number(state.slice(6)))
  expect(places).toEqual(Array.from({ length: 18 }, (_, index) => index + 1))
  await second.stop()
})

test('ends, requests and retries at once, on two servers, lose no place and take none too many', async () => {
  const second = await startSecondApi(app)
  const servers = [app.api.services, second.api.services]
  const made = await submitMany(8)
  await cancelExport(app.api.services, organization.principal, made[7]!.id)
  await Promise.all([
    runJob(app, made[0]!.id),
    cancelExport(servers[1]!, organization.principal, made[1]!.id),
    cancelExport(servers[0]!, organization.principal, made[3]!.id),
    retryExport(servers[1]!, organization.principal, made[7]!.id),
    submit({}, servers[0]),
    submit({}, servers[1]),
    releaseAllWaiting(servers[1]!),
  ])
  const all = await states()
  expect(all.filter((state) => state === 'begun')).toHaveLength(2)
  const places = all.filter((state) => state.startsWith('waits')).map((state) => Number(state.slice(6)))
  expect(places.sort()).toEqual([1, 2, 3, 4, 5])
  await second.stop()
})

test('a plan that is raised lets those who wait begin, at the next look at the house', async () => {
  await submitMany(5)
  await sql(
    app.database.ownerUrl,
    "UPDATE sluice.plans SET max_concurrent_exports = 4 WHERE name = 'two-queue'",
  )
  onTestFinished(async () => {
    await sql(
      app.database.ownerUrl,
      "UPDATE sluice.plans SET max_concurrent_exports = 2 WHERE name = 'two-queue'",
    )
  })
  await releaseAllWaiting(app.api.services)
  expect(await states()).toEqual(['begun', 'begun', 'begun', 'begun', 'waits 1'])
})

test('one organization waits for its own exports only', async () => {
  await submitMany(3)
  organization = await newOrganization('two-queue')
  await submitMany(2)
  expect(await states()).toEqual(['begun', 'begun'])
})

test('a door with limits of its own is counted apart from the plan, in every built-in plan', async () => {
  organization = await newOrganization('essentials')
  await submitMany(3, { door: 'hubspot' })
  expect(await states()).toEqual(['begun', 'waits 1', 'waits 2'])
  // Two at once for all other doors, and two for Hindsight's own: refused, not queued.
  for (const door of ['graphql', 'hindsight']) {
    await submitMany(2, { door })
    const refusal = await submit({ door }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(LimitExceededError)
    expect(refusal).toMatchObject({ window: 'CONCURRENT', limit: 2 })
  }
  const refusal = (await submit({ door: 'close' }).catch((error: unknown) => error)) as LimitExceededError
  expect(refusal).toMatchObject({ window: 'CONCURRENT', limit: 2 })
  const plans = await sql<{ name: string; door_limits: DoorLimits }>(
    app.database.ownerUrl,
    "SELECT name, door_limits FROM sluice.plans WHERE name <> 'two-queue' ORDER BY name",
  )
  const hubspot = { exportsPerDay: 30, maxConcurrentExports: 1, beyondConcurrency: 'queue' }
  const hindsight = (exportsPerHour: number, maxConcurrentExports: number) => ({
    exportsPerHour,
    maxConcurrentExports,
    beyondConcurrency: 'refuse',
  })
  expect(plans).toEqual([
    { name: 'enterprise', door_limits: { hubspot, hindsight: hindsight(100, 20) } },
    { name: 'essentials', door_limits: { hubspot, hindsight: hindsight(5, 2) } },
    { name: 'growth', door_limits: { hubspot, hindsight: hindsight(20, 5) } },
    { name: 'unlimited', door_limits: { hubspot } },
  ])
})

test('a window counts what was deleted, and its last place is free when the first export leaves it', async () => {
  organization = await newOrganization('unlimited')
  const begin = clock.now()
  for (let made = 0; made < 30; made += 1) {
    const row = await submit({ door: 'hubspot' })
    await deleteExport(app.api.services, organization.principal, row.id)
    clock.moveBy(60)
  }
  const refusal = (await submit({ door: 'hubspot' }).catch((error: unknown) => error)) as LimitExceededError
  expect(refusal).toMatchObject({ window: 'DAY', limit: 30 })
  const freeAt = begin.getTime() + 86_400_000
  expect(Math.abs(clock.now().getTime() + refusal.retryAfterSeconds * 1000 - freeAt)).toBeLessThan(5_000)
  clock.moveBy(refusal.retryAfterSeconds)
  expect((await submit({ door: 'hubspot' })).status).toBe('pending')
})

test('retryAfterSeconds of "at once" is what the running exports still need', async () => {
  organization = await newOrganization('essentials')
  const [first] = await submitMany(2, { door: 'graphql' })
  await sql(
    app.database.ownerUrl,
    "UPDATE sluice.exports SET status = 'processing', estimated_completion_at = $2 WHERE id = $1",
    [first!.id, new Date(clock.now().getTime() + 90_000)],
  )
  await sql(
    app.database.ownerUrl,
    "UPDATE sluice.exports SET status = 'processing', estimated_completion_at = $2 WHERE organization_id = $1 AND number = 2",
    [organization.organizationId, new Date(clock.now().getTime() + 42_000)],
  )
  const answer = await createExport(app, { dataset: 'deals' }, organization.key)
  expect(answer).toMatchObject({
    __typename: 'LimitExceededError',
    code: 'LIMIT_EXCEEDED',
    window: 'CONCURRENT',
    limit: 2,
  })
  expect(answer.retryAfterSeconds).toBeGreaterThan(38)
  expect(answer.retryAfterSeconds).toBeLessThanOrEqual(42)
})

test('a worker makes those that wait when their turn comes, with nobody else at hand', async () => {
  const made = await submitMany(5)
  const worker = await startWorkerProcess(app)
  onTestFinished(() => {
    worker.kill('SIGKILL')
  })
  const last: string[] = []
  for await (const { status } of watchExport(app, made[4]!.id, organization.key)) last.push(status)
  expect(last.at(-1)).toBe('COMPLETED')
  expect(await states()).toEqual(Array.from({ length: 5 }, () => 'completed'))
})

test('before it has begun an export is estimated by those ahead of it and by how long its like took', async () => {
  const estimateOf = async (row: Export) => {
    const { data } = await app.graphql<{ export: { estimatedCompletionAt: string | null } }>(
      'query ($id: ID!) { export(id: $id) { estimatedCompletionAt } }',
      { id: row.id },
      organization.key,
    )
    const text = data!.export.estimatedCompletionAt
    return text === null ? null : (Date.parse(text) - clock.now().getTime()) / 1000
  }
  const [past] = await submitMany(1)
  // Nothing is known of an organization's first export.
  expect(await estimateOf(past!)).toBeNull()
  await sql(
    app.database.ownerUrl,
    "UPDATE sluice.exports SET status = 'completed', attempt = 1, started_at = created_at, completed_at = created_at + interval '60 seconds' WHERE id = $1",
    [past!.id],
  )
  const [first, second, third, fourth] = await submitMany(4)
  await sql(
    app.database.ownerUrl,
    "UPDATE sluice.exports SET status = 'processing', started_at = $2, estimated_completion_at = $3 WHERE id = $1",
    [first!.id, clock.now(), new Date(clock.now().getTime() + 20_000)],
  )
  // Begun, and not yet taken by a worker: 60 s. Then one after 20 s, one after 60 s, each as long again.
  expect(await estimateOf(second!)).toBeCloseTo(60, -1)
  expect(await estimateOf(third!)).toBeCloseTo(80, -1)
  expect(await estimateOf(fourth!)).toBeCloseTo(120, -1)
})

test('a dry run meets the limits, says what would be made, and makes nothing', async () => {
  await submitMany(2)
  const before = await states()
  const row = await submit({ dryRun: true, name: 'Would be' })
  expect(row).toMatchObject({ status: 'pending', queuePosition: 1, number: 3, name: 'Would be' })
  expect(await states()).toEqual(before)
  expect((await submit()).number).toBe(3)
  organization = await newOrganization('essentials')
  await submitMany(2, { door: 'graphql' })
  await expect(submit({ door: 'graphql', dryRun: true })).rejects.toThrow(LimitExceededError)
})

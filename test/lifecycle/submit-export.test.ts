import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ConflictError, LimitExceededError, ValidationError } from '../../src/core/errors.ts'
import type { ExportRequest } from '../../src/core/request.ts'
import { type Authenticated, authenticate } from '../../src/lifecycle/authenticate.ts'
import { cancelExport } from '../../src/lifecycle/cancel-export.ts'
import { failLostExport } from '../../src/lifecycle/fail-lost-export.ts'
import { retryExport } from '../../src/lifecycle/retry-export.ts'
import { type SubmitResult, submitExport } from '../../src/lifecycle/submit-export.ts'
import type { ExportJob } from '../../src/platform/queue/queue.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { Clock } from '../support/clock.ts'
import { createExport } from '../support/exports.ts'
import { sql } from '../support/sql.ts'

const clock = new Clock()
let app: TestApp
let organization: Organization
let organizations = 0

interface Organization {
  readonly organizationId: string
  readonly key: string
  readonly principal: Authenticated
}

beforeAll(async () => {
  // No worker: what is accepted stays pending.
  app = await startApp({ deals: 100, workers: 0, overrides: { now: clock.now } })
})

afterAll(() => app.stop())

beforeEach(async () => {
  organization = await newOrganization()
})

async function newOrganization(plan = 'unlimited'): Promise<Organization> {
  organizations += 1
  const added = await app.addOrganization(`org-${organizations}`, plan)
  const principal = await authenticate(app.api.services, added.key)
  return { ...added, principal: principal! }
}

function submit(request: Partial<ExportRequest> = {}, by = organization): Promise<SubmitResult> {
  return submitExport(app.api.services, by.principal, {
    door: 'test',
    dataset: 'deals',
    columns: [{ name: 'id' }],
    ...request,
  })
}

function exportsOf({ organizationId }: Organization) {
  return sql<{ id: string; number: string; status: string }>(
    app.database.ownerUrl,
    'SELECT id, number, status FROM sluice.exports WHERE organization_id = $1 ORDER BY number',
    [organizationId],
  )
}

function jobs() {
  return sql<{ data: { exportId: string; jobId: string }; state: string }>(
    app.database.ownerUrl,
    "SELECT data, state FROM pgboss.job WHERE name = 'exports'",
  )
}

async function end(exportId: string, status: string, completedAt: Date): Promise<void> {
  await sql(
    app.database.ownerUrl,
    'UPDATE sluice.exports SET status = $2, completed_at = $3, version = version + 1 WHERE id = $1',
    [exportId, status, completedAt],
  )
}

/** What was refused, of all that were tried at once. */
async function settleAll(tries: readonly Promise<SubmitResult>[]) {
  const settled = await Promise.allSettled(tries)
  return {
    accepted: settled.flatMap((try_) => (try_.status === 'fulfilled' ? [try_.value] : [])),
    refused: settled.flatMap((try_) => (try_.status === 'rejected' ? [try_.reason as unknown] : [])),
  }
}

test('an accepted export has its row, one job and its first event', async () => {
  const { export: accepted } = await submit()
  expect((await jobs()).filter(({ data }) => data.exportId === accepted.id)).toEqual([
    { data: { exportId: accepted.id, jobId: accepted.jobId }, state: 'created' },
  ])
  const events = await sql(
    app.database.ownerUrl,
    'SELECT type, attempt, message FROM sluice.export_events WHERE export_id = $1',
    [accepted.id],
  )
  expect(events).toEqual([{ type: 'created', attempt: 0, message: 'Asked for through test' }])
})

test('when the job cannot be added there is no export either, and its number is not used up', async () => {
  const before = await jobs()
  const services = {
    ...app.api.services,
    queue: { jobStatement: () => Promise.reject(new Error('the queue is down')) } as never,
  }
  await expect(
    submitExport(services, organization.principal, { door: 'test', dataset: 'deals' }),
  ).rejects.toThrow('the queue is down')
  expect(await exportsOf(organization)).toEqual([])
  expect(await jobs()).toEqual(before)
  expect((await submit()).export.number).toBe(1)
})

test('when the transaction fails after the job was added, the job is gone with the row', async () => {
  const before = await jobs()
  const { queue } = app.api.services
  const services = {
    ...app.api.services,
    queue: {
      jobStatement: async (job: ExportJob) => {
        const { sql: text, params } = await queue.jobStatement(job)
        return { sql: `${text}; select pg_terminate_backend(pg_backend_pid())`, params }
      },
    } as never,
  }
  await expect(
    submitExport(services, organization.principal, { door: 'test', dataset: 'deals' }),
  ).rejects.toThrow('terminating connection')
  expect(await exportsOf(organization)).toEqual([])
  expect(await jobs()).toEqual(before)
})

test('the same idempotency key with the same request gives the same export, however often it is sent', async () => {
  const first = await submit({ idempotencyKey: 'order-1' })
  const second = await submit({ idempotencyKey: 'order-1' })
  expect(first.deduped).toBe(false)
  expect(second).toMatchObject({ deduped: true, export: { id: first.export.id } })
  expect(await exportsOf(organization)).toHaveLength(1)
})

test('ten requests at once with one idempotency key make one export', async () => {
  const { accepted, refused } = await settleAll(
    Array.from({ length: 10 }, () => submit({ idempotencyKey: 'at once' })),
  )
  expect(refused).toEqual([])
  expect(new Set(accepted.map((result) => result.export.id)).size).toBe(1)
  expect(accepted.filter(({ deduped }) => !deduped)).toHaveLength(1)
  expect(await exportsOf(organization)).toHaveLength(1)
})

test('an idempotency key that was used for another request is a conflict', async () => {
  await submit({ idempotencyKey: 'order-2' })
  await expect(submit({ idempotencyKey: 'order-2', columns: [{ name: 'name' }] })).rejects.toThrow(
    ConflictError,
  )
  await expect(submit({ idempotencyKey: 'order-2', name: 'Another name' })).rejects.toThrow(ConflictError)
  expect(await exportsOf(organization)).toHaveLength(1)
})

test('an idempotency key still fits its request later, though "30 days ago" is another moment by then', async () => {
  const request: Partial<ExportRequest> = {
    idempotencyKey: 'nightly',
    filter: {
      field: { column: 'created_at', operator: 'gte', value: { now: { minus: { days: 30 } } } },
    },
  }
  const first = await submit(request)
  clock.moveBy(90)
  expect(await submit(request)).toMatchObject({ deduped: true, export: { id: first.export.id } })
})

test('an idempotency key belongs to its organization', async () => {
  const other = await newOrganization()
  const mine = await submit({ idempotencyKey: 'shared' })
  const theirs = await submit({ idempotencyKey: 'shared' }, other)
  expect(theirs.deduped).toBe(false)
  expect(theirs.export.id).not.toBe(mine.export.id)
})

test('dedupe answers with an equal export that is under way', async () => {
  const first = await submit()
  expect(await submit({ dedupeWithinSeconds: 60 })).toMatchObject({
    deduped: true,
    export: { id: first.export.id },
  })
  expect((await submit()).deduped).toBe(false)
  expect((await submit({ dedupeWithinSeconds: 60, columns: [{ name: 'name' }] })).deduped).toBe(false)
})

test('dedupe counts from the completion: inside the window the export is reused, outside it is not', async () => {
  const first = await submit()
  await end(first.export.id, 'completed', clock.now())
  clock.moveBy(50)
  expect(await submit({ dedupeWithinSeconds: 60 })).toMatchObject({
    deduped: true,
    export: { id: first.export.id },
  })
  clock.moveBy(11)
  const second = await submit({ dedupeWithinSeconds: 60 })
  expect(second.deduped).toBe(false)
  expect(second.export.id).not.toBe(first.export.id)
})

test.each(['failed', 'canceled', 'expired'])('dedupe never answers with a %s export', async (status) => {
  const first = await submit()
  await end(first.export.id, status, clock.now())
  expect((await submit({ dedupeWithinSeconds: 3600 })).deduped).toBe(false)
})

test("dedupe never answers with another organization's export", async () => {
  const other = await newOrganization()
  await submit({}, other)
  expect((await submit({ dedupeWithinSeconds: 3600 })).deduped).toBe(false)
})

test('ten equal requests at once with dedupe make one export', async () => {
  const { accepted } = await settleAll(Array.from({ length: 10 }, () => submit({ dedupeWithinSeconds: 60 })))
  expect(accepted).toHaveLength(10)
  expect(await exportsOf(organization)).toHaveLength(1)
})

test('a duplicate says which kind it is, through whatever door and in whatever order it asks', async () => {
  const conditions = [
    { field: { column: 'amount', operator: 'gt', value: '5' } },
    { field: { column: 'deal_status', operator: 'in', value: ['Closed Won', 'Demo'] } },
    { or: [{ search: 'acme' }, { field: { column: 'region', operator: 'isNull', value: true } }] },
  ]
  const turned = [
    { or: [{ field: { value: true, operator: 'isNull', column: 'region' } }, { search: 'acme' }] },
    { field: { column: 'deal_status', operator: 'in', value: ['Demo', 'Closed Won', 'Demo'] } },
    conditions[0],
  ]
  const within = { dedupeWithinSeconds: 600 }
  const first = await submit({ filter: { and: conditions }, ...within })
  expect(first).toMatchObject({ deduped: false, duplicate: 'none' })
  const again = { filter: { and: turned }, door: 'hienergy', ...within }
  const id = first.export.id
  expect(await submit(again)).toMatchObject({ deduped: true, duplicate: 'inFlight', export: { id } })
  await end(id, 'completed', clock.now())
  expect(await submit(again)).toMatchObject({ deduped: true, duplicate: 'completed', export: { id } })
  clock.moveBy(601)
  expect(await submit(again)).toMatchObject({ deduped: false, duplicate: 'none' })
  const sent = await submit({ idempotencyKey: 'kinds' })
  expect(await submit({ idempotencyKey: 'kinds' })).toMatchObject({
    duplicate: 'resent',
    export: { id: sent.export.id },
  })
})

test('of 30 requests at once, a plan for 2 at once accepts exactly 2', async () => {
  const small = await newOrganization('essentials')
  const { accepted, refused } = await settleAll(Array.from({ length: 30 }, () => submit({}, small)))
  expect(accepted).toHaveLength(2)
  expect(refused).toHaveLength(28)
  for (const error of refused) {
    expect(error).toBeInstanceOf(LimitExceededError)
    expect((error as LimitExceededError).retryAfterSeconds).toBeGreaterThan(0)
  }
  expect((await exportsOf(small)).map(({ number }) => number)).toEqual(['1', '2'])
})

test('of 30 requests at once, a plan for 5 an hour accepts exactly 5', async () => {
  await sql(
    app.database.ownerUrl,
    `INSERT INTO sluice.plans SELECT 'hourly', 5, null, null, null, link_lifetime_seconds, file_lifetime_seconds, record_lifetime_seconds
     FROM sluice.plans WHERE name = 'essentials'`,
  )
  const small = await newOrganization('hourly')
  const { accepted, refused } = await settleAll(Array.from({ length: 30 }, () => submit({}, small)))
  expect(accepted).toHaveLength(5)
  expect(refused.every((error) => error instanceof LimitExceededError)).toBe(true)
  expect((await exportsOf(small)).map(({ number }) => number)).toEqual(['1', '2', '3', '4', '5'])
})

test('retryAfterSeconds is true: one second earlier the request is refused, then it is accepted', async () => {
  const small = await newOrganization('essentials')
  for (let made = 0; made < 5; made += 1) {
    const { export: row } = await submit({}, small)
    await end(row.id, 'completed', clock.now())
    clock.moveBy(60)
  }
  const refusal = (await submit({}, small).catch((error: unknown) => error)) as LimitExceededError
  expect(refusal).toBeInstanceOf(LimitExceededError)
  // The first of the five was made five minutes ago, so its place is free in 55 minutes.
  expect(refusal.retryAfterSeconds).toBeGreaterThan(55 * 60 - 10)
  expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(55 * 60)
  clock.moveBy(refusal.retryAfterSeconds - 5)
  await expect(submit({}, small)).rejects.toThrow(LimitExceededError)
  clock.moveBy(5)
  expect((await submit({}, small)).deduped).toBe(false)
})

test('retryAfterSeconds is true also when the plan was made smaller since', async () => {
  const small = await newOrganization('growth')
  for (let made = 0; made < 8; made += 1) {
    const { export: row } = await submit({}, small)
    await end(row.id, 'completed', clock.now())
    clock.moveBy(60)
  }
  await sql(app.database.ownerUrl, "UPDATE sluice.organizations SET plan_name = 'essentials' WHERE id = $1", [
    small.organizationId,
  ])
  const refusal = (await submit({}, small).catch((error: unknown) => error)) as LimitExceededError
  expect(refusal).toBeInstanceOf(LimitExceededError)
  clock.moveBy(refusal.retryAfterSeconds)
  expect((await submit({}, small)).deduped).toBe(false)
})

test('an export that failed gives its place back, a canceled one does not', async () => {
  const small = await newOrganization('essentials')
  const statuses = ['failed', 'failed', 'failed', 'canceled', 'completed', 'completed', 'completed']
  for (const status of statuses) {
    const { export: row } = await submit({}, small)
    if (status === 'failed') await failLostExport(app.api.services, { exportId: row.id, jobId: row.jobId })
    else await end(row.id, status, clock.now())
  }
  // Four of the seven count, so there is one more place.
  const { export: fifth } = await submit({}, small)
  await end(fifth.id, 'completed', clock.now())
  await expect(submit({}, small)).rejects.toThrow(LimitExceededError)
})

test('an export that is retried takes one more place', async () => {
  const small = await newOrganization('essentials')
  const { export: row } = await submit({}, small)
  for (let taken = 1; taken < 5; taken += 1) {
    await cancelExport(app.api.services, small.principal, row.id)
    await retryExport(app.api.services, small.principal, row.id)
  }
  await cancelExport(app.api.services, small.principal, row.id)
  const refusal = retryExport(app.api.services, small.principal, row.id)
  await expect(refusal).rejects.toMatchObject({ window: 'HOUR', limit: 5 })
})

test('an answered duplicate and a refused request cost nothing', async () => {
  const small = await newOrganization('essentials')
  const first = await submit({ idempotencyKey: 'a' }, small)
  for (let again = 0; again < 6; again += 1) await submit({ idempotencyKey: 'a' }, small)
  for (let again = 0; again < 6; again += 1)
    await expect(submit({ dataset: 'nothing' }, small)).rejects.toThrow(ValidationError)
  await end(first.export.id, 'completed', clock.now())
  for (let more = 0; more < 4; more += 1)
    await end((await submit({}, small)).export.id, 'completed', clock.now())
  await expect(submit({}, small)).rejects.toThrow(LimitExceededError)
  // A request that was accepted before is answered, limit or not.
  expect((await submit({ idempotencyKey: 'a' }, small)).deduped).toBe(true)
})

test('numbers count from 1 in each organization, without gaps, also at once and after refusals', async () => {
  const other = await newOrganization()
  await settleAll([
    ...Array.from({ length: 8 }, () => submit()),
    ...Array.from({ length: 4 }, () => submit({ dataset: 'nothing' })),
    ...Array.from({ length: 8 }, () => submit({}, other)),
  ])
  const wanted = ['1', '2', '3', '4', '5', '6', '7', '8']
  expect((await exportsOf(organization)).map(({ number }) => number)).toEqual(wanted)
  expect((await exportsOf(other)).map(({ number }) => number)).toEqual(wanted)
})

test('an unknown dataset is refused with the ones there are', async () => {
  const answer = await createExport(app, { dataset: 'dealz' })
  expect(answer).toMatchObject({ __typename: 'ValidationError', code: 'VALIDATION_FAILED' })
  expect(answer.issues).toHaveLength(1)
  expect(answer.issues![0]).toMatchObject({ path: 'dataset', message: expect.stringContaining("'dealz'") })
  expect(answer.issues![0]!.message).toContain('deals')
})

test('everything that is wrong with a request is said at once, each with its path', async () => {
  const answer = await createExport(app, {
    dataset: 'deals',
    columns: [{ name: 'id' }, { name: 'ammount' }, { name: 'id' }, { name: 'name', label: 'a\0b' }],
    filter: {
      and: [
        { field: { column: 'nmae', is: { text: { eq: 'x' } } } },
        { field: { column: 'amount', is: { text: { contains: 'x' } } } },
      ],
    },
    sort: [{ column: 'scorecard' }, { column: 'nothing' }],
    options: { delimiter: 'ab', timeZone: 'Mars/Olympus' },
    name: 'n'.repeat(201),
  })
  expect(answer.__typename).toBe('ValidationError')
  const paths = answer.issues!.map(({ path }) => path)
  expect(paths).toEqual(
    expect.arrayContaining([
      'columns.1.name',
      'columns.2.name',
      'columns.3.label',
      'options.delimiter',
      'options.timeZone',
      'sort.0.column',
      'sort.1.column',
      'name',
    ]),
  )
  expect(paths.filter((path) => path.startsWith('filter.'))).toEqual([
    'filter.and.0.field.column',
    'filter.and.1.field.is.text',
  ])
  const messageAt = (path: string) => answer.issues!.find((issue) => issue.path === path)?.message
  expect(messageAt('columns.1.name')).toBe("Unknown column 'ammount'. Did you mean 'amount'?")
  expect(messageAt('columns.2.name')).toBe("'id' is named twice")
})

test.each([
  ['an unknown format option', { dataset: 'deals', options: { nonsense: true } }, null],
  ['an idempotency key that is empty', { dataset: 'deals', idempotencyKey: '' }, 'idempotencyKey'],
  [
    'an idempotency key that is too long',
    { dataset: 'deals', idempotencyKey: 'k'.repeat(256) },
    'idempotencyKey',
  ],
  ['a negative window', { dataset: 'deals', dedupeWithinSeconds: -1 }, 'dedupeWithinSeconds'],
  ['a name with a NUL', { dataset: 'deals', name: 'a\0b' }, 'name'],
  ['no columns at all', { dataset: 'deals', columns: [] }, 'columns'],
])('%s is refused', async (_what, input, path) => {
  if (path === null) {
    await expect(createExport(app, input)).rejects.toThrow('nonsense')
    return
  }
  const answer = await createExport(app, input)
  expect(answer.__typename).toBe('ValidationError')
  expect(answer.issues!.map((issue) => issue.path)).toEqual([path])
})

test('names and keys with quotes, backslashes and emoji are kept as they are', async () => {
  const name = `O'Brien \\ "x" ? $1 🦩`
  const { export: row } = await submit({ name, idempotencyKey: name })
  expect(
    await sql(
      app.database.ownerUrl,
      'SELECT name, idempotency_key AS key FROM sluice.exports WHERE id = $1',
      [row.id],
    ),
  ).toEqual([{ name, key: name }])
  expect((await submit({ name, idempotencyKey: name })).deduped).toBe(true)
})

test('what a door will say of a request again is kept, and makes no other export of it', async () => {
  const first = await submit({ doorDetails: { report_type: 'deals' }, dedupeWithinSeconds: 60 })
  const second = await submit({ doorDetails: { asked: 'otherwise' }, dedupeWithinSeconds: 60 })
  expect(first.export.doorDetails).toEqual({ report_type: 'deals' })
  expect(second).toMatchObject({ deduped: true, export: { id: first.export.id } })
})

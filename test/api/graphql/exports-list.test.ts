import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { Clock } from '../../support/clock.ts'
import { queriesOf } from '../../support/count-queries.ts'
import { acceptExport, createExport } from '../../support/exports.ts'
import { sql } from '../../support/sql.ts'

const clock = new Clock()
const made = 60
let app: TestApp

interface Page {
  readonly totalCount?: number
  readonly edges: { cursor: string; node: { id: string; number: number; name: string; status: string } }[]
  readonly pageInfo: {
    hasNextPage: boolean
    hasPreviousPage: boolean
    startCursor: string | null
    endCursor: string | null
  }
}

beforeAll(async () => {
  app = await startApp({ deals: 0, workers: 0, overrides: { now: clock.now } })
  for (let number = 1; number <= made; number += 1) {
    await acceptExport(app, {
      dataset: number % 3 === 0 ? 'contacts' : 'deals',
      // Several share a name, and several a moment: ids decide then.
      name: `name ${String(number % 7)}`,
    })
    if (number % 4 === 0) clock.moveBy(60)
  }
  await sql(
    app.database.ownerUrl,
    `UPDATE sluice.exports SET created_at = date_trunc('minute', created_at);
     UPDATE sluice.exports SET status = 'completed', progress = 100 WHERE number % 2 = 0;
     INSERT INTO sluice.export_files
     SELECT (jsonb_populate_record(null::sluice.export_files, jsonb_build_object(
       'id', gen_random_uuid(), 'export_id', e.id, 'organization_id', e.organization_id, 'kind', 'data', 'position', 0, 'name', 'file.csv', 'storage_key', e.id::text,
       'content_type', 'text/csv', 'bytes', 3, 'rows', 0, 'sha256', repeat('0', 64), 'created_at', e.created_at))).*
     FROM sluice.exports e WHERE e.status = 'completed'`,
  )
})

afterAll(() => app.stop())

async function list(args: Record<string, unknown>, fields = ''): Promise<Page> {
  const { data, errors } = await app.graphql<{ exports: Page }>(
    `query ($first: Int, $last: Int, $after: String, $before: String, $filter: ExportFilter, $orderBy: ExportOrder) {
       exports(first: $first, last: $last, after: $after, before: $before, filter: $filter, orderBy: $orderBy) {
         ${fields}
         edges { cursor node { id number name status } }
         pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    args,
  )
  if (!data) throw new Error(JSON.stringify(errors))
  return data.exports
}

async function refusal(args: Record<string, unknown>): Promise<unknown> {
  const { errors } = await app.graphql(
    `query ($first: Int, $last: Int, $after: String, $before: String, $orderBy: ExportOrder) {
       exports(first: $first, last: $last, after: $after, before: $before, orderBy: $orderBy) { edges { cursor } } }`,
    args,
  )
  return errors?.[0]?.extensions
}

function idsOf(page: Page): string[] {
  return page.edges.map(({ node }) => node.id)
}

/** The whole list in its order, from the database. */
async function expectedIds(orderBy: string, where = 'true'): Promise<string[]> {
  const rows = await sql<{ id: string }>(
    app.database.ownerUrl,
    `SELECT id FROM sluice.exports WHERE ${where} ORDER BY ${orderBy}`,
  )
  return rows.map(({ id }) => Buffer.from(`Export:${id}`).toString('base64'))
}

async function walkForwards(args: Record<string, unknown>, size: number): Promise<string[]> {
  const ids: string[] = []
  let after: string | null = null
  for (;;) {
    const page: Page = await list({ ...args, first: size, after })
    expect(page.edges.length).toBeLessThanOrEqual(size)
    expect(page.pageInfo.startCursor).toBe(page.edges[0]?.cursor ?? null)
    expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor ?? null)
    ids.push(...idsOf(page))
    if (!page.pageInfo.hasNextPage) return ids
    after = page.pageInfo.endCursor
  }
}

async function walkBackwards(args: Record<string, unknown>, size: number): Promise<string[]> {
  const ids: string[] = []
  let before: string | null = null
  for (;;) {
    const page: Page = await list({ ...args, last: size, before })
    ids.unshift(...idsOf(page))
    if (!page.pageInfo.hasPreviousPage) return ids
    before = page.pageInfo.startCursor
  }
}

test.each([
  ['newest first, as by default', {}, 'created_at DESC, id DESC'],
  ['oldest first', { orderBy: { field: 'CREATED_AT', direction: 'ASC' } }, 'created_at, id'],
  ['by name', { orderBy: { field: 'NAME', direction: 'ASC' } }, 'name, id'],
  ['by name, last first', { orderBy: { field: 'NAME', direction: 'DESC' } }, 'name DESC, id DESC'],
])('all pages together are the list: %s', async (_what, args, orderBy) => {
  const expected = await expectedIds(orderBy)
  expect(expected).toHaveLength(made)
  expect(await walkForwards(args, 7)).toEqual(expected)
  expect(await walkForwards(args, 60)).toEqual(expected)
  expect(await walkBackwards(args, 7)).toEqual(expected)
})

test('a page without a size has 20, and one page of all has no neighbours', async () => {
  expect((await list({})).edges).toHaveLength(20)
  const all = await list({ first: 200 })
  expect(all.edges).toHaveLength(made)
  expect(all.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false })
  const middle = await list({ first: 5, after: (await list({ first: 5 })).pageInfo.endCursor })
  expect(middle.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
})

test.each([
  ['status', { status: ['COMPLETED'] }, "status = 'completed'"],
  ['several statuses', { status: ['PENDING', 'FAILED'] }, "status = 'pending'"],
  ['dataset', { dataset: ['contacts'] }, "dataset = 'contacts'"],
  [
    'all at once',
    { dataset: ['contacts'], status: ['COMPLETED'] },
    "dataset = 'contacts' AND status = 'completed'",
  ],
  ['nothing', { dataset: ['nothing'] }, 'false'],
  ['an empty list', { status: [] }, 'false'],
])('a filter by %s finds exactly those, counted and paged', async (_what, filter, where) => {
  const expected = await expectedIds('created_at DESC, id DESC', where)
  expect(await walkForwards({ filter }, 4)).toEqual(expected)
  expect((await list({ filter }, 'totalCount')).totalCount).toBe(expected.length)
})

test('a filter by date takes its beginning and leaves out its end', async () => {
  const [{ at }] = (await sql<{ at: Date }>(
    app.database.ownerUrl,
    'SELECT created_at AS at FROM sluice.exports WHERE number = 30',
  )) as [{ at: Date }]
  const from = await walkForwards({ filter: { createdAfter: at.toISOString() } }, 9)
  const until = await walkForwards({ filter: { createdBefore: at.toISOString() } }, 9)
  expect(from).toEqual(await expectedIds('created_at DESC, id DESC', `created_at >= '${at.toISOString()}'`))
  expect(from.length).toBeGreaterThan(0)
  expect(until.length).toBeGreaterThan(0)
  expect(from.length + until.length).toBe(made)
})

test('totalCount is counted only when it is asked for', async () => {
  const without = await queriesOf(() => list({ first: 5 }))
  const counted = await queriesOf(async () => {
    expect((await list({ first: 5 }, 'totalCount')).totalCount).toBe(made)
  })
  const counts = (queries: string[]) => queries.filter((query) => /count\(/i.test(query))
  expect(counts(without)).toEqual([])
  expect(counts(counted)).toHaveLength(1)
})

test('a page of 50 with files, keys, plan and timeline costs as many queries as a page of 5', async () => {
  const page = (size: number) =>
    queriesOf(async () => {
      const { data, errors } = await app.graphql<{ exports: { edges: unknown[] } }>(
        `query ($size: Int) { exports(first: $size) { totalCount edges { node {
           id name status error { code } files { name url expiresAt } requestedBy { name prefix }
           events { type message } spec { columns { name } } } } } viewer { organization { plan { name } } } }`,
        { size },
      )
      expect(errors).toBeUndefined()
      expect(data!.exports.edges).toHaveLength(size)
      expect(JSON.stringify(data)).toContain('/files/')
    })
  await page(5)
  const few = await page(5)
  const many = await page(50)
  expect(many).toHaveLength(few.length)
  // The key, the page, the count, files, keys, timelines, the organization with its plan.
  expect(many.length).toBeLessThanOrEqual(8)
})

test('a page in the middle is read by keyset, without OFFSET', async () => {
  const { pageInfo } = await list({ first: 10 })
  const queries = await queriesOf(() => list({ first: 10, after: pageInfo.endCursor }))
  expect(queries.some((query) => /limit/i.test(query))).toBe(true)
  expect(queries.filter((query) => /offset/i.test(query))).toEqual([])
})

test('after and before together are a range, read from either end', async () => {
  const all = await list({ first: 60 })
  const range = { after: all.edges[9]!.cursor, before: all.edges[20]!.cursor }
  const expected = idsOf(all).slice(10, 20)
  expect(idsOf(await list({ ...range, first: 60 }))).toEqual(expected)
  const end = await list({ ...range, last: 4 })
  expect(idsOf(end)).toEqual(expected.slice(-4))
  expect(end.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
})

test('names in a filter that Postgres cannot store find nothing, and too many are refused', async () => {
  expect((await list({ filter: { dataset: ['a\0b', '\ud800'] } }, 'totalCount')).totalCount).toBe(0)
  expect((await list({ filter: { dataset: ['"', '\\', '{}', 'contacts', 'contacts'] } })).edges.length).toBe(
    20,
  )
  const { errors } = await app.graphql(
    'query ($names: [String!]) { exports(filter: {dataset: $names}) { edges { cursor } } }',
    { names: Array.from({ length: 51 }, (_, index) => `d${index}`) },
  )
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'VALIDATION_FAILED',
    issues: [{ path: 'filter.dataset' }],
  })
})

test.each([
  ['both sizes', { first: 1, last: 1 }, 'last'],
  ['no row at all', { first: 0 }, 'first'],
  ['fewer than none', { last: -1 }, 'last'],
  ['too many', { first: 1000 }, 'first'],
  ['a cursor that is none', { first: 1, after: 'garbage' }, 'after'],
  [
    'a cursor that is JSON of something else',
    { first: 1, after: Buffer.from('{"a":1}').toString('base64url') },
    'after',
  ],
  [
    'a cursor with values of other types',
    { first: 1, after: Buffer.from('["x","y"]').toString('base64url') },
    'after',
  ],
  ['an empty cursor list', { first: 1, after: Buffer.from('[]').toString('base64url') }, 'after'],
  ['a wrong cursor before', { last: 1, before: 'garbage' }, 'before'],
])('%s: a typed error that names the argument', async (_what, args, path) => {
  expect(await refusal(args)).toMatchObject({
    code: 'VALIDATION_FAILED',
    issues: [{ path, message: expect.any(String) }],
  })
})

test('a cursor of another order is a typed error', async () => {
  const byName = await list({ first: 2, orderBy: { field: 'NAME', direction: 'ASC' } })
  expect(await refusal({ first: 2, after: byName.pageInfo.endCursor })).toMatchObject({
    code: 'VALIDATION_FAILED',
    issues: [{ path: 'after' }],
  })
})

// Last: it changes the list.
test('what is added while somebody pages changes nothing on the pages to come', async () => {
  const expected = await expectedIds('created_at DESC, id DESC')
  const seen: string[] = []
  let after: string | null = null
  for (;;) {
    const page: Page = await list({ first: 9, after })
    seen.push(...idsOf(page))
    expect((await createExport(app, { dataset: 'deals' })).__typename).toBe('CreateExportSuccess')
    if (!page.pageInfo.hasNextPage) break
    after = page.pageInfo.endCursor
  }
  expect(seen).toEqual(expected)
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { authenticate } from '../../src/lifecycle/authenticate.ts'
import { pageRows } from '../../src/lifecycle/page-rows.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { Clock } from '../support/clock.ts'
import { acceptExport, createExport, download, settle } from '../support/exports.ts'
import { uuidOf } from '../support/gated-dataset.ts'
import { runJob } from '../support/run-job.ts'
import { sql } from '../support/sql.ts'

const clock = new Clock()
let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 500, workers: 0, overrides: { now: clock.now } })
})

afterAll(() => app.stop())

const hot = {
  dataset: 'advertisers',
  columns: [{ name: 'id' }, { name: 'clicks_last_30_days' }],
  filter: { field: { column: 'clicks_last_30_days', is: { number: { gt: '0' } } } },
  sort: [{ column: 'clicks_last_30_days', direction: 'DESC' }],
}

function expected(day: string): Promise<{ id: string; clicks: string }[]> {
  return sql(
    app.database.ownerUrl,
    `SELECT a.id::text, count(*)::text AS clicks FROM crm.advertisers a JOIN crm.clicks c ON c.organization_id = a.organization_id AND c.advertiser_id = a.id
     WHERE a.organization_id = 'demo' AND c.clicked_at >= $1::date::timestamp AT TIME ZONE 'UTC' - interval '30 days'
     GROUP BY a.id ORDER BY count(*) DESC, a.id DESC`,
    [day],
  )
}

async function rowsOf(id: string): Promise<{ id: string; clicks: string }[]> {
  await runJob(app, id)
  const last = await settle(app, id)
  expect(last.error).toBeNull()
  const [, ...lines] = (await download(last.files[0]!.url)).toString().trimEnd().split('\n')
  return lines.map((line) => {
    const [advertiser = '', clicks = ''] = line.split(',')
    return { id: advertiser, clicks }
  })
}

test('a column that counts from today counts from the day of the request, whenever the file is made', async () => {
  const day = clock.now().toISOString().slice(0, 10)
  const { id } = await acceptExport(app, hot)
  const [row] = await sql<{ today: string }>(
    app.database.ownerUrl,
    "SELECT spec ->> 'today' AS today FROM sluice.exports WHERE id = $1",
    [uuidOf(id)],
  )
  expect(row?.today).toBe(day)
  clock.moveBy(3 * 86_400)
  const rows = await rowsOf(id)
  expect(rows.length).toBeGreaterThan(3)
  expect(rows).toEqual(await expected(day))
})

test('two requests of one day are equal, those of two days are not; what does not count from today has no day', async () => {
  const within = { dedupeWithinSeconds: 7 * 86_400 }
  const first = await createExport(app, { ...hot, ...within })
  expect(await createExport(app, { ...hot, ...within })).toMatchObject({ deduped: true })
  clock.moveBy(86_400)
  const next = await createExport(app, { ...hot, ...within })
  expect(next.export?.id).not.toBe(first.export?.id)

  const plain = { dataset: 'advertisers', columns: [{ name: 'id' }] }
  const { id } = await acceptExport(app, plain)
  const [row] = await sql(app.database.ownerUrl, 'SELECT spec FROM sluice.exports WHERE id = $1', [
    uuidOf(id),
  ])
  expect(row?.spec).not.toHaveProperty('today')
})

test('over a relation, in a filter on related rows, and beside Berlin it is the day there', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'clicks',
    columns: [{ name: 'id' }, { name: 'advertiser.clicks_last_30_days' }],
    limit: 5,
    options: { timeZone: 'Pacific/Kiritimati' },
  })
  const [row] = await sql<{ today: string }>(
    app.database.ownerUrl,
    "SELECT spec ->> 'today' AS today FROM sluice.exports WHERE id = $1",
    [uuidOf(id)],
  )
  expect(row?.today).toBe(
    new Intl.DateTimeFormat('sv-SE', { timeZone: 'Pacific/Kiritimati' }).format(clock.now()),
  )
  expect((await rowsOf(id)).every(({ clicks }) => /^\d+$/.test(clicks))).toBe(true)
})

test('rows that are asked for page by page count from the day of the request too', async () => {
  const principal = (await authenticate(app.api.services, app.key))!
  const request = {
    door: 'test',
    dataset: 'advertisers',
    columns: hot.columns,
    sort: [{ column: 'clicks_last_30_days', direction: 'desc' as const }],
  }
  const rows = await pageRows(app.api.services, principal, request, { offset: 1, limit: 2 })
  const all = await expected(clock.now().toISOString().slice(0, 10))
  expect(rows.map((row) => JSON.parse(row) as object)).toEqual(
    all.slice(1, 3).map(({ id, clicks }) => ({ id: Number(id), clicks_last_30_days: Number(clicks) })),
  )
})

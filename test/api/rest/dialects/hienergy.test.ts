import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiKey } from '../../../../src/lifecycle/api-keys.ts'
import { readXlsx } from '../../../engine/formats/xlsx-reader.ts'
import { startApp, type TestApp } from '../../../support/app.ts'
import { Clock } from '../../../support/clock.ts'
import { sql } from '../../../support/sql.ts'
import { until } from '../../../support/until.ts'
import { call, type JsonAnswer } from '../client.ts'

const clock = new Clock()
let app: TestApp
beforeAll(async () => {
  app = await startApp({ deals: 500, settings: { hienergyChunkRows: 200 }, overrides: { now: clock.now } })
})
afterAll(() => app.stop())

const withKey = (key = app.key) => ({ authorization: null, headers: { 'X-Api-Key': key } })
const post = (body: unknown, query = '') =>
  call(app, 'POST', `/api/v1/exports${query}`, { body, ...withKey() })
const get = (path: string) => call(app, 'GET', path, withKey())
const column = async (text: string) =>
  (await sql(app.database.ownerUrl, text)).map((row) => String(Object.values(row)[0]))

/** Polls `status_url`, as the page says. */
async function done({ status, body }: JsonAnswer) {
  expect([status, body.deduped]).toEqual([202, false])
  return await until(body.export.status_url, async () => {
    const found = (await get(new URL(body.export.status_url).pathname)).body.export
    if (found.status === 'failed') throw new Error(JSON.stringify(found))
    return found.status === 'completed' && found
  })
}

async function idsOf(searchParams: object, indexParams?: object): Promise<(string | undefined)[]> {
  const started = await post({
    report_type: 'advertisers_csv',
    search_params: searchParams,
    ...(indexParams ? { index_params: indexParams } : {}),
  })
  const { download_url: url } = await done(started)
  const rows: Record<string, string>[] = parse(await (await fetch(url)).text(), { columns: true })
  return rows.map(({ id }) => id)
}

/** A column of the first sheet, by its header. */
async function sheetColumn(url: string, header: string): Promise<string[]> {
  const [sheet] = readXlsx(Buffer.from(await (await fetch(url)).arrayBuffer())).sheets
  const letter = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].find((name) => sheet?.cells[`${name}1`]?.value === header)
  return Array.from({ length: sheet!.rows - 1 }, (_, row) => sheet!.cells[`${letter}${row + 2}`]!.value)
}

describe.concurrent('search_params find what SQL written by hand finds:', () => {
  test.for<[object, string]>([
    [{ status: 'active' }, `status = 'active'`],
    [{ status: ['paused', 'pending'] }, `status IN ('paused', 'pending')`],
    [{ network_eq: 'CJ' }, `network = 'CJ'`],
    [{ network_not_eq: 'CJ' }, `network IS DISTINCT FROM 'CJ'`],
    [{ country_in: ['US', 'DE'] }, `country IN ('US', 'DE')`],
    [{ cookie_days_lt: 30 }, 'cookie_days < 30'],
    [{ cookie_days_lteq: '30' }, 'cookie_days <= 30'],
    [{ commission_percent_gt: 20.5 }, 'commission_percent > 20.5'],
    [{ joined_on_gteq: '2026-10-01' }, `joined_on >= '2026-10-01'`],
    [{ name_cont: 'er' }, `name ILIKE '%er%'`],
    [{ domain_start: 'SHOP-1' }, `domain ILIKE 'shop-1%'`],
    [{ contact_email_null: true }, 'contact_email IS NULL'],
    [{ contact_email_null: 'false' }, 'contact_email IS NOT NULL'],
    [{ categories_in: ['Fashion', 'Gifts'] }, `categories && '{Fashion,Gifts}'`],
    [{ q: 'shop-1 awin' }, `domain ILIKE '%shop-1%' AND network ILIKE '%awin%'`],
    [{ status: 'active', cookie_days_gteq: 45 }, `status = 'active' AND cookie_days >= 45`],
  ])('%j', async ([params, where]) => {
    const expected = await column(
      `SELECT id FROM crm.advertisers WHERE organization_id = 'demo' AND ${where} ORDER BY name DESC, id DESC`,
    )
    expect(await idsOf(params, { sort: 'name', direction: 'desc' })).toEqual(expected)
    expect(expected.length).toBeGreaterThan(0)
  })

  test('limit, with the sort', async () => {
    expect(await idsOf({}, { sort: 'id', limit: '3' })).toEqual(['7001', '7002', '7003'])
  })
})

test('hot advertisers are those with clicks in 30 days, most first', async () => {
  const { download_url: url, display_name: name } = await done(
    await post({ report_type: 'hot_advertisers_excel' }),
  )
  const counts = (await sheetColumn(url, 'clicks_last_30_days')).map(Number)
  const expected = await column(`SELECT count(*) FROM crm.clicks WHERE organization_id = 'demo'
    AND clicked_at AT TIME ZONE 'UTC' >= (now() AT TIME ZONE 'UTC')::date - 30 GROUP BY advertiser_id ORDER BY 1 DESC`)
  expect(counts).toEqual(expected.map(Number))
  expect(counts.length).toBeGreaterThan(0)
  expect(name).toBe('Hot advertisers')
})

test('202, then 409 while it is under way, then 200 for ten minutes, in one and the same export', async () => {
  const { organizationId, key } = await app.addOrganization('Dedupe')
  const asked = { report_type: 'deals_excel', search_params: { type: 'coupon', exclusive: true } }
  const sameInAnotherOrder = {
    search_params: { exclusive: true, type: 'coupon' },
    report_type: 'deals_excel',
  }
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      call(app, 'POST', '/api/v1/exports', { body: index % 2 ? asked : sameInAnotherOrder, ...withKey(key) }),
    ),
  )
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 202)).toHaveLength(1)
  expect(new Set(answers.map(({ body }) => body.export.id))).toEqual(new Set([1]))
  expect(statuses.every((status) => [200, 202, 409].includes(status))).toBe(true)
  for (const { status, body } of answers) {
    expect(body.deduped).toBe(status === 200)
    if (status === 409) expect(['pending', 'processing']).toContain(body.export.status)
  }
  await until('done', async () => {
    const { body } = await call(app, 'GET', '/api/v1/exports/1', withKey(key))
    return body.export.status === 'completed'
  })
  const again = await call(app, 'POST', '/api/v1/exports', { body: asked, ...withKey(key) })
  expect([again.status, again.body.deduped, again.body.export.id]).toEqual([200, true, 1])
  expect(await (await fetch(again.body.export.download_url)).arrayBuffer()).toHaveProperty('byteLength')
  clock.moveBy(601)
  const later = await call(app, 'POST', '/api/v1/exports', { body: asked, ...withKey(key) })
  expect(later.status).toBe(202)
  expect(later.body.export.id).toBeGreaterThan(1)
  expect(
    await column(`SELECT count(*) FROM sluice.exports WHERE organization_id = '${organizationId}'`),
  ).toEqual(['2'])
})

test('409 shows the export that is under way', async () => {
  const quiet = await startApp({ deals: 0, workers: 0 })
  try {
    const ask = () =>
      call(quiet, 'POST', '/api/v1/exports', { body: { report_type: 'clicks_details_excel' } })
    const first = await ask()
    const second = await ask()
    expect([first.status, second.status]).toEqual([202, 409])
    expect(second.body).toEqual(first.body)
    expect(second.body).toEqual({
      export: {
        id: 1,
        report_type: 'clicks_details_excel',
        display_name: 'Click details',
        status: 'pending',
        status_display: 'Pending',
        parameters: { search_params: {}, index_params: {} },
        filename: null,
        download_url: null,
        download_expires_in_seconds: null,
        error_message: null,
        progress: null,
        parent_report_id: null,
        chunked_export: false,
        part_report_ids: [],
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
        updated_at: expect.any(String),
        started_at: null,
        completed_at: null,
        status_url: `${quiet.url.replace('127.0.0.1', 'localhost')}/api/v1/exports/1`,
      },
      deduped: false,
    })
  } finally {
    await quiet.stop()
  }
})

test('a large export is a parent with chunks that have ids and files of their own', async () => {
  const parent = await done(await post({ report_type: 'clicks_details_excel', index_params: { sort: 'id' } }))
  expect(parent).toMatchObject({
    chunked_export: true,
    progress: { parts_ready: 3, total_parts: 3 },
    parent_report_id: null,
    filename: null,
    download_url: null,
  })
  const parts = await Promise.all(parent.part_report_ids.map((id: number) => get(`/api/v1/exports/${id}`)))
  expect(new Set([parent.id, ...parent.part_report_ids]).size).toBe(4)
  const ids: string[] = []
  for (const { body } of parts) {
    expect(body.export).toMatchObject({
      parent_report_id: parent.id,
      chunked_export: false,
      status: 'completed',
    })
    ids.push(...(await sheetColumn(body.export.download_url, 'id')))
  }
  expect(ids).toEqual(await column(`SELECT id FROM crm.clicks WHERE organization_id = 'demo' ORDER BY id`))
})

test('a dry run makes nothing and says what is wrong all the same', async () => {
  const count = () => column('SELECT count(*) FROM sluice.exports')
  const before = await count()
  const { status, body } = await post(
    { report_type: 'deals_excel', search_params: { code: 'X' } },
    '?dry_run=true',
  )
  expect([status, body.deduped]).toEqual([200, false])
  expect(body.export).toMatchObject({ id: 0, status: 'pending', status_url: null, display_name: 'Deals' })
  expect(
    (await post({ report_type: 'deals_excel', search_params: { cdoe: 'X' } }, '?dry_run=true')).status,
  ).toBe(400)
  expect(await count()).toEqual(before)
})

test('lists page and filter', async () => {
  const { key } = await app.addOrganization('Lists')
  const as = withKey(key)
  // Files take numbers of the same count, when their export is done.
  const created: number[] = []
  for (const [index, type] of ['advertisers_csv', 'hot_advertisers_excel', 'advertisers_csv'].entries()) {
    const body = { report_type: type, search_params: { id: index } }
    const answer = await call(app, 'POST', '/api/v1/exports', { body, ...as })
    created.push(answer.body.export.id)
  }
  const [oldest, middle, newest] = created
  const list = async (query: string) => (await call(app, 'GET', `/api/v1/exports${query}`, as)).body
  const ids = ({ data }: { data: { id: number }[] }) => data.map(({ id }) => id)
  const first = await list('?per_page=2')
  expect([ids(first), first.meta]).toEqual([
    [newest, middle],
    { current_page: 1, next_page: 2, per_page: 2, has_more: true, total: 3 },
  ])
  const last = await list('?per_page=2&page=2')
  expect([ids(last), last.meta]).toEqual([
    [oldest],
    { current_page: 2, next_page: null, per_page: 2, has_more: false, total: 3 },
  ])
  expect(ids(await list('?report_type=hot_advertisers_excel'))).toEqual([middle])
  expect(ids(await list('?report_type=advertisers_csv&status=failed'))).toEqual([])
})

describe('what is wrong is said in the shape of the page:', () => {
  test('the page’s own sample, whose body is empty', async () => {
    const { status, body, headers } = await post({})
    expect([status, body]).toEqual([
      400,
      {
        error: {
          code: 'BAD_REQUEST',
          message: 'report_type: is required, as string',
          request_id: headers.get('x-request-id'),
          details: { issues: [{ path: 'report_type', message: 'is required, as string' }] },
        },
      },
    ])
  })

  test.for<[object, string, RegExp]>([
    [{ report_type: 'advertiser_csv' }, 'report_type', /Did you mean 'advertisers_csv'/],
    [
      { search_params: { stauts: 'x' } },
      'search_params.stauts',
      /Unknown search parameter 'stauts'.*_not_eq/,
    ],
    [{ search_params: { status: 'gone' } }, 'search_params.status', /Unknown value 'gone'/],
    [{ search_params: { cookie_days_lt: 'soon' } }, 'search_params.cookie_days_lt', /must be a number/],
    [{ search_params: { status_gt: 'a' } }, 'search_params.status_gt', /'gt' does not apply/],
    [{ search_params: { q: ' ' } }, 'search_params.q', /at least one word/],
    [{ index_params: { sort: 'nmae' } }, 'index_params.sort', /Unknown column 'nmae'/],
    [{ index_params: { order: 'name' } }, 'index_params.order', /Known are: sort, direction, limit/],
    [{ index_params: { sort: 'name', direction: 'up' } }, 'index_params.direction', /asc or desc/],
    [{ index_params: { limit: 0 } }, 'index_params.limit', /whole number from 1/],
  ])('%j', async ([body, path, message]) => {
    const answer = await post({ report_type: 'advertisers_csv', ...body })
    expect([answer.status, answer.body.error.code]).toEqual([400, 'BAD_REQUEST'])
    expect(answer.body.error.details.issues).toEqual([{ path, message: expect.stringMatching(message) }])
  })

  test.for(['0', '-1', '1.5', 'abc', '99999999999999999999', '999999'])(
    'the id %s is not found',
    async (id) => {
      const { status, body } = await get(`/api/v1/exports/${id}`)
      expect([status, body.error.code, body.error.details]).toEqual([404, 'NOT_FOUND', {}])
    },
  )

  test('no key, a wrong one, one without the right', async () => {
    const none = await call(app, 'GET', '/api/v1/exports', { authorization: null })
    expect([none.status, none.body.error.code]).toEqual([401, 'UNAUTHORIZED'])
    const wrong = await call(app, 'GET', '/api/v1/exports', { authorization: 'Bearer slc_wrong' })
    expect([wrong.status, wrong.body.error.code]).toEqual([401, 'UNAUTHORIZED'])
  })
})

test('a key that may not use what was asked for sees the names of the parameters, and none of their values', async () => {
  const search_params = { status: 'active', contact_email_cont: 'anna@', q: 'shoes' }
  const { body } = await post({
    report_type: 'advertisers_csv',
    search_params,
    index_params: { sort: 'name', limit: 3 },
  })
  const { secret } = await createApiKey(
    app.api.services,
    { id: app.organizationId },
    { name: 'reader', scopes: ['exports:read'] },
  )
  const path = new URL(body.export.status_url).pathname
  const seenBy = async (key: string) => {
    const one = await call(app, 'GET', path, withKey(key))
    const list = await call(app, 'GET', '/api/v1/exports', withKey(key))
    const listed = list.body.data.find((each: { id: number }) => each.id === body.export.id)
    expect(listed.parameters).toEqual(one.body.export.parameters)
    return listed.parameters
  }
  const index_params = { sort: 'name', limit: 3 }
  expect(await seenBy(app.key)).toEqual({ search_params, index_params })
  expect(await seenBy(secret)).toEqual({
    search_params: { status: null, contact_email_cont: null, q: null },
    index_params,
  })
})

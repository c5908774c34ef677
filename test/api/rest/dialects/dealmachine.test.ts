import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../../support/app.ts'
import { Clock } from '../../../support/clock.ts'
import { acceptExport, cancelExport, settle } from '../../../support/exports.ts'
import { sql } from '../../../support/sql.ts'
import { until } from '../../../support/until.ts'
import { call } from '../client.ts'

const clock = new Clock()
let app: TestApp
beforeAll(async () => {
  app = await startApp({ deals: 5_000, overrides: { now: clock.now } })
})
afterAll(() => app.stop())

const post = (path: string, body: unknown) => call(app, 'POST', path, { body })
const get = (path: string) => call(app, 'GET', path)
const column = async (text: string) =>
  (await sql(app.database.ownerUrl, text)).map((row) => String(Object.values(row)[0]))

async function rowsOf(url: string): Promise<Record<string, string>[]> {
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
  return parse(gunzipSync(bytes), { columns: true })
}

/** Exported while the caller waits, and counted: both must agree. */
async function idsOf(anchor: 'properties' | 'people', body: object): Promise<string[]> {
  const id = anchor === 'properties' ? 'property_id' : 'person_id'
  const count = await post(`/v1/${anchor}/search/count`, body)
  const answer = await post(`/v1/${anchor}/export`, { fields: [id], ...body })
  expect([answer.status, answer.body.file_count]).toEqual([200, 1])
  expect(count.body).toEqual({ data: { count: answer.body.record_count } })
  const rows = await rowsOf(answer.body.download_urls[0].url)
  return rows.map((row) => String(row[id]))
}

const properties = (where: string) =>
  column(
    `SELECT p.id FROM crm.properties p WHERE p.organization_id = 'demo' AND ${where} ORDER BY p.address DESC, p.id DESC`,
  )
const onList = (id: number) =>
  `EXISTS (SELECT FROM crm.property_lists m WHERE m.organization_id = 'demo' AND m.property_id = p.id AND m.list_id = ${id})`

describe.concurrent('filters find what SQL written by hand finds:', () => {
  test.for<[object, string]>([
    [{}, 'true'],
    [{ filters: [{ filter_id: 'property_city', operator: 'equals', value: 'Boston' }] }, `p.city = 'Boston'`],
    [
      { filters: [{ filter_id: 'city', operator: 'not_equals', value: 'Boston' }] },
      `p.city IS DISTINCT FROM 'Boston'`,
    ],
    [{ filters: [{ filter_id: 'vacant', value: true }] }, 'p.vacant'],
    [
      {
        filters: [{ filter_id: 'estimated_value', operator: 'range', value: { min: 100000, max: 500000.5 } }],
      },
      'p.estimated_value BETWEEN 100000 AND 500000.5',
    ],
    [{ filters: [{ filter_id: 'num_bedrooms', value: { min: 4 } }] }, 'p.beds >= 4'],
    [
      { filters: [{ filter_id: 'property_type', operator: 'contains_any', value: ['condo', 'land'] }] },
      `p.type IN ('condo', 'land')`,
    ],
    [
      { filters: [{ filter_id: 'property_type', operator: 'contains_none', value: ['condo', 'land'] }] },
      `p.type NOT IN ('condo', 'land')`,
    ],
    [
      {
        filters: [
          { filter_id: 'year_built', operator: 'greater_than', value: 1950 },
          { filter_id: 'year_built', operator: 'less_than_or_equal', value: 1970 },
        ],
      },
      'p.year_built > 1950 AND p.year_built <= 1970',
    ],
    [
      { filters: [{ filter_id: 'equity_percent', operator: 'greater_than_or_equal', value: 90 }] },
      `CASE WHEN p.estimated_value > 0
        THEN round(100 * (p.estimated_value - coalesce(p.mortgage_balance, 0)) / p.estimated_value, 1) END >= 90`,
    ],
    [
      { filters: [{ filter_id: 'address', operator: 'contains', value: 'elm st' }] },
      `p.address ILIKE '%elm st%'`,
    ],
    [
      { filters: [{ filter_id: 'address', operator: 'not_contains', value: 'elm' }] },
      `p.address NOT ILIKE '%elm%'`,
    ],
    [{ filters: [{ filter_id: 'zip', operator: 'starts_with', value: '0' }] }, `p.zip LIKE '0%'`],
    [{ filters: [{ filter_id: 'county', operator: 'is_empty' }] }, `coalesce(p.county, '') = ''`],
    [{ filters: [{ filter_id: 'last_sale_on', operator: 'is_not_empty' }] }, 'p.last_sale_on IS NOT NULL'],
    [
      { filters: [{ filter_id: 'last_sale_on', operator: 'before', value: '2010-01-01' }] },
      `p.last_sale_on < '2010-01-01'`,
    ],
    [
      { include_lists: [3000001], exclude_lists: ['3000002'] },
      `${onList(3000001)} AND NOT ${onList(3000002)}`,
    ],
    [
      { include_lists: { property_list_ids: [3000001, 3000002] } },
      `(${onList(3000001)} OR ${onList(3000002)})`,
    ],
  ])('%j', async ([body, where]) => {
    const sort = [{ field_id: 'property_address', direction: 'desc' }]
    const expected = await properties(where)
    expect(await idsOf('properties', { sort, ...body })).toEqual(expected)
    expect(expected.length).toBeGreaterThan(0)
  })

  test('of people, whose e-mails are a list', async () => {
    const [email] = await column(
      `SELECT emails[1] FROM crm.people WHERE organization_id = 'demo' AND emails <> '{}' ORDER BY id LIMIT 1`,
    )
    const body = { filters: [{ filter_id: 'email_addresses', operator: 'contains_any', value: [email] }] }
    expect(await idsOf('people', body)).toEqual(
      await column(`SELECT id FROM crm.people WHERE organization_id = 'demo' AND '${email}' = ANY (emails)`),
    )
  })

  test('sort and limit', async () => {
    const body = { sort: [{ field_id: 'estimated_value', direction: 'asc' }], limit: 5 }
    expect(await idsOf('properties', body)).toEqual(
      await column(
        `SELECT id FROM crm.properties WHERE organization_id = 'demo' ORDER BY estimated_value, id LIMIT 5`,
      ),
    )
  })
})

test('what was exported before is left out, once it was delivered', async () => {
  const vacant = { filters: [{ filter_id: 'vacant', value: true }] }
  const all = await properties('p.vacant')
  await sql(app.database.ownerUrl, 'TRUNCATE sluice.delivered_rows')
  const first = await idsOf('properties', { ...vacant, limit: 10, sort: [{ field_id: 'property_id' }] })
  const rest = await idsOf('properties', { ...vacant, exclude_previously_exported: true })
  expect(rest.toSorted()).toEqual(all.filter((id) => !first.includes(id)).toSorted())
  expect(first).toHaveLength(10)
  const none = await post('/v1/properties/search/count', { ...vacant, exclude_previously_exported: true })
  expect(none.body).toEqual({ data: { count: 0 } })
})

test('an export of properties has the vendor’s words as headers, and an answer of all there is to know', async () => {
  const { body } = await post('/v1/properties/export', {
    fields: ['property_address', 'city', 'num_bathrooms'],
    limit: 3,
  })
  expect(body).toEqual({
    export_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    record_count: 3,
    file_count: 1,
    total_file_size: body.download_urls[0].size,
    execution_time: expect.any(Number),
    download_urls: [
      {
        filename: expect.stringMatching(/^properties_export_\d{4}-\d\d-\d\d\.csv\.gz$/),
        url: expect.stringContaining('/files/'),
        size: expect.any(Number),
      },
    ],
  })
  const [row] = await rowsOf(body.download_urls[0].url)
  expect(Object.keys(row ?? {})).toEqual(['property_address', 'city', 'num_bathrooms'])
  const all = await post('/v1/people/export', { limit: 1 })
  expect(Object.keys((await rowsOf(all.body.download_urls[0].url))[0] ?? {})).toEqual(
    expect.arrayContaining(['person_id', 'full_name', 'phone_numbers', 'email_addresses', 'do_not_call']),
  )
})

test('a list is exported as what it holds, or as the people behind it', async () => {
  const start = async (list: number, body: object) => {
    const { status, body: started } = await post(`/v1/lists/${list}/export`, body)
    expect([status, started.data.status]).toEqual([202, 'pending'])
    const ended = await until(started.data.export_id, async () => {
      const { data } = (await get(`/v1/exports/${started.data.export_id}`)).body
      return data.status === 'completed' && data
    })
    expect(ended.record_count).toBe(started.data.record_count)
    return await rowsOf(ended.download_urls[0].url)
  }
  const held = await start(3000001, { fields: ['property_id'] })
  expect(held.map((row) => row.property_id).toSorted()).toEqual(
    (
      await column(
        `SELECT property_id FROM crm.property_lists WHERE organization_id = 'demo' AND list_id = 3000001`,
      )
    ).toSorted(),
  )
  const behind = await start(3000001, { fields: ['person_id'], anchor: 'people' })
  expect(behind.map((row) => row.person_id).toSorted()).toEqual(
    (
      await column(`SELECT DISTINCT pp.person_id FROM crm.property_people pp JOIN crm.property_lists m
      ON m.organization_id = pp.organization_id AND m.property_id = pp.property_id
      WHERE pp.organization_id = 'demo' AND m.list_id = 3000001`)
    ).toSorted(),
  )
  const people = await start(3000101, { fields: ['person_id'] })
  expect(people.length).toBeGreaterThan(0)
  // One of contacts, one that nobody has, and what is no id.
  for (const id of ['1234567', '99', 'abc']) {
    const { status, body } = await post(`/v1/lists/${id}/export`, {})
    expect([status, body.error.code]).toEqual([404, 'not_found'])
  }
})

test('what takes longer than a caller is let wait is answered 202, to be polled', async () => {
  const quiet = await startApp({ deals: 0, workers: 0, settings: { dealmachineWaitSeconds: 0 } })
  try {
    const { status, body } = await call(quiet, 'POST', '/v1/people/export', { body: {} })
    const { created_at: createdAt } = body.data
    expect([status, body]).toEqual([
      202,
      {
        data: {
          export_id: expect.any(String),
          status: 'pending',
          name: 'people_export',
          progress: 0,
          progress_stage: 'Queued',
          record_count: null,
          file_size: null,
          download_urls: null,
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
          updated_at: createdAt,
          expires_at: new Date(Date.parse(createdAt) + 7 * 86_400_000).toISOString(),
        },
      },
    ])
    const { data } = (await call(quiet, 'GET', `/v1/exports/${body.data.export_id}`)).body
    expect(data).toEqual(body.data)
  } finally {
    await quiet.stop()
  }
})

test('pages of exports are those of GraphQL, whatever way they were begun', async () => {
  const { id } = await acceptExport(app, { dataset: 'deals', name: 'From GraphQL' })
  await settle(app, id)
  await cancelExport(app, (await acceptExport(app, { dataset: 'deals' })).id)
  const { data } = await app.graphql<{
    exports: { totalCount: number; nodes: { id: string; name: string }[]; edges: { node: { id: string } }[] }
  }>('{ exports(first: 100) { totalCount edges { node { id } } } }')
  const expected = data!.exports.edges.map(({ node }) =>
    Buffer.from(node.id, 'base64').toString().slice('Export:'.length),
  )
  const ids: string[] = []
  for (let offset = 0; ids.length < expected.length; offset += 7) {
    const { body } = await get(`/v1/exports?limit=7&offset=${offset}`)
    expect(body.pagination).toEqual({
      limit: 7,
      offset,
      total: data!.exports.totalCount,
      has_more: offset + 7 < data!.exports.totalCount,
    })
    ids.push(...body.data.map(({ export_id }: { export_id: string }) => export_id))
  }
  expect(ids).toEqual(expected)
  const failed = await get('/v1/exports?status=failed')
  expect(failed.body.data.map(({ progress_stage }: { progress_stage: string }) => progress_stage)).toEqual([
    'Canceled',
  ])
})

test('the page’s curl line, with only host and key changed', async () => {
  const curl = promisify(execFile)
  const { stdout } = await curl('curl', [
    `${app.url}/v1/exports?limit=10&status=completed`,
    '-H',
    `Authorization: Bearer ${app.key}`,
  ])
  const { data, pagination } = JSON.parse(stdout)
  expect(pagination).toMatchObject({ limit: 10, offset: 0 })
  const page = ['export_id', 'status', 'name', 'progress', 'progress_stage', 'record_count', 'file_size']
  expect(Object.keys(data[0])).toEqual([...page, 'download_urls', 'created_at', 'updated_at', 'expires_at'])
  expect(data[0]).toMatchObject({ status: 'completed', progress: 100, progress_stage: 'Complete' })
})

describe('what is wrong is said in the shape of the page:', () => {
  test.for<[object, string, RegExp]>([
    [
      { filters: [{ filter_id: 'property_ctiy', value: 1 }] },
      'filters.0.filter_id',
      /Did you mean 'property_city'/,
    ],
    [
      { filters: [{ filter_id: 'city', operator: 'near', value: 1 }] },
      'filters.0.operator',
      /Unknown operator 'near'/,
    ],
    [
      { filters: [{ filter_id: 'beds', operator: 'range', value: 3 }] },
      'filters.0.value',
      /min, max or both/,
    ],
    [
      { filters: [{ filter_id: 'beds', operator: 'equals', value: 'many' }] },
      'filters.0.value',
      /must be a number/,
    ],
    [
      { filters: [{ filter_id: 'beds', operator: 'range', value: { min: 'few', max: 3 } }] },
      'filters.0.value',
      /must be a number/,
    ],
    [
      { filters: [{ filter_id: 'beds', operator: 'contains', value: '3' }] },
      'filters.0.value',
      /does not apply/,
    ],
    [{ fields: ['city', 'nothing'] }, 'fields.1', /Unknown field 'nothing'/],
    [{ sort: [{ field_id: 'price' }] }, 'sort.0.field_id', /Unknown field 'price'/],
    [{ limit: 0 }, 'limit', /./],
    [{ exclude_lists: 'all' }, 'exclude_lists', /./],
    [{ location: [] }, '', /Unknown field 'location'/],
  ])('%j', async ([body, path, message]) => {
    const { status, body: answer, headers } = await post('/v1/properties/search/count', body)
    expect([status, answer.error.code]).toEqual([400, 'validation_error'])
    expect(answer.error.request_id).toBe(`req_${headers.get('x-request-id')}`)
    expect(answer.error.details.issues).toEqual([{ path, message: expect.stringMatching(message) }])
  })

  test.for(['?limit=0', '?limit=101', '?offset=-1', '?status=done', '?page=2', '?limit=ten'])(
    '%s',
    async (query) => {
      const { status, body } = await get(`/v1/exports${query}`)
      expect([status, body.error.code, body.error.details.issues.length]).toEqual([
        400,
        'validation_error',
        1,
      ])
    },
  )

  test('a body that cannot be read', async () => {
    const { status, body } = await post('/v1/people/export', '{"filters": [')
    expect([status, body.error.code, body.error.details]).toEqual([400, 'invalid_request', {}])
  })

  test('each thing that can be wrong with a key', async () => {
    const codeOf = async (authorization: string | null) => {
      const { status, body } = await call(app, 'GET', '/v1/exports', { authorization })
      expect(status).toBe(401)
      return body.error.code
    }
    const { key: revoked } = await app.addOrganization('Revoked')
    const { key: expired } = await app.addOrganization('Expired')
    const change = (set: string, name: string) =>
      sql(
        app.database.ownerUrl,
        `UPDATE sluice.api_keys SET ${set} WHERE organization_id = (SELECT id FROM sluice.organizations WHERE name = '${name}')`,
      )
    await change('revoked_at = now()', 'Revoked')
    await change(`expires_at = now() - interval '1 day'`, 'Expired')
    expect(await codeOf(null)).toBe('missing_api_key')
    expect(await codeOf('Token x')).toBe('invalid_auth_format')
    expect(await codeOf('Bearer dm_sk_live_xxx')).toBe('invalid_api_key')
    expect(await codeOf(`Bearer ${revoked}`)).toBe('api_key_revoked')
    expect(await codeOf(`Bearer ${expired}`)).toBe('api_key_expired')
  })

  test('a limit of the plan', async () => {
    const { key } = await app.addOrganization('Limited', 'essentials')
    const ask = () =>
      call(app, 'POST', '/v1/people/export', { body: { limit: 1 }, authorization: `Bearer ${key}` })
    for (let index = 0; index < 5; index += 1) expect((await ask()).status).toBe(200)
    const { status, body, headers } = await ask()
    expect([status, body.error]).toEqual([
      429,
      expect.objectContaining({
        code: 'rate_limit_exceeded',
        details: { limit_type: 'exports_per_hour', retry_after: Number(headers.get('retry-after')) },
      }),
    ])
    expect(headers.get('x-ratelimit-limit')).toBe('600')
  })

  test('every answer says how many requests are left', async () => {
    for (const path of ['/v1/exports', '/v1/exports/nothing', '/v1/lists/nothing', '/v1/exports?limit=0']) {
      const { headers } = await get(path)
      for (const name of ['limit', 'remaining', 'reset'])
        expect(headers.get(`x-ratelimit-${name}`)).toMatch(/^\d+$/)
    }
  })
})

test('after seven days there is nothing to download, and the record says so', async () => {
  const { body } = await post('/v1/people/export', { limit: 1 })
  clock.moveBy(7 * 86_400)
  const { data } = (await get(`/v1/exports/${body.export_id}`)).body
  expect(data).toMatchObject({ status: 'completed', progress: 100, record_count: 1, download_urls: null })
})

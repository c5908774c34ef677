import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportId } from '../../../../src/api/rest/dialects/close/response.ts'
import { smtpMailer } from '../../../../src/delivery/mailer.ts'
import { createApiKey } from '../../../../src/lifecycle/api-keys.ts'
import { startApp, type TestApp } from '../../../support/app.ts'
import { acceptExport, settle } from '../../../support/exports.ts'
import { partOf, startMailServer } from '../../../support/smtp.ts'
import { sql } from '../../../support/sql.ts'
import { until } from '../../../support/until.ts'
import { startWorker } from '../../../support/worker.ts'
import { call, type JsonAnswer } from '../client.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp({ deals: 5_000 })
  await sql(app.database.ownerUrl, `UPDATE sluice.api_keys SET owner_email = 'abc@sluice.example'`)
})
afterAll(() => app.stop())

const basic = () => `Basic ${Buffer.from(`${app.key}:`).toString('base64')}`
const post = (path: string, body: unknown) => call(app, 'POST', path, { body, authorization: basic() })
const get = (path: string) => call(app, 'GET', path, { authorization: basic() })
const query = (text: string) => sql(app.database.ownerUrl, text)
const column = async (text: string) => (await query(text)).map((row) => String(Object.values(row)[0]))

/** Polls as Close's clients do, until the export is done. */
async function done(started: JsonAnswer) {
  expect([started.status, started.body]).toEqual([200, expect.objectContaining({ status: 'created' })])
  return await until(started.body.id, async () => {
    const { body } = await get(`/api/v1/export/${started.body.id}/`)
    if (body.status === 'error') throw new Error(JSON.stringify(body))
    return body.status === 'done' && body
  })
}

/** fetch undoes the gzip by itself, as Close's clients do. */
async function rowsOf(body: Record<string, unknown>): Promise<Record<string, string>[]> {
  const { download_url: url } = await done(await post('/api/v1/export/lead/', { format: 'csv', ...body }))
  return parse(await (await fetch(url)).text(), { columns: true })
}

const idsOf = async (body: Record<string, unknown>) =>
  (await rowsOf({ type: 'leads', fields: ['id'], ...body })).map(({ id }) => id).sort()

const fieldIs = (objectType: string, name: string, condition: object, rest = {}) => ({
  type: 'field_condition',
  field: { type: 'regular_field', object_type: objectType, field_name: name },
  condition,
  ...rest,
})
const has = (ours: string, theirs: string, related: object | undefined, rest = {}) => ({
  type: 'has_related',
  this_object_type: ours,
  related_object_type: theirs,
  ...(related ? { related_query: related } : {}),
  ...rest,
})

const leads = (where: string) =>
  `SELECT l.id FROM crm.leads l WHERE l.organization_id = 'demo' AND ${where} ORDER BY 1`
const daysAgo = { years: 0, months: 0, weeks: 0, days: 100, hours: 0, minutes: 0, seconds: 0 }

describe.concurrent('s_query finds what SQL written by hand finds:', () => {
  test.for<[string, object, string]>([
    ['everything', { type: 'match_all' }, 'true'],
    [
      'whole words',
      fieldIs('lead', 'description', { type: 'text', mode: 'full_words', value: 'demo fair' }),
      `l.description ~* '\\mfair\\M' AND l.description ~* '\\mdemo\\M'`,
    ],
    [
      'a phrase, negated',
      fieldIs(
        'lead',
        'description',
        { type: 'text', mode: 'phrase', value: 'wants a demo' },
        { negate: true },
      ),
      `(l.description ~* '\\mwants\\W+a\\W+demo\\M') IS NOT TRUE`,
    ],
    [
      'beginnings of words',
      fieldIs('lead', 'description', { type: 'text', mode: 'beginning_of_words', value: 'bestands' }),
      `l.description ~* '\\mbestands'`,
    ],
    [
      'any of several values, within the UI’s own nesting',
      {
        type: 'and',
        negate: false,
        queries: [
          { type: 'object_type', object_type: 'lead', negate: false },
          {
            type: 'and',
            queries: [
              {
                type: 'or',
                queries: [
                  fieldIs('lead', 'status_label', { type: 'term', values: ['Customer', 'Qualified'] }),
                  fieldIs('lead', 'status_id', {
                    type: 'reference',
                    reference_type: 'status.lead',
                    object_ids: ['stat_lead_bad_fit'],
                  }),
                ],
              },
            ],
          },
        ],
      },
      `l.status_id IN ('stat_lead_customer', 'stat_lead_qualified', 'stat_lead_bad_fit')`,
    ],
    [
      'numbers of a custom field',
      {
        type: 'field_condition',
        field: { type: 'custom_field', custom_field_id: 'cf_employees' },
        condition: { type: 'number_range', gt: 100, lte: 500 },
      },
      `(l.custom ->> 'cf_employees')::int > 100 AND (l.custom ->> 'cf_employees')::int <= 500`,
    ],
    [
      'a smart field',
      fieldIs('lead', 'num_emails', { type: 'number_range', gte: 2 }),
      `(SELECT count(*) FROM crm.activities a WHERE a.organization_id = l.organization_id AND a.lead_id = l.id AND a.type = 'email') >= 2`,
    ],
    [
      'fixed days, the last one whole',
      fieldIs('lead', 'date_created', {
        type: 'moment_range',
        on_or_after: { type: 'fixed_local_date', value: '2025-12-01', which: 'start' },
        before: { type: 'fixed_local_date', value: '2025-12-15', which: 'end' },
      }),
      `l.created_at >= '2025-12-01Z' AND l.created_at < '2025-12-16Z'`,
    ],
    [
      'days counted back from a moment in UTC',
      fieldIs('lead', 'date_updated', {
        type: 'moment_range',
        on_or_after: {
          type: 'offset',
          direction: 'past',
          moment: { type: 'fixed_utc', value: '2026-11-01T12:00:00' },
          offset: daysAgo,
          which_day_end: 'start',
        },
        before: { type: 'now' },
      }),
      `l.updated_at >= (timestamp '2026-11-01' - interval '100 days') AT TIME ZONE 'UTC' AND l.updated_at < now()`,
    ],
    ['that there is a value', fieldIs('lead', 'url', { type: 'exists' }), 'l.url IS NOT NULL'],
    [
      'that a custom field is empty',
      {
        type: 'field_condition',
        field: { type: 'custom_field', custom_field_id: 'cf_go_live' },
        condition: { type: 'exists' },
        negate: true,
      },
      `l.custom ->> 'cf_go_live' IS NULL`,
    ],
    [
      'related rows of related rows',
      has('lead', 'opportunity', {
        type: 'and',
        queries: [
          fieldIs('opportunity', 'status_type', { type: 'term', values: ['won'] }),
          fieldIs('opportunity', 'value', { type: 'number_range', gte: 4_000_000 }),
          has(
            'opportunity',
            'contact',
            fieldIs('contact', 'title', { type: 'text', mode: 'full_words', value: 'CEO' }),
          ),
        ],
      }),
      `EXISTS (SELECT FROM crm.opportunities o JOIN crm.statuses s ON s.organization_id = o.organization_id AND s.id = o.status_id
        JOIN crm.contacts c ON c.organization_id = o.organization_id AND c.id = o.contact_id
        WHERE o.organization_id = l.organization_id AND o.lead_id = l.id AND s.type = 'won' AND o.value_cents >= 4000000
        AND c.job_title ~* '\\mCEO\\M')`,
    ],
    [
      'no related row of a kind',
      has(
        'lead',
        'activity.call',
        fieldIs('activity.call', 'direction', { type: 'term', values: ['incoming'] }),
        { negate: true },
      ),
      `NOT EXISTS (SELECT FROM crm.activities a WHERE a.organization_id = l.organization_id AND a.lead_id = l.id
        AND a.type = 'call' AND a.direction = 'incoming')`,
    ],
    [
      'opportunities of the key’s owner',
      has(
        'lead',
        'opportunity',
        fieldIs('opportunity', 'user_id', {
          type: 'reference',
          reference_type: 'user_or_group',
          object_ids: ['CURRENT_USER'],
        }),
      ),
      `EXISTS (SELECT FROM crm.opportunities o JOIN crm.users u ON u.organization_id = o.organization_id AND u.id = o.user_id
        WHERE o.organization_id = l.organization_id AND o.lead_id = l.id AND u.email = 'abc@sluice.example')`,
    ],
    [
      'text anywhere',
      { type: 'text', mode: 'full_words', value: 'demo' },
      `concat_ws(' ', l.name, l.description, l.url) ~* '\\mdemo\\M'`,
    ],
    [
      'leads of the contacts that a query is about',
      {
        type: 'and',
        queries: [
          { type: 'object_type', object_type: 'contact' },
          fieldIs('contact', 'title', { type: 'text', mode: 'full_words', value: 'CTO' }),
        ],
      },
      `EXISTS (SELECT FROM crm.contacts c WHERE c.organization_id = l.organization_id AND c.lead_id = l.id AND c.job_title ~* '\\mCTO\\M')`,
    ],
  ])('%s', async ([, sQuery, where]) => {
    const expected = await column(leads(where))
    expect(await idsOf({ s_query: sQuery })).toEqual(expected)
    expect(expected.length).toBeGreaterThan(0)
  })

  test('ids, in one value or several', async () => {
    const [first, second, third] = await column(leads('true'))
    expect(await idsOf({ s_query: { type: 'id', value: first } })).toEqual([first])
    expect(await idsOf({ s_query: { type: 'id', values: [second, third] } })).toEqual([second, third])
  })
})

test('sort and results_limit also come wrapped in s_query', async () => {
  const sort = [
    { direction: 'desc', field: { type: 'regular_field', object_type: 'lead', field_name: 'date_created' } },
  ]
  const wrapped = { query: { type: 'match_all' }, sort, results_limit: 7 }
  const rows = await rowsOf({ type: 'leads', fields: ['id'], s_query: wrapped })
  const beside = await rowsOf({ type: 'leads', fields: ['id'], sort, results_limit: 7 })
  expect(rows).toEqual(beside)
  expect(rows.map(({ id }) => id)).toEqual(
    await column(
      `SELECT id FROM crm.leads WHERE organization_id = 'demo' ORDER BY created_at DESC, id DESC LIMIT 7`,
    ),
  )
})

test('one row per contact of the leads that are asked for, with the lead’s smart fields beside', async () => {
  const rows = await rowsOf({
    type: 'contacts',
    fields: ['id', 'title'],
    include_smart_fields: true,
    s_query: fieldIs('lead', 'status_label', { type: 'term', values: ['Customer'] }),
  })
  const expected = await query(`
    SELECT c.id, c.job_title AS title,
      (SELECT count(*)::text FROM crm.activities a WHERE a.organization_id = c.organization_id AND a.lead_id = c.lead_id) AS n
    FROM crm.contacts c JOIN crm.leads l ON l.organization_id = c.organization_id AND l.id = c.lead_id
    WHERE c.organization_id = 'demo' AND l.status_id = 'stat_lead_customer' ORDER BY c.id`)
  const byId = rows.toSorted((a, b) => (a.id! < b.id! ? -1 : 1))
  expect(byId.map(({ id, title, num_activities: n }) => ({ id, title, n }))).toEqual(expected)
  expect(expected.length).toBeGreaterThan(0)
})

test('leads as JSON hold their contacts, opportunities, custom fields and activities, as SQL finds them', async () => {
  const started = await post('/api/v1/export/lead', {
    format: 'json',
    type: 'leads',
    include_activities: true,
  })
  const { download_url: url, n_docs: total, n_docs_processed: processed } = await done(started)
  const response = await fetch(url)
  expect([response.headers.get('content-type'), response.headers.get('content-encoding')]).toEqual([
    'application/json',
    'gzip',
  ])
  const exported = (await response.json()) as Record<string, unknown>[]
  const [byHand] = await query(`
    SELECT json_agg(json_build_object(
      'id', l.id, 'name', l.name, 'addresses', l.addresses,
      'custom', (SELECT json_object_agg(d.label ->> 'en', l.custom -> d.name) FROM crm.property_definitions d
        WHERE d.organization_id = 'demo' AND d.object = 'leads' AND l.custom ? d.name),
      'contacts', (SELECT coalesce(json_agg(json_build_object('id', c.id, 'title', c.job_title, 'emails', c.emails) ORDER BY c.id), '[]')
        FROM crm.contacts c WHERE c.organization_id = 'demo' AND c.lead_id = l.id),
      'opportunities', (SELECT coalesce(json_agg(json_build_object('id', o.id, 'value', o.value_cents, 'date_won', o.date_won) ORDER BY o.id), '[]')
        FROM crm.opportunities o WHERE o.organization_id = 'demo' AND o.lead_id = l.id),
      'activities', (SELECT coalesce(json_agg(json_build_object('id', a.id, '_type', a.type, 'to', a.recipients, 'body_text', a.body) ORDER BY a.id), '[]')
        FROM crm.activities a WHERE a.organization_id = 'demo' AND a.lead_id = l.id)
    ) ORDER BY l.id) AS leads FROM crm.leads l WHERE l.organization_id = 'demo'`)
  const pick = (row: Record<string, unknown>, keys: string[]) =>
    Object.fromEntries(keys.map((key) => [key, row[key]]))
  const picked = exported
    .toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
    .map((lead) => ({
      ...pick(lead, ['id', 'name', 'addresses', 'custom']),
      contacts: (lead.contacts as Record<string, unknown>[]).map((row) =>
        pick(row, ['id', 'title', 'emails']),
      ),
      opportunities: (lead.opportunities as Record<string, unknown>[]).map((row) =>
        pick(row, ['id', 'value', 'date_won']),
      ),
      activities: (lead.activities as Record<string, unknown>[]).map((row) =>
        pick(row, ['id', '_type', 'to', 'body_text']),
      ),
    }))
  expect(picked).toEqual(byHand?.leads)
  expect([total, processed]).toEqual([exported.length, exported.length])
})

test('date_format is as the page defines each', async () => {
  const [first] = await query(
    `SELECT id, created_at::text FROM crm.leads WHERE organization_id = 'demo' ORDER BY id LIMIT 1`,
  )
  const day = String(first?.created_at).slice(0, 10)
  const dateOf = async (body: object) =>
    (
      await rowsOf({
        type: 'leads',
        fields: ['date_created'],
        s_query: { type: 'id', value: first?.id },
        ...body,
      })
    )[0]?.date_created
  expect(await dateOf({})).toBe(`${day} 09:30:15.123456+00:00`)
  expect(await dateOf({ date_format: 'iso8601' })).toBe(`${day}T09:30:15+00:00`)
  expect(await dateOf({ date_format: 'excel' })).toBe(`${day} 09:30:15 AM`)
})

test('opportunities are filtered by params', async () => {
  const started = await post('/api/v1/export/opportunity/', {
    format: 'csv',
    fields: ['id', 'value'],
    params: {
      value_period: 'monthly',
      status_id__in: 'stat_oppo_won,stat_oppo_lost',
      date_updated__gte: '2026-10-15',
    },
  })
  expect(started.body).toMatchObject({
    type: 'opps',
    fields: ['id', 'value'],
    params: { value_period: 'monthly' },
  })
  const { download_url: url } = await done(started)
  const rows: Record<string, string>[] = parse(await (await fetch(url)).text(), { columns: true })
  const expected =
    await query(`SELECT id, coalesce(value_cents::text, '') AS value FROM crm.opportunities WHERE organization_id = 'demo'
    AND value_period = 'monthly' AND status_id IN ('stat_oppo_won', 'stat_oppo_lost') AND updated_at >= '2026-10-15Z' ORDER BY id`)
  expect(rows.toSorted((a, b) => (a.id! < b.id! ? -1 : 1))).toEqual(expected)
  expect(expected.length).toBeGreaterThan(0)
})

test('lists page with _skip and _limit, say whether there is more, and hold the _fields asked for', async () => {
  const { key: authorization } = await app.addOrganization('Lists')
  const as = { authorization: `Bearer ${authorization}` }
  const started = []
  for (const type of ['leads', 'contacts', 'lead_opps']) {
    started.push(await call(app, 'POST', '/api/v1/export/lead/', { ...as, body: { format: 'csv', type } }))
  }
  started.push(await call(app, 'POST', '/api/v1/export/opportunity', { ...as, body: { format: 'json' } }))
  const [leads, contacts, opportunitiesOfLeads, opportunities] = started.map(({ body }) => body.id)
  const list = async (path: string) => (await call(app, 'GET', path, as)).body
  expect(await list('/api/v1/export?_limit=2&_skip=1&_fields=id,type')).toEqual({
    data: [
      { id: opportunitiesOfLeads, type: 'lead_opps' },
      { id: contacts, type: 'contacts' },
    ],
    has_more: true,
  })
  expect(await list('/api/v1/export/opportunity/?_fields=id')).toEqual({
    data: [{ id: opportunities }],
    has_more: false,
  })
  expect((await list('/api/v1/export/lead/')).data).toHaveLength(3)
  expect((await list('/api/v1/export/')).data).toHaveLength(4)
  expect((await list(`/api/v1/export/lead/${leads}/`)).id).toBe(leads)
  expect(await list('/api/v1/export/?_limit=201')).toEqual({
    errors: [],
    'field-errors': { _limit: expect.stringContaining('200') },
  })
})

test('an export begun in GraphQL is shown by what it holds', async () => {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  await settle(app, id)
  const uuid = Buffer.from(id, 'base64').toString().slice('Export:'.length)
  const { body } = await get(`/api/v1/export/${exportId.encode(uuid)}/`)
  expect(body).toMatchObject({ type: 'deals', fields: ['id'], status: 'done', n_docs: 5000, s_query: null })
})

describe('what is wrong is said field by field:', () => {
  const wrong = async (body: object) =>
    (await post('/api/v1/export/lead/', { format: 'csv', type: 'leads', ...body })).body
  test.for<[string, object, Record<string, unknown>]>([
    ['a format', { format: 'xlsx' }, { format: expect.stringContaining('csv') }],
    ['an unknown field of the request', { fromat: 'csv' }, {}],
    [
      'an unknown column',
      { fields: ['id', 'nam'] },
      { fields: "1: Unknown field 'nam'. Did you mean 'name'?" },
    ],
    [
      'activities in a CSV',
      { include_activities: true },
      { include_activities: 'goes with the type leads in the format json only' },
    ],
    [
      'smart fields in JSON of contacts',
      { include_smart_fields: true, format: 'json', type: 'contacts' },
      { include_smart_fields: 'goes with the format csv, or with the type leads in json' },
    ],
    [
      'an unknown query',
      { s_query: { type: 'and', queries: [{ type: 'match_all' }, { type: 'saved_search' }] } },
      { s_query: expect.stringMatching(/^queries\.1\.type: Unknown query type 'saved_search'/) },
    ],
    [
      'an unknown condition',
      { s_query: fieldIs('lead', 'name', { type: 'regex', value: 'x' }) },
      { s_query: expect.stringMatching(/^condition\.type: Unknown condition type 'regex'/) },
    ],
    [
      'an unknown moment',
      { s_query: fieldIs('lead', 'date_created', { type: 'moment_range', before: { type: 'tomorrow' } }) },
      { s_query: expect.stringMatching(/^condition\.before\.type: Unknown moment type 'tomorrow'/) },
    ],
    [
      'a value that the column cannot hold, where the caller wrote it',
      {
        s_query: {
          type: 'or',
          queries: [fieldIs('lead', 'num_calls', { type: 'number_range', gte: 'many' })],
        },
      },
      { s_query: 'queries.0.condition.gte: must be a number' },
    ],
    [
      'a sort',
      { sort: [{ direction: 'up', field: { type: 'regular_field', field_name: 'name' } }] },
      { sort: '0: must be asc or desc' },
    ],
  ])('%s', async ([, body, expected]) => {
    const answer = await wrong(body)
    expect(answer).toMatchObject({ errors: expect.any(Array), 'field-errors': expected })
    expect(Object.keys(answer['field-errors']).length + answer.errors.length).toBe(1)
  })

  test('a query nested beyond every bound is refused, not followed', async () => {
    let deep: object = { type: 'match_all' }
    for (let depth = 0; depth < 16; depth += 1)
      deep = {
        type: 'or',
        queries: [deep, fieldIs('lead', 'url', { type: 'exists' }), { ...deep, negate: true }].slice(0, 2),
        negate: true,
      }
    expect((await wrong({ s_query: deep }))['field-errors'].s_query).toMatch(/deep/)
  })
})

test('a key without an owner has no CURRENT_USER', async () => {
  const { key } = await app.addOrganization('Nobody')
  const { status, body } = await call(app, 'POST', '/api/v1/export/lead/', {
    authorization: `Bearer ${key}`,
    body: {
      format: 'csv',
      type: 'lead_opps',
      s_query: fieldIs('opportunity', 'user_id', {
        type: 'reference',
        reference_type: 'user',
        object_ids: ['CURRENT_USER'],
      }),
    },
  })
  expect([status, body['field-errors'].s_query]).toEqual([400, expect.stringContaining('this key has none')])
})

test('a limit of the plan is told in the headers that Close’s clients read', async () => {
  const { key } = await app.addOrganization('Limited', 'essentials')
  const ask = () =>
    call(app, 'POST', '/api/v1/export/lead/', {
      authorization: `Bearer ${key}`,
      body: { format: 'csv', type: 'leads', fields: ['id'] },
    })
  const answers = [await ask(), await ask(), await ask(), await ask(), await ask(), await ask()]
  expect(answers[0]?.headers.get('ratelimit')).toBe('limit=600, remaining=599, reset=60')
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.body).toEqual({ error: expect.stringContaining('essentials') })
  const reset = refused?.headers.get('retry-after')
  expect(refused?.headers.get('ratelimit')).toMatch(new RegExp(`^limit=\\d+, remaining=0, reset=${reset}$`))
})

test('the owner of the key gets the link by mail, unless send_done_email is false', async () => {
  const server = await startMailServer()
  const quiet = await startApp({ deals: 100, workers: 0 })
  try {
    await sql(quiet.database.ownerUrl, `UPDATE sluice.api_keys SET owner_email = 'abc@sluice.example'`)
    await startWorker(quiet, {
      mailer: smtpMailer({ url: server.url, from: 'sluice@example.com', tls: 'off' }),
    })
    const start = (body: object) =>
      call(quiet, 'POST', '/api/v1/export/lead/', { body: { type: 'leads', format: 'csv', ...body } })
    const silent = await start({ send_done_email: false })
    const loud = await start({})
    expect([silent.body.send_done_email, loud.body.send_done_email]).toEqual([false, true])
    const { mails } = server
    await until('the mail', () => mails.length > 0)
    await until('both are done', async () => {
      const { data } = (await call(quiet, 'GET', '/api/v1/export/?_fields=status')).body
      return data.every(({ status }: { status: string }) => status === 'done')
    })
    expect(mails.map(({ to }) => to)).toEqual([['abc@sluice.example']])
    const [link] = /http:\S+/.exec(partOf(mails[0]!, 'text/plain')) ?? []
    const response = await fetch(link!.replace('localhost', '127.0.0.1'))
    expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'gzip'])
    expect((await response.text()).split('\n')[0]).toMatch(/^id,display_name,name,/)
  } finally {
    await quiet.stop()
  }
})

test('a key that may not use what was asked for sees what the query names, and not what it compares that with', async () => {
  const condition = { type: 'text', mode: 'full_words', value: 'anna' }
  const query = (value: string | null) => ({
    type: 'and',
    negate: false,
    queries: [
      { type: 'object_type', object_type: 'contact' },
      fieldIs('contact', 'name', { ...condition, value }),
      { type: 'id', values: [value] },
    ],
  })
  const asked = { query: query('anna'), results_limit: 3 }
  const started = await post('/api/v1/export/lead/', { type: 'contacts', format: 'csv', s_query: asked })
  expect(started.body.s_query).toEqual(asked)
  const { secret } = await createApiKey(
    app.api.services,
    { id: app.organizationId },
    { name: 'reader', scopes: ['exports:read'] },
  )
  const authorization = `Basic ${Buffer.from(`${secret}:`).toString('base64')}`
  const one = await call(app, 'GET', `/api/v1/export/${started.body.id}/`, { authorization })
  const list = await call(app, 'GET', '/api/v1/export/lead/?_fields=s_query&_limit=1', { authorization })
  for (const { s_query: seen } of [one.body, list.body.data[0]]) {
    expect(seen).toEqual({ query: query(null), results_limit: 3 })
  }
})

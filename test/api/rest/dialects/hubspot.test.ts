import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { inflateRawSync } from 'node:zlib'
import { Client } from '@hubspot/api-client'
import { parse } from 'csv-parse/sync'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readXlsx } from '../../../engine/formats/xlsx-reader.ts'
import { startApp, type TestApp } from '../../../support/app.ts'
import { Clock } from '../../../support/clock.ts'
import { cancelExport, download, settle } from '../../../support/exports.ts'
import { readXls } from '../../../support/read-xls.ts'
import { startWorker } from '../../../support/worker.ts'
import { call } from '../client.ts'

const path = '/crm/v3/exports/export/async'
const clock = new Clock()
let app: TestApp
let owner: pg.Client
beforeAll(async () => {
  app = await startApp({ deals: 300, overrides: { now: clock.now } })
  owner = new pg.Client({ connectionString: app.database.ownerUrl })
  await owner.connect()
  // The vendor's 30 a day and one at a time have a test of their own.
  await owner.query(`UPDATE sluice.plans SET door_limits = '{}' WHERE name = 'unlimited'`)
})
afterAll(async () => {
  await owner.end()
  await app.stop()
})

const status = (id: string, key = app.key) =>
  call(app, 'GET', `${path}/tasks/${id}/status`, { authorization: `Bearer ${key}` })

async function uuidOf(id: string): Promise<string> {
  const { rows } = await owner.query(
    'SELECT id FROM sluice.exports WHERE number = $1 AND organization_id = $2',
    [id, app.organizationId],
  )
  return rows[0].id
}

async function start(body: object): Promise<string> {
  const started = await call(app, 'POST', path, { body })
  expect(started.body).toEqual({ id: expect.stringMatching(/^\d+$/), links: {} })
  expect(started.status).toBe(202)
  return started.body.id
}

async function fileOf(body: object): Promise<{ bytes: Buffer; url: string }> {
  const id = await start(body)
  await settle(app, await uuidOf(id))
  const { body: done } = await status(id)
  expect(done, JSON.stringify(done)).toMatchObject({ status: 'COMPLETE', numErrors: 0 })
  expect(done.result).toBe(done.downloadUrl)
  return { bytes: await download(done.downloadUrl), url: done.downloadUrl }
}

const csvOf = async (body: object): Promise<string[][]> => parse((await fileOf(body)).bytes)

async function rowsOf(query: string): Promise<string[][]> {
  const { rows } = await owner.query({ text: query, rowMode: 'array' })
  return rows.map((row: unknown[]) => row.map((cell) => (cell === null ? '' : String(cell))))
}

const sorted = (rows: string[][]) => rows.map((row) => row.join('|')).sort()

test("the page's VIEW example gives the one contact, with internal names and its company", async () => {
  const { bytes, url } = await fileOf({
    exportType: 'VIEW',
    exportName: 'All contacts',
    format: 'xlsx',
    language: 'DE',
    objectType: 'CONTACT',
    exportInternalValuesOptions: ['NAMES', 'VALUES'],
    objectProperties: ['email', 'firstname', 'lastname'],
    associatedObjectType: 'COMPANY',
    publicCrmSearchRequest: {
      filters: [{ value: 'hello@test.com', propertyName: 'email', operator: 'EQ' }],
      query: 'hello',
      sorts: [{ propertyName: 'email', order: 'ASC' }],
    },
  })
  expect(url).toMatch(/All_contacts_\d{4}-\d\d-\d\d\.xlsx\?/)
  const [sheet] = readXlsx(bytes).sheets
  expect(sheet?.rows).toBe(2)
  const row = (at: number) => [...'ABCDE'].map((column) => sheet?.cells[`${column}${at}`]?.value)
  expect(row(1)).toEqual(['email', 'firstname', 'lastname', 'Associated Company IDs', 'Associated Company'])
  const [[companyId, company]] = (await rowsOf(
    `SELECT c.id, c.name FROM crm.contacts t JOIN crm.companies c ON c.organization_id = t.organization_id
       AND c.id = t.company_id WHERE t.organization_id = 'demo' AND t.email = 'hello@test.com'`,
  )) as [string[]]
  expect(row(2)).toEqual(['hello@test.com', expect.any(String), expect.any(String), companyId, company])
})

test("the page's LIST example holds the members of the list", async () => {
  const rows = await csvOf({
    exportType: 'LIST',
    listId: 1234567,
    exportName: 'Marketing email contacts',
    format: 'csv',
    language: 'EN',
    objectType: 'CONTACT',
    objectProperties: ['email'],
  })
  const expected = await rowsOf(
    `SELECT email FROM crm.contacts t WHERE organization_id = 'demo' AND EXISTS (SELECT FROM crm.list_members m
       WHERE m.organization_id = 'demo' AND m.list_id = 1234567 AND m.dataset = 'contacts' AND m.member_id = t.id)`,
  )
  expect(rows[0]).toEqual(['Email'])
  expect(expected.length).toBeGreaterThan(10)
  expect(sorted(rows.slice(1))).toEqual(sorted(expected))
})

test('an XLSX in German has German labels in its header and in the cells of enumerations', async () => {
  const { bytes } = await fileOf({
    objectType: 'deals',
    format: 'XLSX',
    language: 'DE',
    objectProperties: ['dealname', 'dealstage', 'dealtype', 'lead_source'],
    publicCrmSearchRequest: {
      filters: [{ propertyName: 'hs_object_id', operator: 'EQ', value: 'deal_123' }],
    },
  })
  const [sheet] = readXlsx(bytes).sheets
  const row = (at: number) => [...'ABCD'].map((column) => sheet?.cells[`${column}${at}`]?.value)
  expect(row(1)).toEqual(['Deal-Name', 'Deal-Phase', 'Deal-Typ', 'Lead-Quelle'])
  expect(row(2).slice(0, 3)).toEqual(['Nordwind Logistik – Expansion 2026', 'Gewonnen', 'Erweiterung'])
})

test('XLS, an unknown language, which falls back to English, and values as they are stored', async () => {
  const { bytes } = await fileOf({
    objectType: 'TICKET',
    format: 'xls',
    language: 'PT_BR',
    objectProperties: ['subject', 'hs_ticket_priority'],
    exportInternalValuesOptions: ['VALUES'],
  })
  const [sheet] = readXls(bytes)
  expect(sheet?.rows[0]?.map((cell) => cell?.value)).toEqual(['Ticket name', 'Priority'])
  const priorities = new Set(sheet?.rows.slice(1).map((cells) => cells[1]?.value))
  expect([...priorities].sort()).toEqual(expect.arrayContaining(['HIGH', 'LOW', 'MEDIUM']))
})

test('associated records to many are joined by semicolons, ids and names alike', async () => {
  const [header, ...rows] = await csvOf({
    objectType: '0-3',
    objectProperties: ['hs_object_id'],
    associatedObjectType: ['contacts'],
    publicCrmSearchRequest: {
      filters: [{ propertyName: 'hs_object_id', operator: 'IN', values: ['deal_123', 'deal_456'] }],
    },
  })
  expect(header).toEqual(['Deal ID', 'Associated Contact IDs', 'Associated Contact'])
  const expected = await rowsOf(
    `SELECT a.to_id, c.id FROM crm.associations a JOIN crm.contacts c ON c.organization_id = 'demo' AND c.id = a.from_id
     WHERE a.organization_id = 'demo' AND a.from_dataset = 'contacts' AND a.to_dataset = 'deals'
       AND a.to_id IN ('deal_123', 'deal_456')`,
  )
  expect(expected.length).toBeGreaterThanOrEqual(2)
  const pairs = rows.flatMap(([deal = '', ids = '']) => ids.split(';').map((id) => [deal, id]))
  expect(sorted(pairs)).toEqual(sorted(expected))
})

const search = (...filters: object[]) => ({ filters })
const amount = `d.amount`
/** Each operator, asked of deals, and what it means as SQL. */
const searches: [object, string][] = [
  [
    search({ propertyName: 'dealstage', operator: 'EQ', value: 'Closed Won' }),
    `d.deal_status = 'Closed Won'`,
  ],
  [
    search({ propertyName: 'dealstage', operator: 'NEQ', value: 'Closed Won' }),
    `d.deal_status IS DISTINCT FROM 'Closed Won'`,
  ],
  [search({ propertyName: 'amount', operator: 'LT', value: '12000' }), `${amount} < 12000`],
  [search({ propertyName: 'amount', operator: 'LTE', value: 12000 }), `${amount} <= 12000`],
  [search({ propertyName: 'amount', operator: 'GT', value: '12000' }), `${amount} > 12000`],
  [search({ propertyName: 'amount', operator: 'GTE', value: '84500.5' }), `${amount} >= 84500.5`],
  [
    search({ propertyName: 'closedate', operator: 'BETWEEN', value: '2026-01-01', highValue: '2026-12-31' }),
    `d.proposal_due BETWEEN '2026-01-01' AND '2026-12-31'`,
  ],
  [
    search({
      propertyName: 'createdate',
      operator: 'GTE',
      value: String(Date.parse('2026-01-01T00:00:00Z')),
    }),
    `d.created_at >= '2026-01-01 00:00:00+00'`,
  ],
  [
    search({ propertyName: 'dealtype', operator: 'IN', values: ['Renewal', 'Expansion'] }),
    `d.type IN ('Renewal', 'Expansion')`,
  ],
  [
    search({ propertyName: 'dealtype', operator: 'NOT_IN', values: ['Renewal', 'Expansion'] }),
    `coalesce(d.type NOT IN ('Renewal', 'Expansion'), true)`,
  ],
  [search({ propertyName: 'description', operator: 'HAS_PROPERTY' }), `d.summary <> ''`],
  [search({ propertyName: 'description', operator: 'NOT_HAS_PROPERTY' }), `coalesce(d.summary = '', true)`],
  [
    search({ propertyName: 'dealname', operator: 'CONTAINS_TOKEN', value: 'Renewal' }),
    `d.name ~* '(^|[^[:alnum:]_])renewal([^[:alnum:]_]|$)'`,
  ],
  [search({ propertyName: 'dealname', operator: 'CONTAINS_TOKEN', value: '*wind' }), `d.name ~* 'wind\\M'`],
  [
    search({ propertyName: 'dealname', operator: 'NOT_CONTAINS_TOKEN', value: 'Renewal' }),
    `coalesce(d.name !~* '(^|[^[:alnum:]_])renewal([^[:alnum:]_]|$)', true)`,
  ],
  [
    search({ propertyName: 'tags', operator: 'EQ', value: 'strategic' }),
    `d.properties ->> 'tags' LIKE '%strategic%'`,
  ],
  [
    {
      filterGroups: [
        {
          filters: [
            { propertyName: 'dealstage', operator: 'EQ', value: 'Closed Won' },
            { propertyName: 'amount', operator: 'GT', value: '50000' },
          ],
        },
        { filters: [{ propertyName: 'dealtype', operator: 'EQ', value: 'Renewal' }] },
      ],
    },
    `(d.deal_status = 'Closed Won' AND d.amount > 50000) OR d.type = 'Renewal'`,
  ],
  [{ query: 'nordwind', filters: [] }, `d.name || ' ' || coalesce(d.summary, '') ~* '\\mnordwind'`],
]

let files: Promise<string[][]>[]
beforeAll(() => {
  files = searches.map(([asked]) =>
    csvOf({ objectType: 'DEAL', objectProperties: ['hs_object_id'], publicCrmSearchRequest: asked }),
  )
  for (const file of files) file.catch(() => {})
})

test.each(searches.map(([asked, sql], index) => ({ asked, sql, index })))(
  'the search $asked finds what SQL by hand finds',
  async ({ sql, index }) => {
    const expected = await rowsOf(`SELECT d.id FROM crm.deals d WHERE organization_id = 'demo' AND (${sql})`)
    expect(expected.length).toBeGreaterThan(0)
    expect(expected.length).toBeLessThan(300)
    expect(sorted(((await files[index]) ?? []).slice(1))).toEqual(sorted(expected))
  },
)

test('both shapes of sorts put the rows in the same order', async () => {
  const ordered = (sorts: unknown[]) =>
    csvOf({
      objectType: 'DEAL',
      objectProperties: ['dealtype', 'amount'],
      exportInternalValuesOptions: ['VALUES'],
      publicCrmSearchRequest: { sorts },
    })
  const [asObjects, asWords] = await Promise.all([
    ordered([{ propertyName: 'dealtype' }, { propertyName: 'amount', order: 'DESC' }]),
    ordered(['dealtype', '-amount']),
  ])
  expect(asObjects).toEqual(asWords)
  const expected = await rowsOf(
    `SELECT type, amount FROM crm.deals WHERE organization_id = 'demo' ORDER BY type, amount DESC`,
  )
  expect(asWords.slice(1)).toEqual(expected)
})

test.each(['CONTACT', 'contacts', 'Contact', '0-1'])(
  'an object type can be spelled %s',
  async (objectType) => {
    const [[count]] = (await rowsOf(`SELECT count(*) FROM crm.contacts WHERE organization_id = 'demo'`)) as [
      string[],
    ]
    expect((await csvOf({ objectType })).length - 1).toBe(Number(count))
  },
)

test('a custom object has its own records only, with its own properties', async () => {
  const rows = await csvOf({ objectType: '2-123', objectProperties: ['name', 'plan', 'seats'] })
  const expected = await rowsOf(
    `SELECT id FROM crm.custom_objects WHERE organization_id = 'demo' AND object_type_id = '2-123'`,
  )
  expect(rows[0]).toEqual(['Name', 'Plan', 'Seats'])
  expect(expected.length).toBeGreaterThan(0)
  expect(rows.length - 1).toBe(expected.length)
})

test('a CSV file over 2 MB arrives in a zip, a smaller one does not', async () => {
  await owner.query(
    `INSERT INTO crm.companies (organization_id, id, name, description, created_at, updated_at)
     SELECT 'demo', 'big' || n, 'Big ' || n, repeat('lorem ipsum ', 100), now(), now() FROM generate_series(1, 2000) AS n`,
  )
  const { bytes, url } = await fileOf({ objectType: 'COMPANY', objectProperties: ['name', 'description'] })
  expect(url).toMatch(/\.csv\.zip\?/)
  expect(bytes.readUInt32LE(0)).toBe(0x04034b50)
  const nameLength = bytes.readUInt16LE(26)
  const from = 30 + nameLength + bytes.readUInt16LE(28)
  expect(bytes.subarray(30, 30 + nameLength).toString()).toMatch(/\.csv$/)
  expect(parse(inflateRawSync(bytes.subarray(from))).length).toBeGreaterThan(2_000)
  expect((await fileOf({ objectType: 'COMPANY', objectProperties: ['hs_object_id'] })).url).toMatch(/\.csv\?/)
})

test('the link lives 5 minutes, and each status has a fresh one', async () => {
  const id = await start({ objectType: 'TICKET', objectProperties: ['subject'] })
  await settle(app, await uuidOf(id))
  const { downloadUrl: first } = (await status(id)).body
  const lifetime = Number(new URL(first).searchParams.get('expires')) * 1000 - clock.now().getTime()
  expect(lifetime).toBeGreaterThan(295_000)
  expect(lifetime).toBeLessThanOrEqual(300_000)
  clock.moveBy(301)
  expect((await fetch(first.replace('localhost', '127.0.0.1'))).status).toBe(410)
  const { downloadUrl: second } = (await status(id)).body
  expect((await download(second)).length).toBeGreaterThan(0)
})

test('the details of an export say what was asked for', async () => {
  const id = await start({ objectType: 'tickets', exportName: 'Open tickets', objectProperties: ['subject'] })
  await settle(app, await uuidOf(id))
  const { body } = await call(app, 'GET', `/crm/v3/exports/export/${id}`)
  const [[count]] = (await rowsOf(`SELECT count(*) FROM crm.tickets WHERE organization_id = 'demo'`)) as [
    string[],
  ]
  expect(body).toEqual({
    id,
    exportName: 'Open tickets',
    exportType: 'VIEW',
    exportState: 'DONE',
    objectType: 'tickets',
    objectProperties: ['subject'],
    recordCount: Number(count),
    createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    updatedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
  })
})

test('one runs at a time, others wait as PENDING; a canceled one is CANCELED; the 31st in 24 hours is refused', async () => {
  const small = await startApp({ deals: 0, workers: 0, plan: 'enterprise', overrides: { now: clock.now } })
  const tables = new pg.Client({ connectionString: small.database.ownerUrl })
  await tables.connect()
  try {
    const ids: string[] = []
    for (let index = 0; index < 30; index += 1) {
      const { status: code, body } = await call(small, 'POST', path, { body: { objectType: 'DEAL' } })
      expect(code).toBe(202)
      ids.push(body.id)
    }
    const refused = await call(small, 'POST', path, { body: { objectType: 'DEAL' } })
    expect([refused.status, refused.body]).toEqual([
      429,
      {
        status: 'error',
        message: 'You have reached your daily limit.',
        errorType: 'RATE_LIMIT',
        correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        policyName: 'DAILY',
        requestId: expect.any(String),
      },
    ])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(23 * 3600)

    const statusOf = async (id: string) => (await call(small, 'GET', `${path}/tasks/${id}/status`)).body
    const waiting = await statusOf(ids[5]!)
    expect(waiting).toMatchObject({ status: 'PENDING', numErrors: 0, errors: [] })
    expect(waiting).not.toHaveProperty('downloadUrl')
    const { rows } = await tables.query('SELECT id FROM sluice.exports ORDER BY number')
    await cancelExport(small, rows[7].id)
    expect(await statusOf(ids[7]!)).toMatchObject({
      status: 'CANCELED',
      numErrors: 1,
      errors: [{ category: 'CANCELED_BY_USER' }],
      startedAt: expect.any(String),
      completedAt: expect.any(String),
    })

    await startWorker(small)
    await settle(small, rows[29].id)
    const statuses = await Promise.all(ids.map(async (id) => (await statusOf(id)).status))
    expect(statuses).toEqual(ids.map((_, index) => (index === 7 ? 'CANCELED' : 'COMPLETE')))
  } finally {
    await tables.end()
    await small.stop()
  }
})

describe('what is wrong is named', () => {
  const contact = { objectType: 'CONTACT' }
  const cases: [string, object, number, string, { in?: string; message: string }][] = [
    [
      'no object type',
      { exportType: 'VIEW' },
      400,
      'VALIDATION_ERROR',
      { in: 'objectType', message: 'is required, as string' },
    ],
    [
      'an unknown object type',
      { objectType: 'UNICORN' },
      400,
      'VALIDATION_ERROR',
      {
        in: 'objectType',
        message:
          "Unable to infer object type from: 'UNICORN'. Known are: DEAL, CONTACT, COMPANY, TICKET, 2-<number>",
      },
    ],
    [
      'a custom object that nobody has',
      { objectType: '2-999' },
      400,
      'VALIDATION_ERROR',
      { in: 'objectType', message: 'Unable to infer object type from: 2-999. No record is of this type.' },
    ],
    [
      'an unknown property',
      { ...contact, objectProperties: ['email', 'shoe_size'] },
      400,
      'VALIDATION_ERROR',
      { in: 'objectProperties', message: "Property 'shoe_size' does not exist" },
    ],
    [
      'an unknown format',
      { ...contact, format: 'PDF' },
      400,
      'VALIDATION_ERROR',
      { in: 'format', message: 'must be one of CSV, XLSX, XLS' },
    ],
    [
      'a list without its id',
      { ...contact, exportType: 'LIST' },
      400,
      'VALIDATION_ERROR',
      { in: 'listId', message: 'is required when exportType is LIST' },
    ],
    [
      'a list that is not there',
      { ...contact, exportType: 'LIST', listId: '99' },
      404,
      'OBJECT_NOT_FOUND',
      { message: 'There is no list 99 of contacts.' },
    ],
    [
      'a list of another object',
      { ...contact, exportType: 'LIST', listId: 2000001 },
      404,
      'OBJECT_NOT_FOUND',
      { message: 'There is no list 2000001 of contacts.' },
    ],
    [
      'four filters in a group',
      {
        ...contact,
        publicCrmSearchRequest: {
          filters: Array(4).fill({ propertyName: 'email', operator: 'HAS_PROPERTY' }),
        },
      },
      400,
      'VALIDATION_ERROR',
      { in: 'publicCrmSearchRequest.filters', message: 'can have 3 filters at most in a group' },
    ],
    [
      'four groups',
      { ...contact, publicCrmSearchRequest: { filterGroups: Array(4).fill({ filters: [] }) } },
      400,
      'VALIDATION_ERROR',
      { in: 'publicCrmSearchRequest.filterGroups', message: 'can have 3 groups at most' },
    ],
    [
      'an unknown property in a filter',
      { ...contact, publicCrmSearchRequest: search({ propertyName: 'shoe', operator: 'EQ', value: '1' }) },
      400,
      'VALIDATION_ERROR',
      { in: 'publicCrmSearchRequest.filters.0.propertyName', message: "Property 'shoe' does not exist" },
    ],
    [
      'a value that does not fit, deep in a group',
      {
        objectType: 'DEAL',
        publicCrmSearchRequest: {
          filterGroups: [
            { filters: [] },
            {
              filters: [
                { propertyName: 'amount', operator: 'GT', value: '1' },
                { propertyName: 'amount', operator: 'LT', value: 'much' },
              ],
            },
          ],
        },
      },
      400,
      'VALIDATION_ERROR',
      { in: 'publicCrmSearchRequest.filterGroups.1.filters.1', message: 'must be a number' },
    ],
    [
      'BETWEEN without its end',
      {
        objectType: 'DEAL',
        publicCrmSearchRequest: search({ propertyName: 'amount', operator: 'BETWEEN', value: '1' }),
      },
      400,
      'VALIDATION_ERROR',
      { in: 'publicCrmSearchRequest.filters.0.highValue', message: 'is required with BETWEEN' },
    ],
    [
      'two associated types',
      { ...contact, associatedObjectType: ['COMPANY', 'DEAL'] },
      400,
      'VALIDATION_ERROR',
      { in: 'associatedObjectType', message: 'can name one object type only' },
    ],
    [
      'an unknown field',
      { ...contact, objectProperty: ['email'] },
      400,
      'VALIDATION_ERROR',
      { message: "Unknown field 'objectProperty'. Did you mean 'objectProperties'?" },
    ],
  ]
  test.each(cases)('%s', async (_, body, code, category, error) => {
    const answer = await call(app, 'POST', path, { body })
    expect(answer.body).toMatchObject({
      status: 'error',
      correlationId: answer.headers.get('x-request-id'),
      category,
    })
    expect(answer.status).toBe(code)
    if (code === 400) expect(answer.body.errors).toEqual([error])
    else expect(answer.body.message).toBe(error.message)
  })
})

describe("the vendor's own clients", () => {
  test('@hubspot/api-client starts by apiRequest, polls by getStatus, and downloads', async () => {
    const client = new Client({ accessToken: app.key, basePath: app.url })
    const response = await client.apiRequest({
      method: 'POST',
      path,
      body: {
        exportType: 'VIEW',
        exportName: 'Deals',
        format: 'CSV',
        objectType: 'DEAL',
        objectProperties: ['dealname'],
        language: 'EN',
        exportInternalValuesOptions: ['NAMES'],
        overrideAssociatedObjectsPerDefinitionPerRowLimit: false,
      },
    })
    expect(response.status).toBe(202)
    const { id } = (await response.json()) as { id: string }
    const begun = await client.crm.exports.publicExportsApi.getStatus(Number(id))
    expect(begun.startedAt).toBeInstanceOf(Date)
    await settle(app, await uuidOf(id))
    const done = await client.crm.exports.publicExportsApi.getStatus(Number(id))
    expect(done).toMatchObject({ status: 'COMPLETE' })
    expect(done.completedAt.getTime()).toBeGreaterThanOrEqual(done.requestedAt?.getTime() ?? 0)
    const csv = await download(done.result ?? '')
    expect(parse(csv)[0]).toEqual(['dealname'])
  })

  test("the page's Python script runs as printed, with another host and key", async () => {
    const script = readFileSync(new URL('../../../fixtures/hubspot-exports.py', import.meta.url), 'utf8')
      .replace('YOUR_API_KEY', app.key)
      .replace('https://api.hubapi.com', app.url)
    const { stdout } = await promisify(execFile)('python3', ['-c', script], { timeout: 30_000 })
    const url = /^Download URL: (.*)$/m.exec(stdout)?.[1]
    expect(stdout).toContain('Export status: COMPLETE')
    const rows = parse(await download(url ?? ''))
    expect(rows[0]).toEqual(['Email', 'First name'])
  })
})

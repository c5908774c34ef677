import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { parse } from 'csv-parse/sync'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportId } from '../../../../src/api/rest/dialects/hindsight/response.ts'
import { startApp, type TestApp } from '../../../support/app.ts'
import { download, settle } from '../../../support/exports.ts'
import { call } from '../client.ts'

let app: TestApp
let owner: pg.Client
beforeAll(async () => {
  app = await startApp({ deals: 300 })
  owner = new pg.Client({ connectionString: app.database.ownerUrl })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await app.stop()
})

/** Starts an export and waits for its end; the answer of the status endpoint. */
async function exportDeals(body: object) {
  const started = await call(app, 'POST', '/api/v1/deals/export', { body })
  expect(started.body, JSON.stringify(started.body)).toMatchObject({ success: true, status: 'pending' })
  await settle(app, exportId.decode(started.body.export_id) ?? '')
  return (await call(app, 'GET', `/api/v1/deals/export/${started.body.export_id}`)).body
}

async function csvOf(body: object): Promise<string[][]> {
  const { download_url: url } = await exportDeals(body)
  return parse(await download(url))
}

/** What the rows of the demo organization are, by SQL that knows nothing of Sluice. */
async function namesWhere(condition: string): Promise<string[]> {
  const { rows } = await owner.query(
    `SELECT d.name FROM crm.deals d LEFT JOIN crm.companies c
       ON c.organization_id = d.organization_id AND c.id = d.company_id
     WHERE d.organization_id = 'demo' AND (${condition})`,
  )
  return rows.map(({ name }) => String(name)).sort()
}

const sf = (property: string, operator: string, value: unknown) => ({
  salesforce_filters: [{ property, operator, value }],
})
const hs = (property: string, operator: string, value: unknown) => ({
  hubspot_filters: [{ property, operator, value }],
})

/** Each filter of the page and its meaning, as somebody reading the page would write it. */
const filters: [object, string][] = [
  [{ deal_ids: ['deal_123', 'deal_456', 'deal_none'] }, `d.id IN ('deal_123', 'deal_456')`],
  [{ deal_ids: ['deal_123'], deal_ids_filter_type: 'exclude' }, `d.id <> 'deal_123'`],
  [{ owner_ids: ['user_abc', 'user_xyz'] }, `d.owner_id IN ('user_abc', 'user_xyz')`],
  [{ owner_ids: ['user_abc'], owner_ids_filter_type: 'is not' }, `d.owner_id IS DISTINCT FROM 'user_abc'`],
  [{ owner_ids: ['user_abc', 'user_xyz'], owner_ids_filter_type: 'include all of' }, 'false'],
  [{ owner_ids: ['user_abc'], owner_ids_filter_type: 'include all of' }, `d.owner_id = 'user_abc'`],
  [{ collaborator_ids: ['user_def'] }, `'user_def' = ANY (d.collaborator_ids)`],
  [{ collaborators: ['user_def'] }, `'user_def' = ANY (d.collaborator_ids)`],
  [
    { collaborator_ids: ['user_def'], collaborator_ids_filter_type: 'exclude' },
    `NOT coalesce('user_def' = ANY (d.collaborator_ids), false)`,
  ],
  [{ status: ['Closed Won', 'Negotiation'] }, `d.deal_status IN ('Closed Won', 'Negotiation')`],
  [{ deal_type: ['New Business', 'Expansion'] }, `d.type IN ('New Business', 'Expansion')`],
  [{ region: ['North America', 'EMEA'] }, `d.region IN ('North America', 'EMEA')`],
  [{ region: ['EMEA'], region_filter_type: 'is not' }, `d.region IS DISTINCT FROM 'EMEA'`],
  [{ industry: ['Technology', 'Finance'] }, `d.industry IN ('Technology', 'Finance')`],
  [{ product_ids: ['prod_123'] }, `'prod_123' = ANY (d.product_ids)`],
  [
    { product_labels: ['prod_123', 'prod_456'], product_labels_filter_type: 'include all of' },
    `d.product_ids @> ARRAY['prod_123', 'prod_456']`,
  ],
  [{ competitor_ids: ['comp_123', 'comp_456'] }, `d.competitor_ids && ARRAY['comp_123', 'comp_456']`],
  [
    { competitor_ids: ['comp_123', 'comp_456'], competitor_ids_filter_type: 'include all of' },
    `d.competitor_ids @> ARRAY['comp_123', 'comp_456']`,
  ],
  [
    { competitors: ['comp_123'], competitors_filter_type: 'is not' },
    `NOT coalesce('comp_123' = ANY (d.competitor_ids), false)`,
  ],
  [{ has_competitor: true }, 'cardinality(d.competitor_ids) > 0'],
  [{ has_competitor: false }, 'coalesce(cardinality(d.competitor_ids), 0) = 0'],
  [{ analyzed: true }, 'd.deal_analyzed'],
  [{ analyzed: false }, 'd.deal_analyzed IS NOT TRUE'],
  [{ verified: true }, 'd.analysis_verified'],
  [
    { close_date: { from: '2026-01-01', to: '2026-03-31' } },
    `d.proposal_due >= '2026-01-01' AND d.proposal_due <= '2026-03-31'`,
  ],
  [{ close_date: { from: '2026-02-14T09:00:00Z' } }, `d.proposal_due >= '2026-02-14'`],
  [{ amount: { min: 12000, max: 84500.5 } }, 'd.amount >= 12000 AND d.amount <= 84500.50'],
  [{ amount: { max: 12000 } }, 'd.amount <= 12000'],
  [sf('Amount', 'is greater than', '50000'), 'd.amount > 50000'],
  [sf('amount', 'is less than', '12000'), 'd.amount < 12000'],
  [sf('Amount', 'is greater than or equal to', '84500.50'), 'd.amount >= 84500.5'],
  [sf('Amount', 'is less than or equal to', 12000), 'd.amount <= 12000'],
  [sf('StageName', 'is', 'Closed Won'), `d.deal_status = 'Closed Won'`],
  [sf('StageName', 'is not', 'Closed Won'), `d.deal_status IS DISTINCT FROM 'Closed Won'`],
  [sf('CloseDate', 'is before', '2026-02-14'), `d.proposal_due < '2026-02-14'`],
  [sf('CloseDate', 'is after', '2026-02-14'), `d.proposal_due > '2026-02-14'`],
  [sf('CreatedDate', 'is after', '2026-02-14'), `d.created_at >= '2026-02-15 00:00:00+00'`],
  [sf('Name', 'contains', 'nordwind'), `d.name ILIKE '%nordwind%'`],
  [sf('Name', 'does not contain', 'nordwind'), `coalesce(d.name NOT ILIKE '%nordwind%', true)`],
  [sf('IsWon', 'is', 'true'), `d.deal_status = 'Closed Won'`],
  [sf('Account.Industry', 'is', 'Technology'), `c.salesforce_account ->> 'industry' = 'Technology'`],
  [
    sf('Account.AnnualRevenue', 'is greater than', '1000000'),
    `nullif(c.salesforce_account ->> 'annual_revenue', '')::numeric > 1000000`,
  ],
  [
    hs('Account.industry', 'is', 'COMPUTER_SOFTWARE'),
    `c.hubspot_account ->> 'industry' = 'COMPUTER_SOFTWARE'`,
  ],
  [
    hs('Account.employees', 'is less than', '500'),
    `nullif(c.hubspot_account ->> 'employees', '')::int < 500`,
  ],
  [hs('lead_source', 'is', 'referral'), `d.properties ->> 'lead_source' = 'referral'`],
  [hs('go_live', 'is after', '2026-01-01'), `nullif(d.properties ->> 'go_live', '')::date > '2026-01-01'`],
  [hs('tags', 'contains', 'strategic'), `'strategic' = ANY (string_to_array(d.properties ->> 'tags', ';'))`],
  [hs('contract_months', 'is', '12'), `nullif(d.properties ->> 'contract_months', '')::int = 12`],
]

/** All begun at once: a file takes a few milliseconds, waiting for fifty of them one by one does not. */
let files: Promise<string[][]>[]
beforeAll(() => {
  files = filters.map(([asked]) => csvOf({ columns: ['name'], filters: asked }))
  // Each is looked at by its own test.
  for (const file of files) file.catch(() => {})
})

test.each(filters.map(([asked, sql], index) => ({ asked, sql, index })))(
  'a file of the deals with $asked has the rows that SQL by hand finds',
  async ({ sql, index }) => {
    const [header, ...rows] = (await files[index]) ?? []
    expect(header).toEqual(['name'])
    // The formula guard's mark is no part of the name.
    const names = rows.map(([name = '']) => name.replace(/^'(?=[\t=+@-])/, ''))
    expect(names.sort()).toEqual(await namesWhere(sql))
  },
)

test('every filter of the table finds some deals and leaves some out, but the one that cannot', async () => {
  const useless: string[] = []
  for (const [, sql] of filters) {
    const { length } = await namesWhere(sql)
    if (length === 0 || length >= 300) useless.push(sql)
  }
  expect(useless).toEqual(['false'])
})

test('all filters at once, as the page has them, find the one deal that has it all', async () => {
  const [header, ...rows] = await csvOf({
    columns: ['name', 'amount', 'stage', 'close_date'],
    filters: {
      deal_ids: ['deal_123', 'deal_456'],
      owner_ids: ['user_abc'],
      status: ['Closed Won', 'Closed Lost'],
      close_date: { from: '2026-01-01', to: '2026-03-31' },
      amount: { min: 10000, max: 100000 },
      competitor_ids: ['comp_123'],
      deal_type: ['New Business', 'Expansion'],
      region: ['North America', 'EMEA'],
      industry: ['Technology', 'Finance'],
      product_ids: ['prod_123'],
      analyzed: true,
      verified: true,
    },
  })
  expect(header).toEqual(['name', 'amount', 'stage', 'close_date'])
  expect(rows).toEqual([['Nordwind Logistik – Expansion 2026', '84500.50', 'Closed Won', '2026-02-14']])
})

test('every column of the page and every kind of column of the organization is in the file, as asked', async () => {
  const columns = [
    ...['summary', 'name', 'owner_id', 'all_competitors', 'drivers', 'features', 'scorecard', 'deal_status'],
    ...[
      'previous_status',
      'amount',
      'proposal_due',
      'created_at',
      'deal_analyzed',
      'analysis_verified',
      'type',
    ],
    ...['region', 'crm_lead_source', 'crm_sales_rep_region', 'crm_hubspot_account_industry'],
    ...['crm_salesforce_account_annual_revenue', 'custom_metric_score_abc123'],
    ...['custom_metric_explanation_abc123', 'custom_answer_xyz789'],
  ]
  const [header, row] = await csvOf({ columns, filters: { deal_ids: ['deal_123'] } })
  expect(header).toEqual(columns)
  const cell = Object.fromEntries(columns.map((name, index) => [name, row?.[index]]))
  expect(cell).toMatchObject({
    all_competitors: 'Rivalis; Konkurrenz AG',
    drivers: 'Faster onboarding; Local support',
    created_at: '2025-10-06T08:15:30+00:00',
    deal_analyzed: 'true',
    custom_metric_score_abc123: '4.5',
    custom_metric_explanation_abc123: 'Core market',
    custom_answer_xyz789: 'Yes – the COO',
  })
  expect(Object.keys(JSON.parse(cell.scorecard ?? '')).length).toBe(8)
})

describe('what is wrong is named', () => {
  const cases: [string, object, string][] = [
    [
      'unknown columns, all of them, in order',
      { columns: ['unknown_column', 'name', 'invalid_field', 'id', 'constructor'] },
      'Invalid column IDs: unknown_column, invalid_field, id, constructor',
    ],
    ['a column twice', { columns: ['name', 'stage', 'deal_status'] }, 'Duplicate column IDs: deal_status'],
    ['no columns', { columns: [] }, 'columns: must name at least one column'],
    ['columns left out', {}, 'columns: is required, as array'],
    [
      'an unknown filter',
      { columns: ['name'], filters: { regions: ['EMEA'] } },
      "filters: Unknown field 'regions'. Did you mean 'region'?",
    ],
    [
      'an unknown bound',
      { columns: ['name'], filters: { amount: { minimum: 1 } } },
      "filters.amount: Unknown field 'minimum'. Known are: min, max",
    ],
    [
      'a filter of another type',
      { columns: ['name'], filters: { amount: { min: '1' } } },
      'filters.amount.min: must be number, not string',
    ],
    [
      'an unknown value',
      { columns: ['name'], filters: { status: ['Closed Wonn'] } },
      "filters.status: Unknown value 'Closed Wonn'. Did you mean 'Closed Won' or 'Closed Lost'?",
    ],
    [
      'no date',
      { columns: ['name'], filters: { close_date: { from: 'yesterday' } } },
      'filters.close_date.from: must be a date such as 2026-01-31',
    ],
    [
      'a range that is none',
      { columns: ['name'], filters: { amount: { min: 2, max: 1 } } },
      'filters.amount: begins at 2, after its end 1',
    ],
    [
      'an empty list',
      { columns: ['name'], filters: { region: [] } },
      'filters.region: must have at least one value; leave the filter out to get every deal',
    ],
    [
      'a modifier without its filter',
      { columns: ['name'], filters: { region_filter_type: 'is' } },
      'filters.region_filter_type: goes with region, which is missing',
    ],
    [
      'an unknown CRM property',
      { columns: ['name'], filters: sf('Account.Nothing', 'is', 'x') },
      "filters.salesforce_filters.0.property: 'Account.Nothing' is no property of this organization's CRM",
    ],
    [
      'an operator that does not fit',
      { columns: ['name'], filters: sf('Name', 'is before', '2026-01-01') },
      "filters.salesforce_filters.0.operator: 'is before' asks for a date, and this property is text",
    ],
    [
      'a value that is no number',
      { columns: ['name'], filters: sf('Amount', 'is greater than', 'much') },
      'filters.salesforce_filters.0: must be a number',
    ],
  ]
  test.each(cases)('%s', async (_, body, error) => {
    const answer = await call(app, 'POST', '/api/v1/deals/export', { body })
    expect([answer.status, answer.body]).toEqual([400, { error, status: 400 }])
  })
})

test("the page's curl line runs as printed, with another host and key", async () => {
  const line = readFileSync(new URL('../../../fixtures/hindsight-export.sh', import.meta.url), 'utf8')
    .replace('YOUR_API_KEY', app.key)
    .replace('https://app.usehindsight.com', app.url)
  const { stdout } = await promisify(execFile)('bash', ['-c', line])
  expect(JSON.parse(stdout)).toMatchObject({ success: true, message: 'Export job started successfully' })
})

test('columns of another organization are as invalid as unknown ones', async () => {
  const { key } = await app.addOrganization('Elsewhere')
  const { status, body } = await call(app, 'POST', '/api/v1/deals/export', {
    authorization: `Bearer ${key}`,
    body: { columns: ['name', 'crm_lead_source'] },
  })
  expect([status, body]).toEqual([400, { error: 'Invalid column IDs: crm_lead_source', status: 400 }])
})

test('a page of deals is a bare array, newest first, with the id and every standard column', async () => {
  const { status, body } = await call(app, 'GET', '/api/v1/deals')
  expect([status, body.length]).toEqual([200, 50])
  expect(Object.keys(body[0])).toEqual([
    ...['id', 'name', 'owner_id', 'all_competitors', 'drivers', 'features', 'scorecard', 'deal_status'],
    ...[
      'previous_status',
      'amount',
      'proposal_due',
      'created_at',
      'deal_analyzed',
      'analysis_verified',
      'type',
    ],
    ...['region', 'summary'],
  ])
  const times = body.map(({ created_at }: { created_at: string }) => Date.parse(created_at))
  expect(times).toEqual([...times].sort((a, b) => b - a))
})

test('pages follow each other without a gap, filtered, searched and sorted', async () => {
  const region = encodeURIComponent('["EMEA"]')
  const ids: string[] = []
  for (let index = 0; ; index += 1) {
    const query = `columns=id,amount&sort=amount&sort_order=asc&page_size=7&page_index=${index}&region=${region}`
    const { body } = await call(app, 'GET', `/api/v1/deals?${query}`)
    ids.push(...body.map(({ id }: { id: string }) => id))
    if (body.length < 7) break
  }
  const { rows } = await owner.query(
    `SELECT id FROM crm.deals WHERE organization_id = 'demo' AND region = 'EMEA' ORDER BY amount NULLS LAST, id`,
  )
  expect(ids).toEqual(rows.map(({ id }) => id))
  const found = await call(app, 'GET', '/api/v1/deals?columns=name&searchQuery=nordwind%20expansion')
  expect(found.body).toContainEqual({ name: 'Nordwind Logistik – Expansion 2026' })
})

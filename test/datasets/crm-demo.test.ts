import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crmDatasets } from '../../src/datasets/crm/datasets.ts'
import { demoStatements } from '../../src/datasets/crm/demo.ts'
import { loadDynamicColumns } from '../../src/datasets/dynamic-columns.ts'
import { asOf, type CrmDatabase, openCrmDatabase } from './crm-database.ts'

let crm: CrmDatabase

beforeAll(async () => {
  crm = await openCrmDatabase()
  await crm.fill('org_tiny', 100)
  await crm.fill('org_one', 2_000)
  await crm.fill('org_two', 2_000)
  await crm.fill('org_seed_2', 2_000, 2)
})

afterAll(() => crm?.close())

/** A hash over every row of every table, without the organization's name. */
async function hashOf(tenant: string): Promise<Record<string, unknown>> {
  const tables = await crm.query(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'crm' ORDER BY 1`,
  )
  const hashes: Record<string, unknown> = {}
  for (const { name } of tables) {
    const [row] = await crm.query(
      `SELECT count(*)::int AS rows, md5(string_agg(cells, '|' ORDER BY cells)) AS hash
      FROM (SELECT (to_jsonb(x) - 'organization_id')::text AS cells FROM crm."${name}" x WHERE organization_id = $1) AS rows`,
      [tenant],
    )
    hashes[String(name)] = row
  }
  return hashes
}

describe('the demo data', () => {
  it('is the same for the same seed in every organization, and other data for another seed', async () => {
    const [one, two, other] = [await hashOf('org_one'), await hashOf('org_two'), await hashOf('org_seed_2')]
    expect(two).toEqual(one)
    for (const table of ['deals', 'companies', 'contacts', 'leads', 'clicks', 'properties']) {
      expect(other[table]).not.toEqual(one[table])
      expect(other[table]).toMatchObject({ rows: (one[table] as { rows: number }).rows })
    }
  })

  it('has exactly as many deals as asked for, and other rows besides', async () => {
    const rows = await crm.query(
      `SELECT organization_id, count(*)::int FROM crm.deals GROUP BY 1 ORDER BY organization_id COLLATE "C"`,
    )
    expect(rows.map(({ count }) => count)).toEqual([2_000, 2_000, 100, 2_000])
    for (const dataset of crmDatasets) {
      const [row] = await crm.query(
        `SELECT count(*)::int FROM crm."${dataset.name}" WHERE organization_id = 'org_tiny'`,
      )
      expect(row!.count, dataset.name).toBeGreaterThanOrEqual(dataset.name === 'products' ? 5 : 6)
    }
  })

  it.each([99, 100.5, Number.NaN, 90_000_000])('refuses %s deals', (deals) => {
    expect(() => demoStatements({ tenant: 'x', deals, asOf })).toThrow(RangeError)
  })

  it('takes an organization’s name as text, whatever it holds', async () => {
    await crm.fill("o'rg \\ $1; --", 100)
    expect(
      await crm.query(`SELECT count(*)::int FROM crm.deals WHERE organization_id = $1`, ["o'rg \\ $1; --"]),
    ).toEqual([{ count: 100 }])
  })

  it('answers Hindsight’s example with deal_123', async () => {
    const rows =
      await crm.query(`SELECT id, amount, proposal_due::text, name FROM crm.deals WHERE organization_id = 'org_tiny'
      AND id IN ('deal_123', 'deal_456') AND owner_id = 'user_abc' AND deal_status IN ('Closed Won', 'Closed Lost')
      AND proposal_due BETWEEN '2026-01-01' AND '2026-03-31' AND amount BETWEEN 10000 AND 100000
      AND competitor_ids && ARRAY['comp_123'] AND type IN ('New Business', 'Expansion') AND region IN ('North America', 'EMEA')
      AND industry IN ('Technology', 'Finance') AND product_ids && ARRAY['prod_123'] AND deal_analyzed AND analysis_verified`)
    expect(rows).toEqual([
      {
        id: 'deal_123',
        amount: '84500.50',
        proposal_due: '2026-02-14',
        name: 'Nordwind Logistik – Expansion 2026',
      },
    ])
  })

  it.each([
    ['deal ids', `SELECT id FROM crm.deals t WHERE id IN ('deal_123', 'deal_456')`, 2],
    [
      'owners',
      `SELECT DISTINCT owner_id FROM crm.deals t WHERE owner_id IN ('user_abc', 'user_xyz', 'user_def')`,
      3,
    ],
    ['a collaborator', `SELECT DISTINCT 1 FROM crm.deals t WHERE 'user_def' = ANY(collaborator_ids)`, 1],
    [
      'stages',
      `SELECT DISTINCT deal_status FROM crm.deals t WHERE deal_status IN ('Closed Won', 'Closed Lost', 'Negotiation')`,
      3,
    ],
    [
      'types',
      `SELECT DISTINCT type FROM crm.deals t WHERE type IN ('New Business', 'Expansion', 'Renewal')`,
      3,
    ],
    [
      'regions',
      `SELECT DISTINCT region FROM crm.deals t WHERE region IN ('North America', 'EMEA', 'APAC')`,
      3,
    ],
    [
      'industries',
      `SELECT DISTINCT industry FROM crm.deals t WHERE industry IN ('Technology', 'Healthcare', 'Finance')`,
      3,
    ],
    [
      'both competitors on one deal',
      `SELECT DISTINCT 1 FROM crm.deals t WHERE competitor_ids @> ARRAY['comp_123', 'comp_456']`,
      1,
    ],
    ['competitors', `SELECT id FROM crm.competitors t WHERE id IN ('comp_123', 'comp_456')`, 2],
    ['products', `SELECT id FROM crm.products t WHERE id IN ('prod_123', 'prod_456')`, 2],
    ['a metric', `SELECT 1 FROM crm.custom_metrics t WHERE id = 'abc123' AND name = 'Strategic Fit'`, 1],
    [
      'a question',
      `SELECT 1 FROM crm.custom_questions t WHERE id = 'xyz789' AND question = 'Champion identified?'`,
      1,
    ],
    ['a contact', `SELECT email FROM crm.contacts t WHERE email = 'hello@test.com'`, 1],
    [
      'the contact on the list',
      `SELECT 1 FROM crm.list_members t JOIN crm.contacts c USING (organization_id)
        WHERE list_id = 1234567 AND dataset = 'contacts' AND c.id = member_id AND email = 'hello@test.com'`,
      1,
    ],
    [
      'custom objects',
      `SELECT DISTINCT object_type_id FROM crm.custom_objects t WHERE object_type_id = '2-123'`,
      1,
    ],
  ])('holds what vendors’ pages name: %s', async (_, sql, count) => {
    for (const tenant of ['org_tiny', 'org_one']) {
      expect(await crm.query(sql.replace('WHERE', `WHERE organization_id = '${tenant}' AND`))).toHaveLength(
        count,
      )
    }
  })

  it('has the dynamic columns that Hindsight’s page names', async () => {
    const columns = await loadDynamicColumns(crm.query, crmDatasets[0]!, 'org_tiny')
    expect([...columns.keys()]).toEqual(
      expect.arrayContaining([
        'crm_lead_source',
        'crm_sales_rep_region',
        'crm_hubspot_account_industry',
        'crm_salesforce_account_annual_revenue',
        'custom_metric_score_abc123',
        'custom_metric_explanation_abc123',
        'custom_answer_xyz789',
      ]),
    )
    expect(columns.get('custom_metric_score_abc123')?.label).toBe('Strategic Fit (score)')
    expect(columns.get('custom_answer_xyz789')?.label).toBe('Champion identified?')
  })

  it('changes nothing before it was made, and closes no deal before it began', async () => {
    for (const { columns, name } of crmDatasets) {
      if (!columns.updated_at) continue
      const sql = `SELECT id FROM crm."${name}" WHERE updated_at < created_at OR created_at > '2026-11-01 12:00:00+00'`
      expect(await crm.query(sql), name).toEqual([])
    }
    expect(
      await crm.query(`SELECT id FROM crm.deals WHERE proposal_due < (created_at AT TIME ZONE 'UTC')::date
        OR (deal_status LIKE 'Closed%') AND proposal_due > '2026-11-01'`),
    ).toEqual([])
  })

  it('has advertisers with clicks in the last 30 days, and others without', async () => {
    const [row] =
      await crm.query(`SELECT count(*) FILTER (WHERE hot)::int AS hot, count(*) FILTER (WHERE NOT hot)::int AS cold
      FROM (SELECT EXISTS (SELECT FROM crm.clicks c WHERE c.organization_id = t.organization_id AND c.advertiser_id = t.id
        AND clicked_at BETWEEN now() - interval '30 days' AND now()) AS hot
      FROM crm.advertisers t WHERE organization_id = 'org_tiny') AS rows`)
    expect(row!.hot).toBeGreaterThan(10)
    expect(row!.cold).toBeGreaterThan(1)
  })

  it.each([
    ['a formula', '^[=+@-]'],
    ['a tab that starts a formula', '^\\t='],
    ['a phone number', '^\\+49 '],
    ['quotes', '"'],
    ['commas', ','],
    ['semicolons', ';'],
    ['a line feed', '[^\\r]\\n'],
    ['a carriage return', '\\r\\n'],
    ['a tab', '\\t'],
    ['leading zeros', '^00\\d+$'],
    ['a long number', '^\\d{20,}$'],
    ['a number in words of science', '^1E10$'],
    ['the word NULL', '^NULL$'],
    ['COPY’s null', '^\\\\N$'],
    ['COPY’s end', '^\\\\\\.$'],
    ['SQL', 'DROP TABLE'],
    ['spaces around', '^ .* $'],
    ['nothing', '^$'],
    ['umlauts', 'ü'],
    ['Chinese characters', '東'],
    ['Arabic', 'مرحبا'],
    ['Hebrew', 'שלום'],
    ['a family of emoji', '👩‍👩‍👧‍👦'],
    ['a combining mark', 'u\u0308'],
    ['a control character', '\u000b'],
  ])('has a text with %s wherever people type', async (_, pattern) => {
    for (const [table, column] of [
      ['deals', 'name'],
      ['deals', 'summary'],
      ['contacts', 'first_name'],
      ['companies', 'name'],
      ['tickets', 'subject'],
      ['leads', 'name'],
      ['activities', 'body'],
      ['affiliate_deals', 'title'],
      ['people', 'first_name'],
    ]) {
      const rows = await crm.query(
        `SELECT 1 FROM crm.${table} WHERE organization_id = 'org_tiny' AND ${column} ~ $1 LIMIT 1`,
        [pattern],
      )
      expect(rows, `${table}.${column}`).toHaveLength(1)
    }
  })
})

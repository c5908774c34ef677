import { awkwardAtTimes } from './awkward.ts'
import { companyId, companyIndustry, companyName, companySeat } from './company-name.ts'
import {
  type Analysis,
  analyses,
  type Competition,
  closings,
  competitions,
  dealProperties,
  middles,
  openings,
  type ProductMix,
  productMixes,
} from './deal-vocabulary.ts'
import { namedDeals } from './named-deals.ts'
import {
  anchor,
  anchorSeconds,
  byte,
  type DemoContext,
  type DemoStatement,
  jsonb,
  nth,
  nthOf,
  numbered,
  pick,
  textArray,
} from './sql.ts'
import { users } from './vocabulary.ts'

const years = ['2021', '2022', '2023', '2024', '2025', '2026']
const seconds = years.length * 365 * 86_400

const times = (count: number, text: string) => Array<string>(count).fill(text)
const oldStages = [...times(8, 'Closed Won'), ...times(6, 'Closed Lost'), 'Negotiation', 'Proposal']
const recentStages = [
  ...times(2, 'Closed Won'),
  ...times(2, 'Closed Lost'),
  ...times(3, 'Negotiation'),
  ...times(3, 'Proposal'),
  ...times(2, 'Demo'),
  ...times(2, 'Discovery'),
  ...times(2, 'Qualification'),
]
const types = [...times(4, 'New Business'), ...times(3, 'Expansion'), 'Renewal']
const newBusiness = [
  ' – Pilot ',
  ' – Rollout ',
  ' – Neukunde ',
  ' – Platform ',
  ' – Migration ',
  ' – Proof of concept ',
]
const expansion = [
  ' – Expansion ',
  ' – Upsell ',
  ' – Erweiterung ',
  ' – New sites ',
  ' – Extra seats ',
  ' – Módulo adicional ',
]
const renewal = [' – Renewal ', ' – Verlängerung ', ' – Renouvellement ', ' – 更新 ']

// Below this many rows, keeping the index while they come in costs less than a second.
const manyDeals = 100_000
const companyIndex = 'deals_company ON crm.deals (organization_id, company_id)'

/**
 * Deals in the order of their ids and their creation; the two that vendors' pages name come last.
 * A million takes about nine seconds of one core: three to make the values, five to store them, one
 * for the index, which would cost four if it were kept while the rows come in.
 */
export function dealStatements(context: DemoContext): DemoStatement[] {
  const rows = [
    { label: 'deals', sql: bulk(context) },
    { label: 'deals that examples name', sql: namedDeals(context) },
  ]
  if (context.deals < manyDeals) return rows
  return [
    { label: 'deals: index put aside', sql: 'DROP INDEX crm.deals_company' },
    ...rows,
    { label: 'deals: index', sql: `CREATE INDEX ${companyIndex}` },
  ]
}

function bulk({ tenant, deals, companies, seed }: DemoContext): string {
  const count = deals - 2
  const recent = `(n > ${Math.floor(count * 0.75)})`
  // Each subselect computes what the next one uses more than once; OFFSET 0 keeps them apart.
  const drawn = `SELECT n, f, g, h, 3 + (h >> 1 & 1048575) % ${companies - 2} AS k,
      ${anchorSeconds - seconds} + n * ${(seconds / count).toFixed(9)}::float8 - ${byte('f', 0)} * 337.000123::float8 AS created,
      CASE WHEN ${recent} THEN ${pick(recentStages, 'h', 4)} ELSE ${pick(oldStages, 'h', 4)} END AS stage,
      ${pick(types, 'g', 0)} AS type,
      ((2000 + (g >> 8 & 4095)) * (1 + (g >> 20 & 15)) * 100 + (g >> 24 & 1) * (g >> 25 & 127)) AS cents
    FROM ${numbered(count, seed)} AS numbers OFFSET 0`
  const derived = `SELECT *, ${companyName('k')} AS company, to_timestamp(created) AS created_at,
      stage IN ('Closed Won', 'Closed Lost') AS closed
    FROM (${drawn}) AS drawn OFFSET 0`
  const settled = `SELECT *, closed AND ${byte('g', 4)} < 60 AS analyzed,
      date '1970-01-01' + (created / 86400 - 0.5)::int AS day
    FROM (${derived}) AS derived OFFSET 0`
  const name = `company || CASE type WHEN 'New Business' THEN ${pick(newBusiness, 'h', 5)}
      WHEN 'Expansion' THEN ${pick(expansion, 'h', 5)} ELSE ${pick(renewal, 'h', 5)} END
    || ${nth(years, `(n - 1) * ${years.length} / ${count}`)}`
  const summary = `${pick(openings, 'f', 5)} || company || ${pick(middles, 'f', 7)} || cents / 100000 || ${pick(closings, 'g', 7)}`
  const analysis = (expr: (analysis: Analysis) => string) => nthOf(analyses.map(expr), '(h >> 48 & 31)')
  const competition = (expr: (competition: Competition) => string) =>
    nthOf(competitions.map(expr), '(h >> 56 & 15)')
  const mix = (expr: (mix: ProductMix) => string) => nthOf(productMixes.map(expr), '(g >> 48 & 15)')

  return `INSERT INTO crm.deals (organization_id, id, name, owner_id, company_id,
  amount, proposal_due, created_at, updated_at, deal_analyzed, analysis_verified,
  deal_status, previous_status, type, region, industry,
  all_competitors, competitor_ids, product_ids, collaborator_ids, drivers, features,
  summary, scorecard, metrics, answers, properties)
SELECT ${tenant}, 'deal_' || (10000000 + n), ${awkwardAtTimes(name, 'n', 'f', 1)},
  ${pick(
    users.map(([id]) => id),
    'h',
    3,
  )}, ${companyId('k')},
  CASE WHEN ${byte('f', 2)} >= 8 THEN cents * 0.01 END,
  CASE WHEN ${byte('f', 3)} = 7 THEN NULL
    WHEN NOT ${recent} THEN day + 20 + ${byte('g', 5)}::int
    WHEN closed THEN day + (date '${anchor}' - day) * ${byte('f', 3)}::int / 256
    ELSE date '${anchor}' + ${byte('f', 3)}::int % 150 END,
  created_at, to_timestamp(least(created + (f >> 40 & 8388607), ${anchorSeconds})),
  analyzed, analyzed AND ${byte('f', 4)} < 128,
  stage, CASE stage WHEN 'Closed Won' THEN 'Negotiation' WHEN 'Closed Lost' THEN 'Proposal'
    WHEN 'Negotiation' THEN 'Proposal' WHEN 'Proposal' THEN 'Demo' WHEN 'Demo' THEN 'Discovery'
    WHEN 'Discovery' THEN 'Qualification' END,
  type, ${companySeat('k', 1)}, ${companyIndustry('k')},
  ${competition((c) => textArray(c.names))}, ${competition((c) => textArray(c.ids))},
  ${mix((p) => textArray(p.ids))}, ${mix((p) => textArray(p.collaborators))},
  CASE WHEN analyzed THEN ${analysis((a) => textArray(a.drivers))} END,
  CASE WHEN analyzed OR stage = 'Negotiation' THEN ${analysis((a) => textArray(a.features))} END,
  ${awkwardAtTimes(`CASE WHEN ${byte('f', 6)} >= 24 THEN ${summary} END`, 'n', 'g', 3)},
  CASE WHEN analyzed THEN ${analysis((a) => jsonb(a.scorecard))} END,
  CASE WHEN analyzed THEN ${analysis((a) => jsonb(a.metrics))} END,
  CASE WHEN analyzed THEN ${analysis((a) => jsonb(a.answers))} END,
  ${nthOf(
    dealProperties.map((p) => (p ? jsonb(p) : 'NULL')),
    '(g >> 56 & 15)',
  )}
FROM (${settled}) AS deals`
}

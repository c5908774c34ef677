import { companyId } from './company-name.ts'
import { analyses, dealProperties } from './deal-vocabulary.ts'
import { type DemoContext, jsonb, quoteText, textArray } from './sql.ts'

/** `deal_123` matches every filter of Hindsight's example at once; `deal_456` only some of them. */
export function namedDeals({ tenant }: DemoContext): string {
  const [analysis] = analyses
  return `INSERT INTO crm.deals (organization_id, id, name, owner_id, company_id,
  amount, proposal_due, created_at, updated_at, deal_analyzed, analysis_verified,
  deal_status, previous_status, type, region, industry,
  all_competitors, competitor_ids, product_ids, collaborator_ids, drivers, features,
  summary, scorecard, metrics, answers, properties)
VALUES (${tenant}, 'deal_123', 'Nordwind Logistik – Expansion 2026', 'user_abc', ${companyId('1')},
  84500.50, '2026-02-14', '2025-10-06 08:15:30.123456+00', '2026-02-16 17:40:00+00', true, true,
  'Closed Won', 'Negotiation', 'Expansion', 'EMEA', 'Technology',
  ${textArray(['Rivalis', 'Konkurrenz AG'])}, ${textArray(['comp_123', 'comp_456'])}, ${textArray(['prod_123', 'prod_456'])},
  ${textArray(['user_def'])}, ${textArray(['Faster onboarding', 'Local support'])}, ${textArray(['Exports', 'SSO (SAML)'])},
  ${quoteText('Nordwind expands from the pilot in München to all sites.\nThe COO said: "Exports that just work".')},
  ${jsonb(analysis!.scorecard)}, ${jsonb({ abc123: { score: 4.5, explanation: 'Core market' } })},
  ${jsonb({ xyz789: 'Yes – the COO' })}, ${jsonb(dealProperties[0])}),
(${tenant}, 'deal_456', '株式会社さくら – Renewal 2026', 'user_xyz', ${companyId('2')},
  12000, '2026-11-30', '2026-08-21 00:00:00+00', '2026-10-30 23:59:59.999999+00', false, false,
  'Negotiation', 'Proposal', 'Renewal', 'APAC', 'Healthcare',
  ${textArray(['Rivalis'])}, ${textArray(['comp_123'])}, ${textArray(['prod_456'])},
  '{}', NULL, NULL, NULL, NULL, NULL, NULL, ${jsonb(dealProperties[1])})`
}

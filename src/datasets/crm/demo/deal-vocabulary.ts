/** Competitors and products, by the ids that vendors' pages mention and more. */
export const competitors = [
  ['comp_123', 'Rivalis'],
  ['comp_456', 'Konkurrenz AG'],
  ['comp_201', 'Legacy Suite'],
  ['comp_202', 'さくらソフト'],
  ['comp_203', 'OpenPipe, Inc.'],
  ['comp_204', 'In-house build'],
] as const

export const products = [
  ['prod_123', 'Pipeline Pro'],
  ['prod_456', 'Insight Add-on'],
  ['prod_301', 'Connect API'],
  ['prod_302', 'Mobile Seats'],
  ['prod_303', 'Premium-Support'],
] as const

/** Who else was in the race: sixteen equally likely cases, six of them nobody. */
export const competitions = [
  [],
  [],
  [],
  [],
  [],
  [],
  [0],
  [0],
  [1],
  [1],
  [2],
  [3],
  [0, 1],
  [2, 4],
  [5],
  [0, 2, 5],
].map((indexes) => ({
  ids: indexes.map((index) => competitors[index]![0]),
  names: indexes.map((index) => competitors[index]![1]),
}))

export const productMixes = [
  [0],
  [0],
  [0],
  [0],
  [1],
  [0, 1],
  [0, 1],
  [2],
  [0, 2],
  [3],
  [0, 3],
  [0, 4],
  [1, 4],
  [0, 1, 2],
  [2, 3],
  [],
].map((indexes, i) => ({
  ids: indexes.map((index) => products[index]![0]),
  collaborators: [[], ['user_def'], ['user_abc', 'user_gpl'], []][i % 4]!,
}))

const drivers = [
  'Faster onboarding',
  'Price',
  'Missing SSO',
  'Champion left',
  'Integration depth',
  'Local support',
  'Data residency in the EU',
  'Security review',
  'Executive sponsor',
  'Roadmap fit',
  'Referral, warm',
  'Budget cut; frozen',
]
const features = [
  'Forecasting',
  'Exports',
  'SSO (SAML)',
  'Mobile app',
  'API',
  'Dashboards',
  'Audit log',
  'Workflow rules',
  'Multi-currency',
  'Offline mode',
  'Webhooks',
  'Field-level security',
]
const metricNames = [
  'product_fit',
  'sales_execution',
  'relationship',
  'price_sensitivity',
  'competitive_intensity',
  'customer_fit',
  'messaging_fit',
  'messaging_accuracy',
]
const explanations = ['Strong', 'Clear "yes"', 'Mixed', 'Slow replies', 'On par', 'Weak']

export const openings = [
  'The buying committee at ',
  'After two demos, ',
  'Procurement at ',
  'The COO of ',
  'The works council of ',
  'Together with its partner, ',
  'Finance at ',
  'The new owners of ',
]
export const middles = [
  ' asked for a phased rollout worth about ',
  ' compared three vendors on a budget of ',
  ' confirmed the need and a first-year volume of ',
  ' wants more seats and sites, in all around ',
]
export const closings = [
  'k. Security review is done; legal still has two questions.',
  'k. The champion changed roles, so the next step is a new sponsor.',
  'k. They liked the onboarding plan. Price was "not the issue".',
  'k. Decision expected after the board meeting.',
  'k. Main risk: the in-house team wants to build it.',
  'k. Next: workshop on data migration, then a final offer.',
  'k. Reference call went well; they asked for quarterly invoicing.',
  'k. Agreed: start small,\nexpand after the first quarter.',
]

/** What a win-loss analysis found, thirty-two of them. */
export const analyses = Array.from({ length: 32 }, (_, i) => ({
  drivers: [drivers[i % 12]!, drivers[(i * 5 + 3) % 12]!].slice(0, 1 + (i % 2)),
  features: [features[(i * 7) % 12]!, features[(i * 5 + 1) % 12]!, features[(i * 11 + 2) % 12]!].slice(
    0,
    1 + (i % 3),
  ),
  scorecard: Object.fromEntries(
    metricNames.map((name, m) => [
      name,
      { score: 1 + ((i * 3 + m * 7) % 5), explanation: explanations[(i + m * 5) % 6] },
    ]),
  ),
  metrics: {
    abc123: {
      score: 1 + (i % 10) / 2,
      explanation: ['Core market', 'Adjacent; worth a bet', 'Not our focus'][i % 3],
    },
  },
  answers: { xyz789: ['Yes', 'No', 'Yes – the CTO', 'Unclear\nask again'][i % 4] },
}))

export type Analysis = (typeof analyses)[number]
export type Competition = (typeof competitions)[number]
export type ProductMix = (typeof productMixes)[number]

/** An organization's own CRM properties of a deal; one deal in eight has none. */
export const dealProperties = Array.from({ length: 16 }, (_, i) =>
  i % 8 === 7
    ? null
    : {
        lead_source: ['referral', 'web', 'event', 'outbound', 'partner'][i % 5],
        sales_rep_region: ['DACH', 'Nordics', 'US East', 'US West', 'Japan', 'LATAM'][i % 6],
        ...(i % 2 === 0 ? { contract_months: `${[12, 24, 36][i % 3]}` } : {}),
        ...(i % 4 === 0
          ? { external_number: `000${4711 + i * 131}`, go_live: i === 8 ? '' : '2027-02-01' }
          : {}),
        ...(i % 4 === 1 ? { tags: 'strategic;multi-year', erp_key: `9876543210987654321${1000 + i}` } : {}),
        ...(i === 2 ? { next_step: '=SUM(A1:A9)' } : {}),
      },
)

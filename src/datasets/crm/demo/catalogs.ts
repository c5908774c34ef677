import { competitors, products } from './deal-vocabulary.ts'
import { propertyDefinitions } from './property-definitions.ts'
import { type DemoContext, type DemoStatement, jsonb, quoteText, textArray } from './sql.ts'
import { insert } from './statement.ts'
import { users } from './vocabulary.ts'

export const leadStatuses = [
  ['stat_lead_potential', 'Potential'],
  ['stat_lead_qualified', 'Qualified'],
  ['stat_lead_customer', 'Customer'],
  ['stat_lead_bad_fit', 'Bad Fit'],
] as const

export const opportunityStatuses = [
  ['stat_oppo_proposal', 'Proposal', 'active'],
  ['stat_oppo_verbal', 'Verbal "yes"', 'active'],
  ['stat_oppo_won', 'Won', 'won'],
  ['stat_oppo_lost', 'Lost; no budget', 'lost'],
] as const

/** Lists by id: the first is the one that HubSpot's page names. */
export const demoLists = [
  [1234567, 'contacts', 'Marketing email contacts'],
  [1234568, 'contacts', 'Nobody yet'],
  [2000001, 'companies', 'Key accounts'],
  [2000002, 'deals', 'Board review'],
  [2000003, 'tickets', 'Escalations'],
  [2000004, 'custom_objects', 'Up for renewal'],
  [3000001, 'properties', 'Absentee owners'],
  [3000002, 'properties', 'Vacant, high equity'],
  [3000101, 'people', 'Call back'],
] as const

/** The short tables: who sells, what, against whom, and what the organization has made up itself. */
export function catalogStatements(context: DemoContext): DemoStatement[] {
  const since = `'2020-11-01 09:00:00+00'`
  return [
    insert(
      context,
      'users',
      ['id', 'name', 'email'],
      users.map(([id, name]) => [quoteText(id), quoteText(name), quoteText(`${id.slice(5)}@sluice.example`)]),
    ),
    insert(
      context,
      'property_definitions',
      ['object', 'name', 'label', 'type', 'options'],
      propertyDefinitions.map(({ object, name, label, type, options }) => [
        quoteText(object),
        quoteText(name),
        jsonb(label),
        quoteText(type),
        options ? jsonb(options) : 'NULL',
      ]),
    ),
    insert(context, 'custom_metrics', ['id', 'name'], [[`'abc123'`, `'Strategic Fit'`]]),
    insert(context, 'custom_questions', ['id', 'question'], [[`'xyz789'`, `'Champion identified?'`]]),
    insert(
      context,
      'object_types',
      ['id', 'name', 'label'],
      [
        [`'2-123'`, `'subscriptions'`, jsonb({ en: 'Subscription', de: 'Abonnement', es: 'Suscripción' })],
        [`'2-456'`, `'installations'`, jsonb({ en: 'Installation', de: 'Installation', es: 'Instalación' })],
      ],
    ),
    insert(
      context,
      'statuses',
      ['object', 'id', 'label', 'type'],
      [
        ...leadStatuses.map(([id, label]) => [`'leads'`, quoteText(id), quoteText(label), 'NULL']),
        ...opportunityStatuses.map(([id, label, type]) => [
          `'opportunities'`,
          quoteText(id),
          quoteText(label),
          quoteText(type),
        ]),
      ],
    ),
    insert(
      context,
      'products',
      ['id', 'name', 'sku', 'category', 'description', 'price', 'active', 'created_at'],
      products.map(([id, name], i) => [
        quoteText(id),
        quoteText(name),
        quoteText(`000${120 + i * 7}`),
        quoteText(['license', 'add_on', 'service'][i % 3]!),
        i === 4 ? 'NULL' : quoteText(`${name}: per seat, per month; "fair use"`),
        ['49.00', '19.90', '0.0005', '12', '1499.95'][i % 5]!,
        i === 3 ? 'false' : 'true',
        since,
      ]),
    ),
    insert(
      context,
      'competitors',
      ['id', 'name', 'website', 'description', 'strengths', 'weaknesses', 'created_at'],
      competitors.map(([id, name], i) => [
        quoteText(id),
        quoteText(name),
        i === 5 ? 'NULL' : quoteText(`https://${id.replace('_', '-')}.example`),
        quoteText(['Sells on price,\nrarely on value.', 'Strong in the DACH region.', ''][i % 3]!),
        textArray(['Price', 'Brand', 'Ecosystem, partners'].slice(i % 3)),
        textArray(['Support', 'Exports'].slice(i % 2)),
        since,
      ]),
    ),
    insert(
      context,
      'lists',
      ['id', 'dataset', 'name', 'created_at'],
      demoLists.map(([id, dataset, name]) => [`${id}`, quoteText(dataset), quoteText(name), since]),
    ),
  ]
}

import { defineDataset } from '../define-dataset.ts'
import {
  associated,
  createdAt,
  crmProperties,
  customProperties,
  definitionsOf,
  listIds,
  lists,
  owner,
  related,
  tenant,
  updatedAt,
} from './common.ts'
import { dealViews } from './deals-views.ts'
import { choices, industries, regions, words } from './words.ts'

const stages = choices(
  ['Qualification', 'Qualification', 'Qualifizierung', 'Cualificación', 'Qualification'],
  ['Discovery', 'Discovery', 'Bedarfsanalyse', 'Descubrimiento', 'Découverte'],
  ['Demo', 'Demo', 'Demo', 'Demo', 'Démo'],
  ['Proposal', 'Proposal', 'Angebot', 'Propuesta', 'Proposition'],
  ['Negotiation', 'Negotiation', 'Verhandlung', 'Negociación', 'Négociation'],
  ['Closed Won', 'Closed Won', 'Gewonnen', 'Cierre ganado', 'Fermé gagné'],
  ['Closed Lost', 'Closed Lost', 'Verloren', 'Cierre perdido', 'Fermé perdu'],
)

/** A property of the deal's account, as one of the two CRMs knows it. */
function ofAccount(column: 'hubspot_account' | 'salesforce_account'): string {
  return `(SELECT c.${column} ->> :id FROM crm.companies c
    WHERE c.organization_id = t.organization_id AND c.id = t.company_id)`
}

export const deals = defineDataset({
  name: 'deals',
  label: related.deals,
  description: 'Sales opportunities with their win-loss analysis.',
  source: { table: { schema: 'crm', name: 'deals' } },
  key: ['id'],
  tenant,
  columns: {
    id: { type: 'text', label: words('Deal ID', 'Deal-ID', 'ID del negocio', 'ID de la transaction') },
    name: {
      type: 'text',
      label: words('Deal name', 'Deal-Name', 'Nombre del negocio', 'Nom de la transaction'),
    },
    ...owner,
    all_competitors: {
      type: 'text[]',
      label: words('Competitors', 'Wettbewerber', 'Competidores', 'Concurrents'),
      description: 'All competitors involved in the deal.',
    },
    drivers: {
      type: 'text[]',
      label: words('Drivers', 'Gründe', 'Motivos', 'Raisons'),
      description: 'Win/loss drivers and reasons.',
    },
    features: {
      type: 'text[]',
      label: words('Features', 'Funktionen', 'Funcionalidades', 'Fonctionnalités'),
      description: 'Product features discussed.',
    },
    scorecard: {
      type: 'json',
      label: words('Scorecard', 'Scorecard', 'Cuadro de mando', 'Tableau de bord'),
      description: 'Eight metrics of the win-loss analysis, each with a score and an explanation.',
    },
    deal_status: {
      type: 'enum',
      label: words('Deal stage', 'Deal-Phase', 'Etapa del negocio', 'Phase de la transaction'),
      options: stages,
    },
    previous_status: {
      type: 'enum',
      label: words('Previous stage', 'Vorherige Phase', 'Etapa anterior', 'Phase précédente'),
      options: stages,
    },
    amount: { type: 'decimal', label: words('Amount', 'Betrag', 'Valor', 'Montant') },
    proposal_due: {
      type: 'date',
      label: words('Close date', 'Abschlussdatum', 'Fecha de cierre', 'Date de fermeture'),
      description: 'Expected or actual close date.',
    },
    created_at: createdAt,
    updated_at: updatedAt,
    deal_analyzed: { type: 'boolean', label: words('Analyzed', 'Analysiert', 'Analizado', 'Analysé') },
    analysis_verified: {
      type: 'boolean',
      label: words('Analysis verified', 'Analyse geprüft', 'Análisis verificado', 'Analyse vérifiée'),
    },
    type: {
      type: 'enum',
      label: words('Deal type', 'Deal-Typ', 'Tipo de negocio', 'Type de transaction'),
      options: choices(
        ['New Business', 'New Business', 'Neugeschäft', 'Negocio nuevo', 'Nouvelle affaire'],
        ['Expansion', 'Expansion', 'Erweiterung', 'Ampliación', 'Extension'],
        ['Renewal', 'Renewal', 'Verlängerung', 'Renovación', 'Renouvellement'],
      ),
    },
    region: { type: 'enum', label: words('Region', 'Region', 'Región', 'Région'), options: regions },
    summary: {
      type: 'text',
      label: words('Summary', 'Zusammenfassung', 'Resumen', 'Résumé'),
      description: 'Executive summary of the deal.',
    },
    industry: {
      type: 'enum',
      label: words('Industry', 'Branche', 'Sector', 'Secteur'),
      options: industries,
    },
    pipeline: {
      type: 'enum',
      label: words('Pipeline', 'Pipeline', 'Pipeline', 'Pipeline'),
      options: choices([
        'default',
        'Sales Pipeline',
        'Vertriebspipeline',
        'Pipeline de ventas',
        'Pipeline des ventes',
      ]),
    },
    company_id: {
      type: 'text',
      label: words('Company ID', 'Unternehmens-ID', 'ID de la empresa', "ID de l'entreprise"),
    },
    company_name: {
      type: 'text',
      label: words('Company', 'Unternehmen', 'Empresa', 'Entreprise'),
      expr: `(SELECT c.name FROM crm.companies c
        WHERE c.organization_id = t.organization_id AND c.id = t.company_id)`,
    },
    collaborator_ids: {
      type: 'text[]',
      label: words(
        'Collaborator IDs',
        'IDs der Mitwirkenden',
        'ID de colaboradores',
        'ID des collaborateurs',
      ),
    },
    product_ids: {
      type: 'text[]',
      label: words('Product IDs', 'Produkt-IDs', 'ID de productos', 'ID des produits'),
    },
    competitor_ids: {
      type: 'text[]',
      label: words('Competitor IDs', 'Wettbewerber-IDs', 'ID de competidores', 'ID des concurrents'),
    },
    has_competitor: {
      type: 'boolean',
      label: words('Has a competitor', 'Mit Wettbewerb', 'Con competidor', 'Avec concurrent'),
      expr: 'coalesce(cardinality(t.competitor_ids), 0) > 0',
    },
    is_closed: {
      type: 'boolean',
      label: words('Is closed', 'Ist abgeschlossen', 'Está cerrado', 'Est fermé'),
      expr: `t.deal_status IN ('Closed Won', 'Closed Lost')`,
    },
    is_won: {
      type: 'boolean',
      label: words('Is closed won', 'Ist gewonnen', 'Está ganado', 'Est gagné'),
      expr: `t.deal_status = 'Closed Won'`,
    },
    list_ids: listIds('deals'),
  },
  // Sixteen, and with `id` among them, so that a file of default columns can be matched with its rows
  // again (and loaded back); previous_status, which is history, is the one of Hindsight's it displaces.
  defaultColumns: [
    'id',
    'name',
    'owner_id',
    'all_competitors',
    'drivers',
    'features',
    'scorecard',
    'deal_status',
    'amount',
    'proposal_due',
    'created_at',
    'deal_analyzed',
    'analysis_verified',
    'type',
    'region',
    'summary',
  ],
  searchable: ['name', 'summary'],
  dynamicColumns: [
    customProperties('crm_', 'deals', 'properties', crmProperties),
    {
      prefix: 'crm_hubspot_account_',
      label: words('HubSpot account', 'HubSpot-Unternehmen', 'Cuenta de HubSpot', 'Compte HubSpot'),
      catalog: definitionsOf('hubspot_account'),
      expr: ofAccount('hubspot_account'),
    },
    {
      prefix: 'crm_salesforce_account_',
      label: words('Salesforce account', 'Salesforce-Account', 'Cuenta de Salesforce', 'Compte Salesforce'),
      catalog: definitionsOf('salesforce_account'),
      expr: ofAccount('salesforce_account'),
    },
    {
      prefix: 'custom_metric_score_',
      label: words('Custom metric', 'Eigene Metrik', 'Métrica propia', 'Métrique personnalisée'),
      catalog: `SELECT m.id, m.name || ' (score)' AS label, 'decimal' AS type, NULL::jsonb AS options
        FROM crm.custom_metrics m WHERE m.organization_id = $1 ORDER BY m.id`,
      expr: `t.metrics -> :id ->> 'score'`,
    },
    {
      prefix: 'custom_metric_explanation_',
      label: words('Custom metric', 'Eigene Metrik', 'Métrica propia', 'Métrique personnalisée'),
      catalog: `SELECT m.id, m.name || ' (explanation)' AS label, 'text' AS type, NULL::jsonb AS options
        FROM crm.custom_metrics m WHERE m.organization_id = $1 ORDER BY m.id`,
      expr: `t.metrics -> :id ->> 'explanation'`,
    },
    {
      prefix: 'custom_answer_',
      label: words('Custom answer', 'Eigene Antwort', 'Respuesta propia', 'Réponse personnalisée'),
      catalog: `SELECT q.id, q.question AS label, 'text' AS type, NULL::jsonb AS options
        FROM crm.custom_questions q WHERE q.organization_id = $1 ORDER BY q.id`,
      expr: 't.answers ->> :id',
    },
  ],
  relations: {
    company: {
      kind: 'one',
      dataset: 'companies',
      label: words('Company', 'Unternehmen', 'Empresa', 'Entreprise'),
      on: [['company_id', 'id']],
    },
    contacts: associated('deals', 'contacts', related.contacts),
    tickets: associated('deals', 'tickets', related.tickets),
    custom_objects: associated('deals', 'custom_objects', related.customObjects),
    competitors: {
      kind: 'many',
      dataset: 'competitors',
      label: words('Competitors', 'Wettbewerber', 'Competidores', 'Concurrents'),
      on: [['id', 'deal_id']],
      through: {
        table: { schema: 'crm', name: 'deal_competitors' },
        on: [['competitor_id', 'id']],
        tenantColumn: 'organization_id',
      },
    },
    products: {
      kind: 'many',
      dataset: 'products',
      label: words('Products', 'Produkte', 'Productos', 'Produits'),
      on: [['id', 'deal_id']],
      through: {
        table: { schema: 'crm', name: 'deal_products' },
        on: [['product_id', 'id']],
        tenantColumn: 'organization_id',
      },
    },
    lists: lists('deals'),
  },
  dialects: { ...dealViews },
})

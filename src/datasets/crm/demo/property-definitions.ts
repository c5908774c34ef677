import type { ColumnOption } from '../../../core/dataset.ts'
import type { Labels } from '../../../core/labels.ts'
import { choices } from '../words.ts'

interface PropertyDefinition {
  /** A dataset, or the accounts of one of the two CRMs. */
  readonly object: string
  readonly name: string
  readonly label: Labels
  readonly type: string
  readonly options?: readonly ColumnOption[]
}

function property(
  object: string,
  name: string,
  type: string,
  [en, de, es]: readonly [string, string, string],
  options?: readonly ColumnOption[],
): PropertyDefinition {
  return { object, name, type, label: { en, de, es }, ...(options ? { options } : {}) }
}

/** What the demo organization has added to its objects. */
export const propertyDefinitions: readonly PropertyDefinition[] = [
  property(
    'deals',
    'lead_source',
    'enum',
    ['Lead source', 'Lead-Quelle', 'Origen del lead'],
    choices(
      ['referral', 'Referral', 'Empfehlung', 'Recomendación'],
      ['web', 'Website', 'Website', 'Sitio web'],
      ['event', 'Event', 'Veranstaltung', 'Evento'],
      ['outbound', 'Outbound', 'Kaltakquise', 'Prospección'],
      ['partner', 'Partner', 'Partner', 'Socio'],
    ),
  ),
  property('deals', 'sales_rep_region', 'text', [
    'Sales rep region',
    'Vertriebsgebiet',
    'Región del comercial',
  ]),
  property('deals', 'contract_months', 'integer', [
    'Contract (months)',
    'Laufzeit (Monate)',
    'Contrato (meses)',
  ]),
  property('deals', 'external_number', 'text', ['External number', 'Externe Nummer', 'Número externo']),
  property('deals', 'erp_key', 'text', ['ERP key', 'ERP-Schlüssel', 'Clave ERP']),
  property('deals', 'next_step', 'text', ['Next step', 'Nächster Schritt', 'Próximo paso']),
  property('deals', 'go_live', 'date', ['Go-live', 'Produktivstart', 'Puesta en marcha']),
  property('deals', 'tags', 'text[]', ['Tags', 'Schlagwörter', 'Etiquetas']),
  property(
    'hubspot_account',
    'industry',
    'enum',
    ['Industry', 'Branche', 'Sector'],
    choices(
      ['COMPUTER_SOFTWARE', 'Computer software', 'Software', 'Software'],
      ['HOSPITAL_HEALTH_CARE', 'Hospital & health care', 'Gesundheitswesen', 'Sanidad'],
      ['FINANCIAL_SERVICES', 'Financial services', 'Finanzdienstleistungen', 'Servicios financieros'],
      ['LOGISTICS_AND_SUPPLY_CHAIN', 'Logistics and supply chain', 'Logistik', 'Logística'],
    ),
  ),
  property('hubspot_account', 'employees', 'integer', ['Employees', 'Mitarbeiter', 'Empleados']),
  property('salesforce_account', 'industry', 'text', ['Industry', 'Branche', 'Sector']),
  property('salesforce_account', 'annual_revenue', 'decimal', [
    'Annual revenue',
    'Jahresumsatz',
    'Ingresos anuales',
  ]),
  property('salesforce_account', 'account_number', 'text', [
    'Account number',
    'Kundennummer',
    'Número de cuenta',
  ]),
  property('contacts', 'customer_number', 'text', ['Customer number', 'Kundennummer', 'Número de cliente']),
  property('contacts', 'newsletter', 'boolean', ['Newsletter', 'Newsletter', 'Boletín']),
  property('contacts', 'birthday', 'date', ['Birthday', 'Geburtstag', 'Cumpleaños']),
  property('contacts', 'interests', 'text[]', ['Interests', 'Interessen', 'Intereses']),
  property(
    'companies',
    'icp_tier',
    'enum',
    ['ICP tier', 'ICP-Stufe', 'Nivel ICP'],
    choices(['tier_1', 'Tier 1', 'Stufe 1', 'Nivel 1'], ['tier_2', 'Tier 2', 'Stufe 2', 'Nivel 2']),
  ),
  property('companies', 'external_number', 'text', ['External number', 'Externe Nummer', 'Número externo']),
  property('companies', 'contract_end', 'date', ['Contract end', 'Vertragsende', 'Fin del contrato']),
  property('companies', 'is_partner', 'boolean', ['Partner', 'Partner', 'Socio']),
  property('tickets', 'sla_minutes', 'integer', ['SLA (minutes)', 'SLA (Minuten)', 'SLA (minutos)']),
  property('tickets', 'escalated_at', 'timestamptz', ['Escalated at', 'Eskaliert am', 'Escalado el']),
  property(
    'custom_objects',
    'plan',
    'enum',
    ['Plan', 'Tarif', 'Plan'],
    choices(['basic', 'Basic', 'Basis', 'Básico'], ['pro', 'Pro', 'Pro', 'Pro']),
  ),
  property('custom_objects', 'seats', 'bigint', ['Seats', 'Plätze', 'Licencias']),
  property('custom_objects', 'mrr', 'decimal', ['MRR', 'MRR', 'MRR']),
  property('custom_objects', 'usage_ratio', 'float', ['Usage ratio', 'Nutzungsgrad', 'Índice de uso']),
  property('custom_objects', 'serial_number', 'text', ['Serial number', 'Seriennummer', 'Número de serie']),
  property('leads', 'cf_source', 'text', ['Source', 'Quelle', 'Origen']),
  property('leads', 'cf_employees', 'integer', ['Employees', 'Mitarbeiter', 'Empleados']),
  property('leads', 'cf_go_live', 'date', ['Go-live', 'Produktivstart', 'Puesta en marcha']),
  property('opportunities', 'cf_competitor', 'text', ['Competitor', 'Wettbewerber', 'Competidor']),
  property('opportunities', 'cf_discount', 'decimal', ['Discount (%)', 'Rabatt (%)', 'Descuento (%)']),
]

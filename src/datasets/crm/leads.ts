import type { Column } from '../../core/dataset.ts'
import type { Labels } from '../../core/labels.ts'
import { defineDataset } from '../define-dataset.ts'
import { createdAt, customProperties, editors, related, tenant, updatedAt } from './common.ts'
import { leadViews } from './leads-views.ts'
import { words } from './words.ts'

/**
 * A smart field: `value` (SQL over `x`) of those rows of a table that belong to the lead and are
 * of one kind. Hidden: it costs a look-up per lead, so it is exported when it is named.
 */
function smart<const T extends 'bigint' | 'timestamptz'>(
  type: T,
  label: Labels,
  value: string,
  table: 'contacts' | 'opportunities' | 'activities',
  where = 'true',
) {
  return {
    type,
    label,
    hidden: true,
    expr: `(SELECT ${value} FROM crm.${table} x
      WHERE x.organization_id = t.organization_id AND x.lead_id = t.id AND ${where})`,
  } as const satisfies Column
}

const statusType = `(SELECT s.type FROM crm.statuses s WHERE s.organization_id = x.organization_id
  AND s.object = 'opportunities' AND s.id = x.status_id)`
const count = 'count(*)'
const latest = 'max(x.occurred_at)'

export const leads = defineDataset({
  name: 'leads',
  label: words('Leads', 'Leads', 'Leads', 'Leads'),
  description: 'Companies that a sales team works on, with their contacts, opportunities and activities.',
  source: { table: { schema: 'crm', name: 'leads' } },
  key: ['id'],
  tenant,
  columns: {
    id: { type: 'text', label: words('Lead ID', 'Lead-ID', 'ID del lead', 'ID du lead') },
    name: { type: 'text', label: words('Lead name', 'Lead-Name', 'Nombre del lead', 'Nom du lead') },
    display_name: {
      type: 'text',
      label: words('Display name', 'Anzeigename', 'Nombre mostrado', 'Nom affiché'),
      description: 'The name, or that of the first contact where the lead has none.',
      expr: `coalesce(nullif(t.name, ''), (SELECT concat_ws(' ', c.first_name, c.last_name) FROM crm.contacts c
        WHERE c.organization_id = t.organization_id AND c.lead_id = t.id ORDER BY c.id LIMIT 1), 'Untitled')`,
    },
    description: { type: 'text', label: words('Description', 'Beschreibung', 'Descripción', 'Description') },
    status_id: { type: 'text', label: words('Status ID', 'Status-ID', 'ID del estado', 'ID du statut') },
    status_label: {
      type: 'text',
      label: words('Status', 'Status', 'Estado', 'Statut'),
      expr: `(SELECT s.label FROM crm.statuses s WHERE s.organization_id = t.organization_id
        AND s.object = 'leads' AND s.id = t.status_id)`,
    },
    url: { type: 'text', label: words('URL', 'URL', 'URL', 'URL') },
    addresses: {
      type: 'json',
      label: words('Addresses', 'Adressen', 'Direcciones', 'Adresses'),
      description: 'A list of {label, address_1, zipcode, city, state, country}.',
    },
    custom: {
      type: 'json',
      label: words('Custom fields', 'Eigene Felder', 'Campos personalizados', 'Champs personnalisés'),
      description: 'All custom fields that have a value, by their names.',
      expr: `(SELECT jsonb_object_agg(d.label ->> 'en', t.custom -> d.name) FROM crm.property_definitions d
        WHERE d.organization_id = t.organization_id AND d.object = 'leads' AND t.custom -> d.name IS NOT NULL)`,
    },
    ...editors,
    created_at: createdAt,
    updated_at: updatedAt,
    num_contacts: smart('bigint', words('Contacts', 'Kontakte', 'Contactos', 'Contacts'), count, 'contacts'),
    num_opportunities: smart(
      'bigint',
      words('Opportunities', 'Opportunities', 'Oportunidades', 'Opportunités'),
      count,
      'opportunities',
    ),
    num_won_opportunities: smart(
      'bigint',
      words('Won opportunities', 'Gewonnene Opportunities', 'Oportunidades ganadas', 'Opportunités gagnées'),
      count,
      'opportunities',
      `${statusType} = 'won'`,
    ),
    num_activities: smart(
      'bigint',
      words('Activities', 'Aktivitäten', 'Actividades', 'Activités'),
      count,
      'activities',
    ),
    num_notes: smart(
      'bigint',
      words('Notes', 'Notizen', 'Notas', 'Notes'),
      count,
      'activities',
      `x.type = 'note'`,
    ),
    num_emails: smart(
      'bigint',
      words('Emails', 'E-Mails', 'Correos', 'E-mails'),
      count,
      'activities',
      `x.type = 'email'`,
    ),
    num_calls: smart(
      'bigint',
      words('Calls', 'Anrufe', 'Llamadas', 'Appels'),
      count,
      'activities',
      `x.type = 'call'`,
    ),
    last_activity_date: smart(
      'timestamptz',
      words('Last activity', 'Letzte Aktivität', 'Última actividad', 'Dernière activité'),
      latest,
      'activities',
    ),
    last_email_date: smart(
      'timestamptz',
      words('Last email', 'Letzte E-Mail', 'Último correo', 'Dernier e-mail'),
      latest,
      'activities',
      `x.type = 'email'`,
    ),
    last_call_date: smart(
      'timestamptz',
      words('Last call', 'Letzter Anruf', 'Última llamada', 'Dernier appel'),
      latest,
      'activities',
      `x.type = 'call'`,
    ),
    primary_opportunity_value: smart(
      'bigint',
      words(
        'Primary opportunity value (cents)',
        'Wert der wichtigsten Opportunity (Cent)',
        'Valor de la oportunidad principal (céntimos)',
        "Valeur de l'opportunité principale (centimes)",
      ),
      // The newest one that is still open, as Close shows it on a lead.
      '(array_agg(x.value_cents ORDER BY x.created_at DESC, x.id))[1]',
      'opportunities',
      `${statusType} = 'active'`,
    ),
    active_opportunity_value: smart(
      'bigint',
      words(
        'Active opportunity value (cents)',
        'Wert offener Opportunities (Cent)',
        'Valor de oportunidades activas (céntimos)',
        'Valeur des opportunités actives (centimes)',
      ),
      'sum(x.value_cents)::bigint',
      'opportunities',
      `${statusType} = 'active'`,
    ),
  },
  searchable: ['name', 'description', 'url'],
  dynamicColumns: [
    customProperties(
      'custom_',
      'leads',
      'custom',
      words('Custom fields', 'Eigene Felder', 'Campos personalizados', 'Champs personnalisés'),
    ),
  ],
  relations: {
    contacts: { kind: 'many', dataset: 'contacts', label: related.contacts, on: [['id', 'lead_id']] },
    opportunities: {
      kind: 'many',
      dataset: 'opportunities',
      label: words('Opportunities', 'Opportunities', 'Oportunidades', 'Opportunités'),
      on: [['id', 'lead_id']],
    },
    activities: {
      kind: 'many',
      dataset: 'activities',
      label: words('Activities', 'Aktivitäten', 'Actividades', 'Activités'),
      on: [['id', 'lead_id']],
    },
  },
  dialects: { ...leadViews },
})

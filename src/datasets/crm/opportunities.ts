import { defineDataset } from '../define-dataset.ts'
import { createdAt, customProperties, editors, tenant, updatedAt, userEmail, userName } from './common.ts'
import type { DialectViews } from './dialect-views.ts'
import { choices, words } from './words.ts'

const views: DialectViews = {
  close: {
    objectType: 'opportunity',
    fields: {
      id: 'id',
      lead_id: 'lead_id',
      lead_name: 'lead_name',
      contact_id: 'contact_id',
      status_id: 'status_id',
      status_label: 'status_label',
      status_type: 'status_type',
      value: 'value_cents',
      value_period: 'value_period',
      confidence: 'confidence',
      note: 'note',
      user_id: 'user_id',
      user_name: 'user_name',
      date_won: 'date_won',
      date_created: 'created_at',
      date_updated: 'updated_at',
      created_by: 'created_by',
      created_by_name: 'created_by_name',
      updated_by: 'updated_by',
      updated_by_name: 'updated_by_name',
    },
    customFields: 'custom_',
    related: { lead: 'lead', contact: 'contact' },
    users: { user_id: 'user_email', created_by: 'created_by_email', updated_by: 'updated_by_email' },
  },
}

/** The status of `t`, which is a row of its own. */
function status(column: 'label' | 'type'): string {
  return `(SELECT s.${column} FROM crm.statuses s WHERE s.organization_id = t.organization_id
    AND s.object = 'opportunities' AND s.id = t.status_id)`
}

export const opportunities = defineDataset({
  name: 'opportunities',
  label: words('Opportunities', 'Opportunities', 'Oportunidades', 'Opportunités'),
  source: { table: { schema: 'crm', name: 'opportunities' } },
  key: ['id'],
  tenant,
  columns: {
    id: {
      type: 'text',
      label: words('Opportunity ID', 'Opportunity-ID', 'ID de la oportunidad', "ID de l'opportunité"),
    },
    lead_id: { type: 'text', label: words('Lead ID', 'Lead-ID', 'ID del lead', 'ID du lead') },
    lead_name: {
      type: 'text',
      label: words('Lead', 'Lead', 'Lead', 'Lead'),
      expr: `(SELECT o.name FROM crm.leads o WHERE o.organization_id = t.organization_id AND o.id = t.lead_id)`,
    },
    contact_id: {
      type: 'text',
      label: words('Contact ID', 'Kontakt-ID', 'ID del contacto', 'ID du contact'),
    },
    status_id: { type: 'text', label: words('Status ID', 'Status-ID', 'ID del estado', 'ID du statut') },
    status_label: {
      type: 'text',
      label: words('Status', 'Status', 'Estado', 'Statut'),
      expr: status('label'),
    },
    status_type: {
      type: 'enum',
      label: words('Status type', 'Statustyp', 'Tipo de estado', 'Type de statut'),
      expr: status('type'),
      options: choices(
        ['active', 'Active', 'Offen', 'Activa', 'Active'],
        ['won', 'Won', 'Gewonnen', 'Ganada', 'Gagnée'],
        ['lost', 'Lost', 'Verloren', 'Perdida', 'Perdue'],
      ),
    },
    value: {
      type: 'decimal',
      label: words('Value', 'Wert', 'Valor', 'Valeur'),
      expr: '(t.value_cents * 0.01)',
    },
    value_cents: {
      type: 'bigint',
      label: words('Value (cents)', 'Wert (Cent)', 'Valor (céntimos)', 'Valeur (centimes)'),
      hidden: true,
    },
    value_period: {
      type: 'enum',
      label: words('Value period', 'Zeitraum', 'Periodo', 'Période'),
      options: choices(
        ['one_time', 'One-time', 'Einmalig', 'Única', 'Unique'],
        ['monthly', 'Monthly', 'Monatlich', 'Mensual', 'Mensuelle'],
        ['annual', 'Annual', 'Jährlich', 'Anual', 'Annuelle'],
      ),
    },
    confidence: {
      type: 'integer',
      label: words('Confidence (%)', 'Wahrscheinlichkeit (%)', 'Confianza (%)', 'Confiance (%)'),
    },
    note: { type: 'text', label: words('Note', 'Notiz', 'Nota', 'Note') },
    user_id: {
      type: 'text',
      label: words('User ID', 'Benutzer-ID', 'ID del usuario', "ID de l'utilisateur"),
    },
    user_name: userName('user_id', words('User', 'Benutzer', 'Usuario', 'Utilisateur')),
    user_email: userEmail(
      'user_id',
      words('User (email)', 'Benutzer (E-Mail)', 'Usuario (correo)', 'Utilisateur (e-mail)'),
    ),
    date_won: { type: 'date', label: words('Date won', 'Gewonnen am', 'Fecha ganada', 'Gagnée le') },
    ...editors,
    created_at: createdAt,
    updated_at: updatedAt,
  },
  searchable: ['note'],
  dynamicColumns: [
    customProperties(
      'custom_',
      'opportunities',
      'custom',
      words('Custom fields', 'Eigene Felder', 'Campos personalizados', 'Champs personnalisés'),
    ),
  ],
  relations: {
    lead: {
      kind: 'one',
      dataset: 'leads',
      label: words('Lead', 'Lead', 'Lead', 'Lead'),
      on: [['lead_id', 'id']],
    },
    contact: {
      kind: 'one',
      dataset: 'contacts',
      label: words('Contact', 'Kontakt', 'Contacto', 'Contact'),
      on: [['contact_id', 'id']],
    },
  },
  dialects: { ...views },
})

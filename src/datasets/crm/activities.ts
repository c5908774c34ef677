import { defineDataset } from '../define-dataset.ts'
import { createdAt, tenant, updatedAt, userEmail, userName } from './common.ts'
import type { DialectViews } from './dialect-views.ts'
import { choices, words } from './words.ts'

const views: DialectViews = {
  close: {
    objectType: 'activity',
    fields: {
      id: 'id',
      _type: 'type',
      lead_id: 'lead_id',
      contact_id: 'contact_id',
      user_id: 'user_id',
      user_name: 'user_name',
      direction: 'direction',
      status: 'status',
      subject: 'subject',
      body_text: 'body',
      sender: 'sender',
      to: 'recipients',
      duration: 'duration_seconds',
      activity_at: 'occurred_at',
      date_created: 'created_at',
      date_updated: 'updated_at',
    },
    customFields: 'custom_',
    related: { lead: 'lead', contact: 'contact' },
    users: { user_id: 'user_email' },
  },
}

export const activities = defineDataset({
  name: 'activities',
  label: words('Activities', 'Aktivitäten', 'Actividades', 'Activités'),
  description: 'Notes, emails, calls and meetings with a lead.',
  source: { table: { schema: 'crm', name: 'activities' } },
  key: ['id'],
  tenant,
  columns: {
    id: {
      type: 'text',
      label: words('Activity ID', 'Aktivitäts-ID', 'ID de la actividad', "ID de l'activité"),
    },
    type: {
      type: 'enum',
      label: words('Type', 'Typ', 'Tipo', 'Type'),
      options: choices(
        ['note', 'Note', 'Notiz', 'Nota', 'Note'],
        ['email', 'Email', 'E-Mail', 'Correo', 'E-mail'],
        ['call', 'Call', 'Anruf', 'Llamada', 'Appel'],
        ['meeting', 'Meeting', 'Besprechung', 'Reunión', 'Réunion'],
      ),
    },
    lead_id: { type: 'text', label: words('Lead ID', 'Lead-ID', 'ID del lead', 'ID du lead') },
    contact_id: {
      type: 'text',
      label: words('Contact ID', 'Kontakt-ID', 'ID del contacto', 'ID du contact'),
    },
    user_id: {
      type: 'text',
      label: words('User ID', 'Benutzer-ID', 'ID del usuario', "ID de l'utilisateur"),
    },
    user_name: userName('user_id', words('User', 'Benutzer', 'Usuario', 'Utilisateur')),
    user_email: userEmail(
      'user_id',
      words('User (email)', 'Benutzer (E-Mail)', 'Usuario (correo)', 'Utilisateur (e-mail)'),
    ),
    direction: {
      type: 'enum',
      label: words('Direction', 'Richtung', 'Dirección', 'Sens'),
      options: choices(
        ['incoming', 'Incoming', 'Eingehend', 'Entrante', 'Entrant'],
        ['outgoing', 'Outgoing', 'Ausgehend', 'Saliente', 'Sortant'],
      ),
    },
    status: { type: 'text', label: words('Status', 'Status', 'Estado', 'Statut') },
    subject: { type: 'text', label: words('Subject', 'Betreff', 'Asunto', 'Objet') },
    body: { type: 'text', label: words('Text', 'Text', 'Texto', 'Texte'), pii: true },
    sender: { type: 'text', label: words('From', 'Von', 'De', 'De'), pii: true },
    recipients: { type: 'text[]', label: words('To', 'An', 'Para', 'À'), pii: true },
    duration_seconds: {
      type: 'integer',
      label: words('Duration (seconds)', 'Dauer (Sekunden)', 'Duración (segundos)', 'Durée (secondes)'),
    },
    duration: {
      type: 'interval',
      label: words('Duration', 'Dauer', 'Duración', 'Durée'),
      hidden: true,
      expr: 'make_interval(secs => t.duration_seconds)',
    },
    occurred_at: { type: 'timestamptz', label: words('Date', 'Datum', 'Fecha', 'Date') },
    created_at: createdAt,
    updated_at: updatedAt,
  },
  defaultSort: [{ column: 'occurred_at', direction: 'asc', nulls: 'last' }],
  searchable: ['subject', 'body'],
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

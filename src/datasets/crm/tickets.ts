import { defineDataset } from '../define-dataset.ts'
import {
  associated,
  createdAt,
  crmProperties,
  customProperties,
  listIds,
  lists,
  owner,
  related,
  tenant,
  updatedAt,
} from './common.ts'
import type { DialectViews } from './dialect-views.ts'
import { choices, words } from './words.ts'

const views: DialectViews = {
  hubspot: {
    objectType: 'TICKET',
    objectTypeId: '0-5',
    plural: 'tickets',
    properties: {
      hs_object_id: 'id',
      subject: 'subject',
      content: 'content',
      hs_pipeline: 'pipeline',
      hs_pipeline_stage: 'stage',
      hs_ticket_priority: 'priority',
      hs_ticket_category: 'category',
      source_type: 'source',
      time_to_first_agent_reply: 'first_response_time',
      hubspot_owner_id: 'owner_id',
      createdate: 'created_at',
      closed_date: 'closed_at',
      hs_lastmodifieddate: 'updated_at',
    },
    customProperties: 'crm_',
    primaryDisplay: 'subject',
    associations: { COMPANY: 'companies', CONTACT: 'contacts', DEAL: 'deals', '2-*': 'custom_objects' },
    lists: 'lists',
  },
}

export const tickets = defineDataset({
  name: 'tickets',
  label: related.tickets,
  source: { table: { schema: 'crm', name: 'tickets' } },
  key: ['id'],
  tenant,
  columns: {
    id: { type: 'text', label: words('Ticket ID', 'Ticket-ID', 'ID del ticket', 'ID du ticket') },
    subject: {
      type: 'text',
      label: words('Ticket name', 'Ticket-Name', 'Nombre del ticket', 'Nom du ticket'),
    },
    content: {
      type: 'text',
      label: words(
        'Ticket description',
        'Ticket-Beschreibung',
        'Descripción del ticket',
        'Description du ticket',
      ),
    },
    pipeline: {
      type: 'enum',
      label: words('Pipeline', 'Pipeline', 'Pipeline', 'Pipeline'),
      options: choices([
        '0',
        'Support Pipeline',
        'Support-Pipeline',
        'Pipeline de soporte',
        'Pipeline de support',
      ]),
    },
    stage: {
      type: 'enum',
      label: words('Ticket status', 'Ticket-Status', 'Estado del ticket', 'Statut du ticket'),
      options: choices(
        ['1', 'New', 'Neu', 'Nuevo', 'Nouveau'],
        ['2', 'Waiting on contact', 'Warten auf Kontakt', 'Esperando al contacto', 'En attente du contact'],
        ['3', 'Waiting on us', 'Warten auf uns', 'Esperando nuestra respuesta', 'En attente de notre part'],
        ['4', 'Closed', 'Geschlossen', 'Cerrado', 'Fermé'],
      ),
    },
    priority: {
      type: 'enum',
      label: words('Priority', 'Priorität', 'Prioridad', 'Priorité'),
      options: choices(
        ['LOW', 'Low', 'Niedrig', 'Baja', 'Basse'],
        ['MEDIUM', 'Medium', 'Mittel', 'Media', 'Moyenne'],
        ['HIGH', 'High', 'Hoch', 'Alta', 'Haute'],
      ),
    },
    category: {
      type: 'enum',
      label: words('Category', 'Kategorie', 'Categoría', 'Catégorie'),
      options: choices(
        ['PRODUCT_ISSUE', 'Product issue', 'Produktproblem', 'Problema del producto', 'Problème de produit'],
        [
          'BILLING_ISSUE',
          'Billing issue',
          'Abrechnungsproblem',
          'Problema de facturación',
          'Problème de facturation',
        ],
        [
          'FEATURE_REQUEST',
          'Feature request',
          'Funktionswunsch',
          'Solicitud de función',
          'Demande de fonctionnalité',
        ],
        ['GENERAL_INQUIRY', 'General inquiry', 'Allgemeine Anfrage', 'Consulta general', 'Demande générale'],
      ),
    },
    source: {
      type: 'enum',
      label: words('Source', 'Quelle', 'Fuente', 'Source'),
      options: choices(
        ['CHAT', 'Chat'],
        ['EMAIL', 'Email', 'E-Mail', 'Correo', 'E-mail'],
        ['FORM', 'Form'],
        ['PHONE', 'Phone'],
      ),
    },
    first_response_time: {
      type: 'interval',
      label: words(
        'Time to first reply',
        'Zeit bis zur ersten Antwort',
        'Tiempo hasta la primera respuesta',
        "Délai jusqu'à la première réponse",
      ),
    },
    ...owner,
    list_ids: listIds('tickets'),
    created_at: createdAt,
    updated_at: updatedAt,
    closed_at: {
      type: 'timestamptz',
      label: words('Close date', 'Abschlussdatum', 'Fecha de cierre', 'Date de fermeture'),
    },
  },
  searchable: ['subject', 'content'],
  dynamicColumns: [customProperties('crm_', 'tickets', 'properties', crmProperties)],
  relations: {
    companies: associated('tickets', 'companies', related.companies),
    contacts: associated('tickets', 'contacts', related.contacts),
    deals: associated('tickets', 'deals', related.deals),
    custom_objects: associated('tickets', 'custom_objects', related.customObjects),
    lists: lists('tickets'),
  },
  dialects: { ...views },
})

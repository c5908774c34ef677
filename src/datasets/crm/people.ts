import { defineDataset } from '../define-dataset.ts'
import { createdAt, tenant, updatedAt } from './common.ts'
import type { DialectViews } from './dialect-views.ts'
import { words } from './words.ts'

const views: DialectViews = {
  dealmachine: {
    anchor: 'people',
    fields: {
      person_id: 'id',
      full_name: 'name',
      phone_numbers: 'phones',
      email_addresses: 'emails',
      date_of_birth: 'birth_date',
    },
    lists: 'lists',
    listsOf: { column: 'dataset', value: 'people' },
    otherAnchor: 'properties',
  },
}

export const people = defineDataset({
  name: 'people',
  label: words('People', 'Personen', 'Personas', 'Personnes'),
  description: 'Owners, residents and others behind properties.',
  source: { table: { schema: 'crm', name: 'people' } },
  key: ['id'],
  recordsDelivered: true,
  tenant,
  columns: {
    id: { type: 'uuid', label: words('Person ID', 'Personen-ID', 'ID de la persona', 'ID de la personne') },
    first_name: { type: 'text', label: words('First name', 'Vorname', 'Nombre', 'Prénom'), pii: true },
    last_name: {
      type: 'text',
      label: words('Last name', 'Nachname', 'Apellidos', 'Nom de famille'),
      pii: true,
    },
    name: {
      type: 'text',
      label: words('Full name', 'Vollständiger Name', 'Nombre completo', 'Nom complet'),
      pii: true,
      expr: `concat_ws(' ', t.first_name, t.last_name)`,
    },
    birth_date: {
      type: 'date',
      label: words('Date of birth', 'Geburtsdatum', 'Fecha de nacimiento', 'Date de naissance'),
      pii: true,
    },
    emails: { type: 'text[]', label: words('Emails', 'E-Mail-Adressen', 'Correos', 'E-mails'), pii: true },
    phones: {
      type: 'text[]',
      label: words('Phones', 'Telefonnummern', 'Teléfonos', 'Téléphones'),
      pii: true,
    },
    mailing_address: {
      type: 'text',
      label: words('Mailing address', 'Postanschrift', 'Dirección postal', 'Adresse postale'),
      pii: true,
    },
    mailing_city: {
      type: 'text',
      label: words('Mailing city', 'Ort', 'Ciudad postal', 'Ville postale'),
      pii: true,
    },
    mailing_state: {
      type: 'text',
      label: words('Mailing state', 'Bundesstaat', 'Estado postal', 'État postal'),
      pii: true,
    },
    mailing_zip: {
      type: 'text',
      label: words('Mailing ZIP code', 'Postleitzahl', 'Código postal', 'Code postal'),
      pii: true,
    },
    do_not_call: {
      type: 'boolean',
      label: words('Do not call', 'Nicht anrufen', 'No llamar', 'Ne pas appeler'),
    },
    best_call_time: {
      type: 'time',
      label: words(
        'Best time to call',
        'Beste Anrufzeit',
        'Mejor hora para llamar',
        "Meilleure heure d'appel",
      ),
    },
    num_properties: {
      type: 'bigint',
      label: words('Properties', 'Immobilien', 'Propiedades', 'Biens'),
      expr: `(SELECT count(*) FROM crm.property_people m
        WHERE m.organization_id = t.organization_id AND m.person_id = t.id)`,
    },
    list_ids: {
      type: 'bigint[]',
      label: words('List IDs', 'Listen-IDs', 'ID de listas', 'ID des listes'),
      hidden: true,
      expr: `ARRAY(SELECT m.list_id FROM crm.person_lists m
        WHERE m.organization_id = t.organization_id AND m.person_id = t.id ORDER BY m.list_id)`,
    },
    created_at: createdAt,
    updated_at: updatedAt,
  },
  searchable: ['first_name', 'last_name', 'mailing_address'],
  relations: {
    properties: {
      kind: 'many',
      dataset: 'properties',
      label: words('Properties', 'Immobilien', 'Propiedades', 'Biens'),
      on: [['id', 'person_id']],
      through: {
        table: { schema: 'crm', name: 'property_people' },
        on: [['property_id', 'id']],
        tenantColumn: 'organization_id',
      },
    },
    lists: {
      kind: 'many',
      dataset: 'lists',
      label: words('Lists', 'Listen', 'Listas', 'Listes'),
      on: [['id', 'person_id']],
      through: {
        table: { schema: 'crm', name: 'person_lists' },
        on: [['list_id', 'id']],
        tenantColumn: 'organization_id',
      },
    },
  },
  dialects: { ...views },
})

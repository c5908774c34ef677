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
import { words } from './words.ts'

const views: DialectViews = {
  hubspot: {
    objectType: 'CUSTOM',
    objectTypeId: '2-*',
    plural: 'custom_objects',
    objectTypeColumn: 'object_type_id',
    properties: {
      hs_object_id: 'id',
      name: 'name',
      hubspot_owner_id: 'owner_id',
      hs_createdate: 'created_at',
      hs_lastmodifieddate: 'updated_at',
    },
    customProperties: 'crm_',
    primaryDisplay: 'name',
    associations: { COMPANY: 'companies', CONTACT: 'contacts', DEAL: 'deals', TICKET: 'tickets' },
    lists: 'lists',
  },
}

/** Records of every object type that an organization has made up itself, told apart by `object_type_id`. */
export const customObjects = defineDataset({
  name: 'custom_objects',
  label: related.customObjects,
  source: { table: { schema: 'crm', name: 'custom_objects' } },
  key: ['id'],
  tenant,
  columns: {
    id: { type: 'text', label: words('Record ID', 'Datensatz-ID', 'ID de registro', "ID d'enregistrement") },
    object_type_id: {
      type: 'text',
      label: words('Object type ID', 'Objekttyp-ID', 'ID del tipo de objeto', "ID du type d'objet"),
    },
    object_type: {
      type: 'text',
      label: words('Object type', 'Objekttyp', 'Tipo de objeto', "Type d'objet"),
      expr: `(SELECT o.name FROM crm.object_types o
        WHERE o.organization_id = t.organization_id AND o.id = t.object_type_id)`,
    },
    name: { type: 'text', label: words('Name', 'Name', 'Nombre', 'Nom') },
    ...owner,
    list_ids: listIds('custom_objects'),
    created_at: createdAt,
    updated_at: updatedAt,
  },
  searchable: ['name'],
  dynamicColumns: [customProperties('crm_', 'custom_objects', 'properties', crmProperties)],
  relations: {
    companies: associated('custom_objects', 'companies', related.companies),
    contacts: associated('custom_objects', 'contacts', related.contacts),
    deals: associated('custom_objects', 'deals', related.deals),
    tickets: associated('custom_objects', 'tickets', related.tickets),
    lists: lists('custom_objects'),
  },
  dialects: { ...views },
})

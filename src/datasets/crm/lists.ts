import type { Relation } from '../../core/dataset.ts'
import type { Labels } from '../../core/labels.ts'
import { defineDataset } from '../define-dataset.ts'
import { createdAt, related, tenant } from './common.ts'
import { choices, words } from './words.ts'

function members(dataset: string, label: Labels): Relation {
  return {
    kind: 'many',
    dataset,
    label,
    on: [['id', 'list_id']],
    through: {
      table: { schema: 'crm', name: 'list_members' },
      on: [['member_id', 'id']],
      tenantColumn: 'organization_id',
      where: `l.dataset = '${dataset}'`,
    },
  }
}

const propertyLabel = words('Properties', 'Immobilien', 'Propiedades', 'Biens')
const peopleLabel = words('People', 'Personen', 'Personas', 'Personnes')

/** Static lists, by which vendors' exports of type LIST choose their rows. */
export const lists = defineDataset({
  name: 'lists',
  label: words('Lists', 'Listen', 'Listas', 'Listes'),
  source: { table: { schema: 'crm', name: 'lists' } },
  key: ['id'],
  tenant,
  columns: {
    id: { type: 'bigint', label: words('List ID', 'Listen-ID', 'ID de lista', 'ID de la liste') },
    name: { type: 'text', label: words('Name', 'Name', 'Nombre', 'Nom') },
    dataset: {
      type: 'enum',
      label: words('Members', 'Mitglieder', 'Miembros', 'Membres'),
      options: choices(
        ['contacts', 'Contacts'],
        ['companies', 'Companies'],
        ['deals', 'Deals'],
        ['tickets', 'Tickets'],
        ['custom_objects', 'Custom objects'],
        ['properties', 'Properties'],
        ['people', 'People'],
      ),
    },
    created_at: createdAt,
  },
  searchable: ['name'],
  relations: {
    contacts: members('contacts', related.contacts),
    companies: members('companies', related.companies),
    deals: members('deals', related.deals),
    tickets: members('tickets', related.tickets),
    custom_objects: members('custom_objects', related.customObjects),
    properties: {
      kind: 'many',
      dataset: 'properties',
      label: propertyLabel,
      on: [['id', 'list_id']],
      through: {
        table: { schema: 'crm', name: 'property_lists' },
        on: [['property_id', 'id']],
        tenantColumn: 'organization_id',
      },
    },
    people: {
      kind: 'many',
      dataset: 'people',
      label: peopleLabel,
      on: [['id', 'list_id']],
      through: {
        table: { schema: 'crm', name: 'person_lists' },
        on: [['person_id', 'id']],
        tenantColumn: 'organization_id',
      },
    },
  },
})

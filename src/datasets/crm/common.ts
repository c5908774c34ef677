import type { Column, DynamicColumns, Relation } from '../../core/dataset.ts'
import type { Labels } from '../../core/labels.ts'
import { words } from './words.ts'

/** Every table of schema `crm` says in this column whose a row is. */
export const tenant = { column: 'organization_id' } as const

export const createdAt = {
  type: 'timestamptz',
  label: words('Create date', 'Erstellungsdatum', 'Fecha de creación', 'Date de création'),
} as const satisfies Column

export const updatedAt = {
  type: 'timestamptz',
  label: words(
    'Last modified date',
    'Datum der letzten Änderung',
    'Fecha de última modificación',
    'Date de dernière modification',
  ),
} as const satisfies Column

/** The name of the user whose id stands in a column of `t`. */
export function userName(column: string, label: Labels) {
  return {
    type: 'text',
    label,
    expr: `(SELECT u.name FROM crm.users u WHERE u.organization_id = t.organization_id AND u.id = t.${column})`,
  } as const satisfies Column
}

/** The e-mail address of the user whose id stands in a column of `t`: how "the owner of this key" is found. */
export function userEmail(column: string, label: Labels) {
  return {
    type: 'text',
    label,
    hidden: true,
    pii: true,
    expr: `(SELECT u.email FROM crm.users u WHERE u.organization_id = t.organization_id AND u.id = t.${column})`,
  } as const satisfies Column
}

/** A user's id and the name behind it: `owner_id` and `owner_name`. */
export const owner = {
  owner_id: {
    type: 'text',
    label: words('Owner ID', 'Besitzer-ID', 'ID del propietario', 'ID du propriétaire'),
  },
  owner_name: userName('owner_id', words('Owner', 'Besitzer', 'Propietario', 'Propriétaire')),
} as const satisfies Record<string, Column>

/** Who made and who last changed a record, with their names. */
export const editors = {
  created_by: {
    type: 'text',
    label: words('Created by (ID)', 'Erstellt von (ID)', 'Creado por (ID)', 'Créé par (ID)'),
  },
  created_by_name: userName('created_by', words('Created by', 'Erstellt von', 'Creado por', 'Créé par')),
  created_by_email: userEmail(
    'created_by',
    words('Created by (email)', 'Erstellt von (E-Mail)', 'Creado por (correo)', 'Créé par (e-mail)'),
  ),
  updated_by: {
    type: 'text',
    label: words('Updated by (ID)', 'Geändert von (ID)', 'Modificado por (ID)', 'Modifié par (ID)'),
  },
  updated_by_name: userName(
    'updated_by',
    words('Updated by', 'Geändert von', 'Modificado por', 'Modifié par'),
  ),
  updated_by_email: userEmail(
    'updated_by',
    words('Updated by (email)', 'Geändert von (E-Mail)', 'Modificado por (correo)', 'Modifié par (e-mail)'),
  ),
} as const satisfies Record<string, Column>

/** The static lists a record is on, by id. */
export function listIds(dataset: string) {
  return {
    type: 'bigint[]',
    label: words('List IDs', 'Listen-IDs', 'ID de listas', 'ID des listes'),
    hidden: true,
    expr: `ARRAY(SELECT m.list_id FROM crm.list_members m WHERE m.organization_id = t.organization_id
      AND m.dataset = '${dataset}' AND m.member_id = t.id ORDER BY m.list_id)`,
  } as const satisfies Column
}

export function lists(dataset: string): Relation {
  return {
    kind: 'many',
    dataset: 'lists',
    label: words('Lists', 'Listen', 'Listas', 'Listes'),
    on: [['id', 'member_id']],
    through: {
      table: { schema: 'crm', name: 'list_members' },
      on: [['list_id', 'id']],
      tenantColumn: 'organization_id',
      where: `l.dataset = '${dataset}'`,
    },
  }
}

/** An association of two datasets: stored once, from the one whose name comes first in the alphabet. */
export function associated(ours: string, theirs: string, label: Labels): Relation {
  const [our, their] = ours < theirs ? ['from', 'to'] : ['to', 'from']
  return {
    kind: 'many',
    dataset: theirs,
    label,
    on: [['id', `${our}_id`]],
    through: {
      table: { schema: 'crm', name: 'associations' },
      on: [[`${their}_id`, 'id']],
      tenantColumn: 'organization_id',
      where: `l.${our}_dataset = '${ours}' AND l.${their}_dataset = '${theirs}'`,
    },
  }
}

/**
 * An organization's own properties of an object, kept as text in a jsonb column of `t`.
 * @param object as crm.property_definitions calls it
 */
export function customProperties(
  prefix: string,
  object: string,
  column: string,
  label: Labels,
): DynamicColumns {
  return { prefix, label, catalog: definitionsOf(object), expr: `t.${column} ->> :id` }
}

/** The catalog of one object's own properties. */
export function definitionsOf(object: string): string {
  return `SELECT d.name AS id, d.label, d.type, d.options FROM crm.property_definitions d
    WHERE d.organization_id = $1 AND d.object = '${object}' ORDER BY d.name`
}

export const crmProperties = words(
  'CRM properties',
  'CRM-Eigenschaften',
  'Propiedades de CRM',
  'Propriétés CRM',
)
export const related = {
  companies: words('Companies', 'Unternehmen', 'Empresas', 'Entreprises'),
  contacts: words('Contacts', 'Kontakte', 'Contactos', 'Contacts'),
  customObjects: words('Custom objects', 'Eigene Objekte', 'Objetos personalizados', 'Objets personnalisés'),
  deals: words('Deals', 'Deals', 'Negocios', 'Transactions'),
  tickets: words('Tickets', 'Tickets', 'Tickets', 'Tickets'),
} as const

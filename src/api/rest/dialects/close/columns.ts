import type { Report } from '../../../../core/issue-list.ts'
import type { ColumnRequest } from '../../../../core/request.ts'
import { unknownName } from '../../../../core/unknown-name.ts'
import type { Origins } from '../../origins.ts'
import { fieldNames, findField } from './field.ts'
import type { CloseObject, CloseObjects } from './objects.ts'

/** What an export's rows are, and what a file of them holds. */
export interface Shape {
  readonly rows: CloseObject
  readonly format: 'csv' | 'json'
  /** By name, in order; null: every one. */
  readonly fields: readonly string[] | null
  readonly includeActivities: boolean
  readonly includeSmartFields: boolean
  readonly includeAddresses: boolean
}

/** Fields that are rows of another object, nested. */
const nestedTypes = { contacts: 'contact', opportunities: 'opportunity', activities: 'activity' } as const
type Nested = keyof typeof nestedTypes

/** The columns of an export, each called what Close calls the field. */
export function columnsOf(
  shape: Shape,
  context: { objects: CloseObjects; report: Report; origins: Origins },
): ColumnRequest[] {
  const { rows } = shape
  const known = [...fieldNames(rows), ...nestedOf(rows)]
  const names = shape.fields ?? defaultFields(shape)
  const columns = names.map((name, index) => {
    const path = `fields.${index}`
    const column = columnOf(name, shape, context.objects)
    return column
      ? context.origins.note(path, column)
      : context.report(path, unknownName('field', name, known))
  })
  return [
    ...columns.filter((column) => column !== undefined),
    ...(shape.includeSmartFields ? smartColumns(shape, context.objects) : []),
  ]
}

function columnOf(name: string, { rows }: Shape, objects: CloseObjects): ColumnRequest | undefined {
  const field = findField(rows, name)
  if (field) return { name: field.name, label: name }
  const nested = nestedOf(rows).find((known) => known === name)
  const relation = nested && rows.view.related[nestedTypes[nested]]
  if (!nested || relation === undefined) return undefined
  const inner = objects.require(nestedTypes[nested])
  return { name: relation, label: name, columns: openFields(inner).map((each) => labelled(inner, each)) }
}

/** Only a lead holds rows of other objects. */
function nestedOf({ type }: CloseObject): Nested[] {
  return type === 'lead' ? ['contacts', 'opportunities', 'activities'] : []
}

function defaultFields({ rows, format, includeActivities, includeAddresses }: Shape): string[] {
  const fields = openFields(rows).filter((name) => includeAddresses || name !== 'addresses')
  if (rows.type !== 'lead') return fields
  // Where Close has them: contacts before the custom fields, opportunities and activities at the end of JSON.
  const at = fields.indexOf('custom')
  fields.splice(at < 0 ? fields.length : at, 0, 'contacts')
  return [
    ...fields,
    ...(format === 'json' ? ['opportunities'] : []),
    ...(includeActivities ? ['activities'] : []),
  ]
}

/** The regular fields, but for those that are withheld from this key: nobody has named them. */
function openFields(object: CloseObject): string[] {
  return Object.keys(object.view.fields).filter((name) => {
    const field = findField(object, name)
    return field && field.column.withheld === undefined
  })
}

function labelled(object: CloseObject, name: string): ColumnRequest {
  return { name: findField(object, name)?.name ?? name, label: name }
}

/** Of the lead, also on the rows of its contacts and opportunities. */
function smartColumns({ rows, fields }: Shape, objects: CloseObjects): ColumnRequest[] {
  const lead = objects.require('lead')
  const relation = rows.type === 'lead' ? '' : `${rows.view.related.lead}.`
  return Object.entries(lead.view.smartFields ?? {})
    .filter(([name]) => !fields?.includes(name))
    .map(([name, column]) => ({ name: relation + column, label: name }))
}

import type { Column } from '../../../../core/dataset.ts'
import { findColumn } from '../../../../core/find-column.ts'
import type { Report } from '../../../../core/issue-list.ts'
import { isPlainObject } from '../../../../core/plain-object.ts'
import { quoteName, unknownName } from '../../../../core/unknown-name.ts'
import { type CloseObject, isOfType } from './objects.ts'

/** A column behind one of Close's field names. */
export interface CloseField {
  readonly name: string
  readonly column: Column
}

const customPrefix = 'custom.'

/** A field by name: a regular one, a smart one, or `custom.cf_…`. */
export function findField({ dataset, view }: CloseObject, name: string): CloseField | undefined {
  const { fields, smartFields = {}, customFields } = view
  const column = name.startsWith(customPrefix)
    ? customFields + name.slice(customPrefix.length)
    : [fields, smartFields].find((names) => Object.hasOwn(names, name))?.[name]
  const found = column === undefined ? undefined : findColumn(dataset, column)
  return column !== undefined && found ? { name: column, column: found } : undefined
}

/** Every name that `findField` knows. */
export function fieldNames({ dataset, view }: CloseObject): string[] {
  const custom = Object.keys(dataset.columns)
    .filter((name) => name.startsWith(view.customFields) && !Object.values(view.fields).includes(name))
    .map((name) => customPrefix + name.slice(view.customFields.length))
  return [...Object.keys(view.fields), ...Object.keys(view.smartFields ?? {}), ...custom]
}

/** `{"type": "regular_field", "object_type", "field_name"}` or `{"type": "custom_field", "custom_field_id"}`. */
export function fieldOf(
  input: unknown,
  object: CloseObject,
  path: string,
  report: Report,
): CloseField | undefined {
  if (!isPlainObject(input)) return report(path, 'must be an object with type and field_name')
  const { object_type: type } = input
  if (type !== undefined && type !== null && !(typeof type === 'string' && isOfType(object, type))) {
    return report(
      `${path}.object_type`,
      `must be ${object.type} here; other objects are reached by has_related`,
    )
  }
  switch (input.type) {
    case 'regular_field':
      return named(input.field_name, `${path}.field_name`, object, report)
    case 'custom_field': {
      const id = input.custom_field_id
      const name = typeof id === 'string' && !id.startsWith(customPrefix) ? customPrefix + id : id
      return named(name, `${path}.custom_field_id`, object, report)
    }
    default:
      return report(
        `${path}.type`,
        unknownName('field type', String(input.type), ['regular_field', 'custom_field']),
      )
  }
}

function named(name: unknown, path: string, object: CloseObject, report: Report): CloseField | undefined {
  if (typeof name !== 'string') return report(path, 'must be a name')
  const field = findField(object, name)
  if (field) return field
  return report(path, `${unknownName('field', name, fieldNames(object))} (of ${quoteName(object.type)})`)
}

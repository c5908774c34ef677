import { type ColumnType, isList, type ScalarType, scalarOf } from '../../core/column-type.ts'
import type { ComputeValue } from '../../core/dataset.ts'

/** SQL for a value as a function gets it: Postgres' text; a list's elements as JSON, of any depth. */
export function inputSql({ sql, type }: { readonly sql: string; readonly type: ColumnType }): string {
  return isList(type) ? `to_json((${sql})::text[])` : sql
}

/** The value of a cell that `inputSql` made. @see ComputeValue */
export function inputValue(cell: string | null, type: ColumnType): ComputeValue {
  if (cell === null) return null
  return isList(type) ? elementsOf(JSON.parse(cell), scalarOf(type)) : scalarValue(cell, type as ScalarType)
}

type Elements = string | null | readonly Elements[]

function elementsOf(elements: Elements, type: ScalarType): ComputeValue {
  if (elements === null) return null
  if (typeof elements === 'string') return scalarValue(elements, type)
  return elements.map((element) => elementsOf(element, type))
}

function scalarValue(text: string, type: ScalarType): ComputeValue {
  switch (type) {
    case 'integer':
    case 'float':
      return Number(text)
    case 'bigint':
      return BigInt(text)
    case 'boolean':
      return text === 't' || text === 'true'
    default:
      return text
  }
}

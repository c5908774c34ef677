import { type ColumnType, isNumeric, scalarOf } from '../../core/column-type.ts'
import type { JsonOptions } from '../../core/options/json.ts'
import type { PlannedColumn } from '../plan/plan-query.ts'
import type { CellFormat, ValueText } from './format.ts'
import { jsonKeys, valueSql } from './json-row-sql.ts'
import { isList } from './list-text.ts'

/** Members of objects one by one; the same bytes as `row_to_json` gives a whole row. */
export function jsonCells(
  columns: readonly PlannedColumn[],
  options: JsonOptions,
  rowEnd: string,
): CellFormat {
  const keys = jsonKeys(columns, options)
  const beginnings = keys.map((key, index) => `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`)
  return {
    valueSql,
    cellSql: (value) => `to_json(${value})`,
    cellText: (value, { type }) => (value === null ? null : jsonText(value, scalarOf(type))),
    rowsText: (rows) =>
      rows
        .map((row) => {
          const members = row.map(
            (cell, index) => beginnings[index] + (cell === null ? 'null' : oneLine(cell)),
          )
          return `${members.join('')}}${rowEnd}`
        })
        .join(''),
  }
}

/** Line breaks stand only between tokens. @see jsonLines */
function oneLine(json: string): string {
  return json.replaceAll(/[\r\n]/g, ' ')
}

function jsonText(value: ValueText, type: ColumnType): string {
  if (value === null) return 'null'
  if (isList(value)) return `[${value.map((element) => jsonText(element, type)).join(',')}]`
  if (isNumeric(type)) return /^-?\d/.test(value) ? value : JSON.stringify(value)
  switch (type) {
    case 'boolean':
    case 'json':
      return value
    case 'timestamp':
    case 'timestamptz':
      return JSON.stringify(isoText(value))
    default:
      return JSON.stringify(value)
  }
}

/** With a T, and an offset that has minutes. */
function isoText(text: string): string {
  return text.replace(/(\d) (\d)/, '$1T$2').replace(/([T ][\d:.]+[-+]\d\d)(?=$| )/, '$1:00')
}

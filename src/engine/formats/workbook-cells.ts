import { scalarOf } from '../../core/column-type.ts'
import type { WorkbookOptions } from '../../core/options/workbook.ts'
import type { CellFormat } from './format.ts'
import { arrayText, isList, joinedText } from './list-text.ts'
import { workbookCellSql } from './workbook-sql.ts'
import { copyRow } from './xlsx/copy-text.ts'

/** Cells of COPY's text format one by one, in which booleans are t and f. */
export function workbookCells({ listSeparator: separator }: WorkbookOptions): CellFormat {
  return {
    valueSql: (column) => workbookCellSql(column, separator),
    cellSql: (value) => value,
    cellText(value, { type }) {
      const isBoolean = scalarOf(type) === 'boolean'
      if (isList(value)) {
        if (separator !== null && !value.some(isList)) return joinedText(value, { separator, nullText: '' })
        return arrayText(value, scalarOf(type))
      }
      return isBoolean ? (value?.slice(0, 1) ?? null) : value
    },
    rowsText: (rows) => rows.map(copyRow).join(''),
  }
}

import type { WorkbookOptions } from '../../core/options/workbook.ts'
import type { Format } from './format.ts'
import { workbookCells } from './workbook-cells.ts'
import { workbookCopySql } from './workbook-sql.ts'
import { xlsx } from './xlsx/xlsx.ts'

/** Excel since 2007. */
export const xlsxFormat: Format = {
  extension: 'xlsx',
  contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  copySql: (plan, options) => workbookCopySql(plan, options as WorkbookOptions),
  cells: (_, options) => workbookCells(options as WorkbookOptions),
  encode(rows, { columns, options, signal, onSummary }) {
    const { sheetName, timeZone } = options as WorkbookOptions
    return xlsx(
      rows,
      columns,
      { sheetName, timeZone, onSummary: (summary) => onSummary?.({ ...summary }) },
      signal,
    )
  },
}

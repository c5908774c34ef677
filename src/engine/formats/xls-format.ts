import type { WorkbookOptions } from '../../core/options/workbook.ts'
import type { Format } from './format.ts'
import { workbookCells } from './workbook-cells.ts'
import { workbookCopySql } from './workbook-sql.ts'
import { xls } from './xls/xls.ts'

/** Excel 97 to 2003. */
export const xlsFormat: Format = {
  extension: 'xls',
  contentType: 'application/vnd.ms-excel',
  copySql: (plan, options) => workbookCopySql(plan, options as WorkbookOptions),
  cells: (_, options) => workbookCells(options as WorkbookOptions),
  encode(rows, { columns, options, signal, onSummary }) {
    const { sheetName } = options as WorkbookOptions
    return xls(rows, columns, { sheetName, onSummary: (summary) => onSummary?.({ ...summary }) }, signal)
  },
}

import { stringify } from 'csv-stringify/sync'
import type { CellFormat } from '../format.ts'
import { isList } from '../list-text.ts'
import { nullMark, parquetCellSql } from './copy-sql.ts'

/** Cells of `parquetCopySql` one by one. */
export const parquetCells: CellFormat = {
  valueSql: parquetCellSql,
  cellSql: (value) => value,
  // A boolean in words is read as well as COPY's t and f.
  cellText: (value) => (isList(value) ? JSON.stringify(value) : value),
  rowsText: (rows) => stringify(rows as string[][], settings),
}

const settings = {
  // Every text in quotes, empty ones too: bare is NULL alone.
  quoted: true,
  quoted_string: true,
  cast: { null: () => ({ value: nullMark, quoted: false, quoted_string: false }) },
}

import type { FileColumn } from '../format.ts'
import type { CellBuffer, CellWriter } from './cell-buffer.ts'
import { cellWriters, headerWriters } from './cell-writers.ts'
import { copyRow, isNull, NEWLINE, TAB } from './copy-text.ts'
import type { SheetLimits } from './limits.ts'
import { spreadsheetml, tableRange } from './package-parts.ts'
import type { RowReader } from './row-reader.ts'

/** What all sheets of a workbook have in common. */
export interface SheetLayout {
  readonly columns: readonly FileColumn[]
  readonly widths: readonly number[]
  readonly limits: SheetLimits
}

/**
 * One worksheet's XML: the header, then rows until there are no more or the sheet is full. Returns its rows,
 * with the header. Each chunk lies in `cells.out` and is overwritten by the next.
 * @see ECMA-376 Part 1, 18.3.1.99 worksheet, whose children have this order
 */
export async function* sheetXml(
  cells: CellBuffer,
  reader: RowReader,
  { columns, widths, limits }: SheetLayout,
): AsyncGenerator<Buffer, number, void> {
  const head = Buffer.from(sheetHead(widths))
  yield head
  let bytesBefore = head.length
  let rows = 0
  let column = 0

  function isSheetFull(): boolean {
    if (rows === limits.rowsPerSheet) return true
    return rows > 1 && bytesBefore + cells.at >= limits.bytesPerSheet
  }

  /** Writes from `cells.input`; whether it is used up. False: the buffer or the sheet is full. */
  function fill(writers: readonly CellWriter[]): boolean {
    const { input } = cells
    const last = writers.length - 1
    while (cells.from < input.length) {
      if (column === 0) {
        if (cells.isFull || isSheetFull()) return false
        cells.openRow(++rows)
      }
      for (; column <= last; column++) {
        if (column > 0 && cells.isFull) return false
        if (isNull(input, cells.from)) cells.from += 2
        else writers[column]!(cells)
        if (input[cells.from++] !== (column === last ? NEWLINE : TAB)) throw new MisshapenRow(rows, column)
      }
      cells.closeRow()
      column = 0
    }
    return true
  }

  function flush(): Buffer {
    bytesBefore += cells.at
    return cells.take()
  }

  cells.read(Buffer.from(copyRow(columns.map(({ header }) => header))), 0)
  const header = headerWriters(columns)
  while (!fill(header)) yield flush()

  const writers = cellWriters(columns)
  while (await reader.hasRows()) {
    cells.read(reader.bytes, reader.at)
    const used = fill(writers)
    reader.at = cells.from
    if (used) continue
    if (!cells.isFull) break
    yield flush()
  }
  yield flush()
  yield Buffer.from(sheetTail(tableRange(columns.length, rows)))
  return rows
}

/** COPY's rows have as many cells as there are columns; these do not, so columns and query disagree. */
class MisshapenRow extends Error {
  override readonly name = 'MisshapenRow'
  constructor(row: number, column: number) {
    super(`Row ${row} of the sheet has another number of cells than there are columns (cell ${column + 1})`)
  }
}

/** Up to the first row: the header stays in view, and the columns have their widths. */
function sheetHead(widths: readonly number[]): string {
  const columns = widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  )
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="${spreadsheetml}">\
<sheetViews><sheetView workbookViewId="0">\
<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>\
<selection pane="bottomLeft" activeCell="A2" sqref="A2"/>\
</sheetView></sheetViews>\
<sheetFormatPr defaultRowHeight="15"/>\
<cols>${columns.join('')}</cols><sheetData>`
}

/** After the last row. Text that looks like a number is meant so: no green triangles. */
function sheetTail(range: string): string {
  return `</sheetData><autoFilter ref="${range}"/>\
<ignoredErrors><ignoredError sqref="${range}" numberStoredAsText="1"/></ignoredErrors></worksheet>`
}

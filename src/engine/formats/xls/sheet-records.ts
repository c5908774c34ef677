import { f64, record, u8, u16, u32 } from './record.ts'
import { rowHeight } from './row-block.ts'
import { xf } from './styles.ts'

/** What a sheet's head says of its cells. */
export interface SheetShape {
  readonly rows: number
  /** Width of each column in characters. */
  readonly columnWidths: readonly number[]
  /** Where each DBCELL begins, counted from the end of the head. */
  readonly dbCells: readonly number[]
}

/** @see [MS-XLS] 2.4.21 BOF */
export function bofRecord(substream: 'globals' | 'worksheet'): Buffer {
  const biff8 = 0x0600
  const type = substream === 'globals' ? 0x0005 : 0x0010
  // Build and history as Excel 97 writes them.
  return record('bof', u16(biff8, type, 0x0dbb, 0x07cc), u32(0, 6))
}

const indexHeaderBytes = 20

/** Everything before the cells, for a sheet that starts at `position` of the stream. */
export function sheetHead(shape: SheetShape, position: number): Buffer {
  const bof = bofRecord('worksheet')
  const settings = settingRecords()
  const columns = columnRecords(shape)
  const settingsAt = position + bof.length + indexHeaderBytes + 4 * shape.dbCells.length
  const defColWidthAt = settingsAt + settings.length
  const cellsAt = defColWidthAt + columns.length
  const index = record(
    'index',
    u32(0, 0, shape.rows, defColWidthAt),
    u32(...shape.dbCells.map((dbCell) => cellsAt + dbCell)),
  )
  return Buffer.concat([bof, index, settings, columns])
}

/** Excel's defaults, which the record sequence demands. @see [MS-XLS] 2.1.7.20.5 GLOBALS, PAGESETUP */
function settingRecords(): Buffer {
  const pageSetupUnknown = 0x0004
  return Buffer.concat([
    record('calcMode', u16(1)),
    record('calcCount', u16(100)),
    record('calcRefMode', u16(1)),
    record('calcIter', u16(0)),
    record('calcDelta', f64(0.001)),
    record('calcSaveRecalc', u16(1)),
    record('printRowCol', u16(0)),
    record('printGrid', u16(0)),
    record('gridSet', u16(1)),
    record('guts', u16(0, 0, 0, 0)),
    record('defaultRowHeight', u16(0, rowHeight)),
    record('wsBool', u16(0x04c1)),
    record('header'),
    record('footer'),
    record('hCenter', u16(0)),
    record('vCenter', u16(0)),
    record('setup', u16(0, 100, 1, 1, 1, pageSetupUnknown, 300, 300), f64(0.5), f64(0.5), u16(1)),
  ])
}

/** @see [MS-XLS] 2.4.89 DefColWidth, 2.4.53 ColInfo, 2.4.90 Dimensions */
function columnRecords({ rows, columnWidths }: SheetShape): Buffer {
  return Buffer.concat([
    record('defColWidth', u16(8)),
    ...columnWidths.map((width, i) => record('colInfo', u16(i, i, width * 256, xf.general, 0, 0))),
    record('dimensions', u32(0, rows), u16(0, columnWidths.length, 0)),
  ])
}

/**
 * Everything after the cells: a window whose first row is frozen; only the first sheet is selected.
 * @see [MS-XLS] 2.4.346 Window2, 2.4.189 Pane, 2.4.248 Selection
 */
export function sheetTail(isFirst: boolean): Buffer {
  const top = 3
  const bottom = 2
  // Grid, headings, zeros, frozen without a split, default grid colour, outlines; then selected, in front.
  const flags = 0x01be | (isFirst ? 0x0600 : 0)
  return Buffer.concat([
    record('window2', u16(flags, 0, 0, 0x40, 0, 0, 0), u32(0)),
    record('pane', u16(0, 1, 1, 0, bottom)),
    selectionRecord(top, 0),
    selectionRecord(bottom, 1),
    record('eof'),
  ])
}

function selectionRecord(pane: number, row: number): Buffer {
  return record('selection', u8(pane), u16(row, 0, 0, 1, row, row), u8(0, 0))
}

import { excelFormatOf, excelFormatsOf } from '../excel-format.ts'
import type { FileColumn } from '../format.ts'
import { type CellKind, cellKindOf, columnWidth } from './cell-kind.ts'
import { CellText } from './cell-text.ts'
import { booleanIn, numberIn, numberStyle } from './cell-value.ts'
import { compoundFile } from './compound-file.ts'
import { CopyCells } from './copy-cells.ts'
import { XlsLimitError } from './errors.ts'
import { boundSheetRecord, countryRecord, globalsHead } from './globals.ts'
import { record } from './record.ts'
import { sharedStringRecords } from './shared-string-records.ts'
import { SharedStrings } from './shared-strings.ts'
import { maxSheetRows, Sheet } from './sheet.ts'
import { sheetName } from './sheet-name.ts'
import { sheetHead, sheetTail } from './sheet-records.ts'
import { ownXf, xf } from './styles.ts'

export interface WorkbookLimits {
  readonly maxSheets: number
  readonly maxBytes: number
}

/**
 * A workbook in memory: rows become records as they come, and records become a file in the end,
 * because the first bytes of the file already say how long everything is.
 */
export class Workbook {
  readonly sheets: Sheet[] = []
  readonly text = new CellText()
  readonly #strings = new SharedStrings()
  readonly #columns: readonly FileColumn[]
  readonly #kinds: readonly CellKind[]
  /** Of the columns that have a format of their own. */
  readonly #ownXfs: readonly (number | undefined)[]
  readonly #limits: WorkbookLimits

  constructor(columns: readonly FileColumn[], limits: WorkbookLimits) {
    this.#columns = columns
    this.#kinds = columns.map((column) => cellKindOf(column.type))
    const formats = excelFormatsOf(columns)
    this.#ownXfs = columns.map(({ format }) => {
      const own = excelFormatOf(format)
      return own === undefined ? undefined : ownXf(own, formats)
    })
    this.#limits = limits
    this.#startSheet()
  }

  /** Adds whole rows of COPY TEXT. @throws XlsLimitError when they are too many or too large */
  addRows(bytes: Buffer): void {
    const cells = new CopyCells(bytes)
    let sheet = this.sheets.at(-1)!
    let column = 0
    while (cells.next()) {
      if (column === 0) {
        if (sheet.isFull) sheet = this.#startSheet()
        sheet.startRow()
      }
      if (column === this.#kinds.length || (cells.endsRow && column < this.#kinds.length - 1)) {
        throw new RangeError(`A row has fewer or more cells than the ${this.#kinds.length} columns`)
      }
      if (!cells.isNull) this.#addCell(sheet, column, cells)
      column++
      if (cells.endsRow) {
        sheet.endRow()
        column = 0
      }
    }
    this.#checkBytes()
  }

  #addCell({ block }: Sheet, column: number, cell: CopyCells): void {
    const kind = this.#kinds[column]!
    const boolean = kind === 'boolean' ? booleanIn(cell) : undefined
    const number = boolean === undefined ? numberIn(cell, kind) : Number.NaN
    if (boolean !== undefined) {
      block.addBoolean(column, xf.general, boolean)
    } else if (!Number.isNaN(number)) {
      block.addNumber(column, this.#ownXfs[column] ?? numberStyle(cell, kind), number)
    } else {
      this.text.setCell(cell)
      block.addText(column, xf.general, this.#strings.indexOf(this.text))
    }
  }

  #startSheet(): Sheet {
    if (this.sheets.length === this.#limits.maxSheets) {
      const rows = this.#limits.maxSheets * (maxSheetRows - 1)
      throw new XlsLimitError('rows', `An XLS file holds at most ${rows.toLocaleString('en')} rows.`)
    }
    const sheet = new Sheet(this.#columns.length)
    sheet.startRow()
    for (const [i, column] of this.#columns.entries()) {
      this.text.setText(column.header)
      sheet.block.addText(i, xf.header, this.#strings.indexOf(this.text))
    }
    sheet.endRow()
    this.sheets.push(sheet)
    return sheet
  }

  #checkBytes(): void {
    let bytes = this.#strings.bytes
    for (const sheet of this.sheets) bytes += sheet.cells.length
    if (bytes > this.#limits.maxBytes) {
      const mebibytes = Math.floor(this.#limits.maxBytes / 2 ** 20)
      throw new XlsLimitError('bytes', `The rows need more than the ${mebibytes} MiB of an XLS file.`)
    }
  }

  /** The file, piece by piece. Empties the workbook. @see [MS-XLS] 2.1.7.20 Workbook Stream */
  *file(name: string): Generator<Buffer> {
    const names = this.sheets.map((_, i) => sheetName(name, i))
    const widths = this.#columns.map((column, i) => columnWidth(this.#kinds[i]!, column.header))
    const shapes = this.sheets.map((sheet) => sheet.shape(widths))

    const head = globalsHead(this.sheets.length, excelFormatsOf(this.#columns))
    const country = countryRecord()
    const boundSheetBytes = names.reduce((sum, sheet) => sum + boundSheetRecord(sheet, 0).length, 0)
    const stringsAt = head.length + boundSheetBytes + country.length
    const strings = sharedStringRecords(this.#strings, stringsAt)
    const eof = record('eof')

    let position = stringsAt + strings.length + eof.length
    const boundSheets: Buffer[] = []
    const sheets = this.sheets.splice(0).map((sheet, i) => {
      boundSheets.push(boundSheetRecord(names[i]!, position))
      const sheetStart = sheetHead(shapes[i]!, position)
      const sheetEnd = sheetTail(i === 0)
      position += sheetStart.length + sheet.cells.length + sheetEnd.length
      return { sheetStart, cells: sheet.cells, sheetEnd }
    })

    const container = compoundFile('Workbook', position)
    yield Buffer.concat([container.header, head, ...boundSheets, country])
    yield* strings.drain()
    yield eof
    for (const { sheetStart, cells, sheetEnd } of sheets) {
      yield sheetStart
      yield* cells.drain()
      yield sheetEnd
    }
    yield container.trailer
  }
}

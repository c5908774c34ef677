import type { ByteStore } from './byte-store.ts'
import { rkOf } from './numbers.ts'
import { recordType } from './record.ts'
import { xf } from './styles.ts'

/** @see [MS-XLS] 2.4.78 DBCell */
const maxRows = 32
const largestCellBytes = 18
const rowRecordBytes = 20
/** Twentieths of a point: Excel's default for Arial 10. */
export const rowHeight = 255

/**
 * Up to 32 rows: their ROW records, their cells, and a DBCELL that says where each row's cells begin.
 * Cells are gathered here because all ROW records come first. @see [MS-XLS] 2.1.7.20.5 CELLTABLE
 */
export class RowBlock32 {
  readonly #cells: Buffer
  #used = 0
  #row = 0
  #firstColumn = -1
  #lastColumn = -1
  /** Of each finished row: where its cells begin in `#cells`, its first column, its last column + 1. */
  readonly #rows: { readonly at: number; readonly first: number; readonly end: number }[] = []
  #rowAt = 0

  constructor(columns: number) {
    this.#cells = Buffer.allocUnsafeSlow(maxRows * columns * largestCellBytes)
  }

  get isFull(): boolean {
    return this.#rows.length === maxRows
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0
  }

  startRow(row: number): void {
    this.#row = row
    this.#rowAt = this.#used
    this.#firstColumn = -1
    this.#lastColumn = -1
  }

  endRow(): void {
    this.#rows.push({ at: this.#rowAt, first: Math.max(0, this.#firstColumn), end: this.#lastColumn + 1 })
  }

  /** @see [MS-XLS] 2.4.149 LabelSst */
  addText(column: number, style: number, index: number): void {
    const at = this.#cell(recordType.labelSst, 10, column, style)
    this.#cells.writeUInt32LE(index, at)
  }

  /** The short record where the number allows it. @see [MS-XLS] 2.4.220 RK, 2.4.180 Number */
  addNumber(column: number, style: number, value: number): void {
    const rk = rkOf(value)
    if (rk === undefined) {
      const at = this.#cell(recordType.number, 14, column, style)
      this.#cells.writeDoubleLE(value, at)
    } else {
      const at = this.#cell(recordType.rk, 10, column, style)
      this.#cells.writeInt32LE(rk, at)
    }
  }

  /** @see [MS-XLS] 2.4.24 BoolErr */
  addBoolean(column: number, style: number, value: boolean): void {
    const at = this.#cell(recordType.boolErr, 8, column, style)
    this.#cells.writeUInt16LE(value ? 1 : 0, at)
  }

  /** Record header and Cell; says where the value goes. @see [MS-XLS] 2.5.13 Cell */
  #cell(type: number, bytes: number, column: number, style: number): number {
    const cells = this.#cells
    const at = this.#used
    cells.writeUInt16LE(type, at)
    cells.writeUInt16LE(bytes, at + 2)
    cells.writeUInt16LE(this.#row, at + 4)
    cells.writeUInt16LE(column, at + 6)
    cells.writeUInt16LE(style, at + 8)
    this.#used = at + 4 + bytes
    if (this.#firstColumn === -1) this.#firstColumn = column
    this.#lastColumn = column
    return at + 10
  }

  /** Writes the block and starts anew. Returns where its DBCELL begins in `out`. */
  flush(out: ByteStore): number {
    const rows = this.#rows
    this.#writeRows(out, this.#row - rows.length + 1)
    out.append(this.#cells.subarray(0, this.#used))
    const dbCellAt = out.length
    const bytes = 4 + 2 * rows.length
    const at = out.claim(4 + bytes)
    const chunk = out.chunk
    chunk.writeUInt16LE(recordType.dbCell, at)
    chunk.writeUInt16LE(bytes, at + 2)
    chunk.writeUInt32LE(rows.length * rowRecordBytes + this.#used, at + 4)
    // The first offset counts from the second ROW record, the others from the row before.
    let before = -(rows.length - 1) * rowRecordBytes
    for (const [i, row] of rows.entries()) {
      chunk.writeUInt16LE(row.at - before, at + 8 + 2 * i)
      before = row.at
    }
    rows.length = 0
    this.#used = 0
    return dbCellAt
  }

  /** @see [MS-XLS] 2.4.221 Row */
  #writeRows(out: ByteStore, firstRow: number): void {
    for (const [i, row] of this.#rows.entries()) {
      const at = out.claim(rowRecordBytes)
      const chunk = out.chunk
      chunk.fill(0, at, at + rowRecordBytes)
      chunk.writeUInt16LE(recordType.row, at)
      chunk.writeUInt16LE(rowRecordBytes - 4, at + 2)
      chunk.writeUInt16LE(firstRow + i, at + 4)
      chunk.writeUInt16LE(row.first, at + 6)
      chunk.writeUInt16LE(row.end, at + 8)
      chunk.writeUInt16LE(rowHeight, at + 10)
      chunk.writeUInt16LE(0x0100, at + 16)
      chunk.writeUInt16LE(xf.general, at + 18)
    }
  }
}

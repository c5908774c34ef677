import { ByteStore } from './byte-store.ts'
import { RowBlock32 } from './row-block.ts'
import type { SheetShape } from './sheet-records.ts'

/** BIFF8 numbers rows with 16 bits. @see [MS-XLS] 2.5.222 Rw */
export const maxSheetRows = 65_536

/** One sheet's rows and cells as finished records; head and tail come when its place is known. */
export class Sheet {
  readonly cells = new ByteStore()
  readonly block: RowBlock32
  rows = 0
  readonly #dbCells: number[] = []

  constructor(columns: number) {
    this.block = new RowBlock32(columns)
  }

  get isFull(): boolean {
    return this.rows === maxSheetRows
  }

  startRow(): void {
    this.block.startRow(this.rows)
  }

  endRow(): void {
    this.block.endRow()
    this.rows++
    if (this.block.isFull) this.#flush()
  }

  /** Ends the sheet. */
  shape(columnWidths: readonly number[]): SheetShape {
    if (!this.block.isEmpty) this.#flush()
    return { rows: this.rows, columnWidths, dbCells: this.#dbCells }
  }

  #flush(): void {
    this.#dbCells.push(this.block.flush(this.cells))
  }
}

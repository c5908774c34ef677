import type { CopyCells } from './copy-cells.ts'

/** Excel keeps at most this many UTF-16 units in a cell. */
export const maxCellUnits = 32_767

const headerBytes = 3

/**
 * One text as an XLUnicodeRichExtendedString without runs: cch (2 bytes), fHighByte (1 byte), then one
 * byte a character while all are below U+0100, else UTF-16. The buffer is reused for every cell.
 * @see [MS-XLS] 2.5.293
 */
export class CellText {
  readonly bytes = Buffer.allocUnsafeSlow(headerBytes + 2 * maxCellUnits)
  /** Bytes of the current text, its header included. */
  length = headerBytes
  /** Texts that were cut so far. */
  truncated = 0

  /** Takes over the cell's text. */
  setCell(cell: CopyCells): void {
    const length = cell.end - cell.start
    if (!cell.isPlain || length > maxCellUnits) {
      this.setText(cell.text())
      return
    }
    this.#setHeader(length, 0)
    cell.bytes.copy(this.bytes, headerBytes, cell.start, cell.end)
    this.length = headerBytes + length
  }

  setText(text: string): void {
    const kept = text.length > maxCellUnits ? this.#truncate(text) : text
    const isWide = /[\u0100-\uffff]/.test(kept)
    this.#setHeader(kept.length, isWide ? 1 : 0)
    const written = this.bytes.write(kept, headerBytes, isWide ? 'utf16le' : 'latin1')
    this.length = headerBytes + written
  }

  #setHeader(units: number, highByte: 0 | 1): void {
    this.bytes[0] = units & 0xff
    this.bytes[1] = units >> 8
    this.bytes[2] = highByte
  }

  /** Ends in an ellipsis that makes the cut visible, and never in half a surrogate pair. */
  #truncate(text: string): string {
    this.truncated++
    const units = maxCellUnits - 1
    const last = text.charCodeAt(units - 1)
    const splitsPair = last >= 0xd800 && last <= 0xdbff
    return `${text.slice(0, splitsPair ? units - 1 : units)}…`
  }
}

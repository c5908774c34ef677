import { maxCellUnits } from './limits.ts'

/**
 * Bytes that every cell repeats, in whole 32-bit words: twelve stores instead of forty-five for
 * `<c r="A" t="inlineStr"><is><t>`. The last word may reach up to three bytes too far; what is written
 * next covers them.
 */
export interface Snippet {
  readonly words: Int32Array
  readonly length: number
}

export function snippet(ascii: string): Snippet {
  const words = new Int32Array(Math.ceil(ascii.length / 4))
  const view = new DataView(words.buffer)
  for (let at = 0; at < ascii.length; at++) view.setUint8(at, ascii.charCodeAt(at))
  for (let word = 0; word < words.length; word++) words[word] = view.getInt32(word * 4, true)
  return { words, length: ascii.length }
}

/**
 * Writes the cell that begins at `input[from]` and leaves `from` on the byte that ends it. Never called
 * for NULL. Finds room for the largest cell.
 */
export type CellWriter = (cells: CellBuffer) => void

/**
 * The most XML that one cell becomes: every unit of a full cell as `_x0000_`, and the tags around. With
 * this much room at its start, a cell needs no further checks.
 */
const maxCellBytes = 7 * maxCellUnits + 1024

/** Where cell writers read from and write to. One object for a whole workbook; nothing is allocated per cell. */
export class CellBuffer {
  /** COPY text; the last byte is a line feed. */
  input: Buffer = Buffer.alloc(0)
  inputView: DataView = viewOf(this.input)
  from = 0
  readonly out: Buffer
  readonly view: DataView
  /** Bytes of `out` that are written. */
  at = 0
  truncatedCells = 0
  // The row's number: up to eight ASCII digits, the first in the lowest byte.
  private rowLow = 0
  private rowHigh = 0
  private rowDigits = 0
  private readonly flushAt: number

  /** @param flushAt Bytes of XML after which `isFull`. Default 256 KiB, which stays in a core's cache. */
  constructor(flushAt = 256 * 1024) {
    this.flushAt = flushAt
    this.out = Buffer.allocUnsafeSlow(flushAt + maxCellBytes)
    this.view = viewOf(this.out)
  }

  /** Rows to be written next, from the byte `from` on. */
  read(input: Buffer, from: number): void {
    this.input = input
    this.inputView = viewOf(input)
    this.from = from
  }

  get isFull(): boolean {
    return this.at >= this.flushAt
  }

  /** What was written, to be used before anything else is written. */
  take(): Buffer {
    const bytes = this.out.subarray(0, this.at)
    this.at = 0
    return bytes
  }

  write({ words, length }: Snippet): void {
    const { view, at } = this
    for (let word = 0; word < words.length; word++) view.setInt32(at + word * 4, words[word]!, true)
    this.at = at + length
  }

  /** `<row r="7">`, and 7 as the number in the references of the cells that follow. */
  openRow(number: number): void {
    this.rowLow = 0
    this.rowHigh = 0
    this.rowDigits = 0
    for (let rest = number; rest > 0; rest = (rest / 10) | 0) {
      this.rowHigh = (this.rowHigh << 8) | (this.rowLow >>> 24)
      this.rowLow = (this.rowLow << 8) | (0x30 + (rest % 10))
      this.rowDigits++
    }
    this.write(rowStart)
    this.writeRowNumber()
    this.write(rowStartEnd)
  }

  closeRow(): void {
    this.write(rowEnd)
  }

  /**
   * `<c r="` and the column's letters, the row's number, then the rest of the tag and what follows it.
   * Excel needs no reference, and without them a file is a fifth smaller; but readers that do need them
   * still turn up (fastexcel #465, excel-streaming-reader #87).
   */
  openCell(column: Snippet, rest: Snippet): void {
    this.write(column)
    this.writeRowNumber()
    this.write(rest)
  }

  private writeRowNumber(): void {
    this.view.setInt32(this.at, this.rowLow, true)
    this.view.setInt32(this.at + 4, this.rowHigh, true)
    this.at += this.rowDigits
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const rowStart = snippet('<row r="')
const rowStartEnd = snippet('">')
const rowEnd = snippet('</row>')

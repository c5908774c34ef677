import { type ColumnType, isList } from '../../../core/column-type.ts'
import { excelFormatOf, excelFormatsOf } from '../excel-format.ts'
import type { FileColumn } from '../format.ts'
import { booleanCell } from './boolean-cell.ts'
import { type CellWriter, snippet } from './cell-buffer.ts'
import { dateCell, timeCell, timestampCell } from './date-cell.ts'
import { decimalCell, floatCell } from './number-cell.ts'
import { ownStyle, type Style, styles } from './styles.ts'
import { textCell } from './text-cell.ts'

/** Writers for the rows, in the order of their columns. */
export function cellWriters(columns: readonly FileColumn[]): CellWriter[] {
  const formats = excelFormatsOf(columns)
  return columns.map(({ type, format }, index) => {
    const own = excelFormatOf(format)
    return cellWriter(type, index, own === undefined ? undefined : ownStyle(own, formats))
  })
}

/** Writers for a header of as many cells: bold text. */
export function headerWriters(columns: readonly FileColumn[]): CellWriter[] {
  return columns.map((_, index) => textCell(cellStart(index), styles.header))
}

/** `A` for 0, `XFD` for 16,383. */
export function columnLetters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter
}

function cellStart(index: number) {
  return snippet(`<c r="${columnLetters(index)}`)
}

function cellWriter(type: ColumnType, index: number, own: Style | undefined): CellWriter {
  const start = cellStart(index)
  const asText = textCell(start)
  // A list arrives as text, joined by the plan.
  if (isList(type)) return asText
  switch (type) {
    case 'integer':
    case 'bigint':
      return decimalCell(start, own ?? styles.integer, asText)
    case 'decimal':
      return decimalCell(start, own ?? styles.general, asText)
    case 'float':
      return floatCell(start, own ?? styles.general, asText)
    case 'boolean':
      return booleanCell(start)
    case 'date':
      return dateCell(start, asText, own)
    case 'time':
      return timeCell(start, asText, own)
    case 'timestamp':
    case 'timestamptz':
      return timestampCell(start, asText, own)
    case 'text':
    case 'interval':
    case 'uuid':
    case 'enum':
    case 'json':
    case 'bytes':
      return asText
    default:
      return assertNever(type)
  }
}

function assertNever(type: never): never {
  throw new TypeError(`No cell is known for columns of type ${String(type)}`)
}

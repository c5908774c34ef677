import type { CellKind } from './cell-kind.ts'
import type { CopyCells } from './copy-cells.ts'
import { parseNumber } from './numbers.ts'
import { dateSerial, hasMilliseconds, timeSerial, timestampSerial } from './serials.ts'
import { xf } from './styles.ts'

/** The cell's value as Excel's number, or NaN when it is text or must become text. */
export function numberIn({ bytes, start, end }: CopyCells, kind: CellKind): number {
  switch (kind) {
    case 'integer':
    case 'decimal':
      return parseNumber(bytes, start, end, false)
    case 'float':
      return parseNumber(bytes, start, end, true)
    case 'date':
      return dateSerial(bytes, start, end)
    case 'time':
      return timeSerial(bytes, start, end)
    case 'timestamp':
      return timestampSerial(bytes, start, end)
    case 'text':
    case 'boolean':
      return Number.NaN
    default:
      throw new TypeError(`No such kind of cell: ${kind satisfies never}`)
  }
}

const letterT = 0x74
const letterF = 0x66

/** The boolean, or undefined when the cell does not say `t` or `f`. */
export function booleanIn({ bytes, start, end }: CopyCells): boolean | undefined {
  if (end - start !== 1) return undefined
  if (bytes[start] === letterT) return true
  return bytes[start] === letterF ? false : undefined
}

/** How the cell's number is shown. Integers have a format: General shows 123456789012 as 1.23457E+11. */
export function numberStyle({ bytes, start, end }: CopyCells, kind: CellKind): number {
  switch (kind) {
    case 'integer':
      return xf.integer
    case 'date':
      return xf.date
    case 'time':
      return hasMilliseconds(bytes, start + 8, end) ? xf.timeMs : xf.time
    case 'timestamp':
      return hasMilliseconds(bytes, start + 19, end) ? xf.timestampMs : xf.timestamp
    default:
      return xf.general
  }
}

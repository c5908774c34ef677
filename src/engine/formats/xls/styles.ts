import { flagAndCharacters, record, u8, u16, u32 } from './record.ts'

/** Cell XFs follow 15 style XFs, which Excel expects first. @see [MS-XLS] 2.5.282 XFIndex */
const styleXfs = 15
export const xf = {
  general: 15,
  header: 16,
  integer: 17,
  date: 18,
  timestamp: 19,
  timestampMs: 20,
  time: 21,
  timeMs: 22,
} as const

// Own formats begin at 164; of the built-in ones only the first few are the same in every country.
const formats = { integer: 1, date: 164, timestamp: 165, timestampMs: 166, time: 167, timeMs: 168 } as const

// The font index 4 does not exist: the fifth font is number 5. @see [MS-XLS] 2.5.129 FontIndex
const boldFont = 5

/** The first format of a column's own, and the XF that shows it. */
const firstOwnFormat = 169
const firstOwnXf = 23

/** The XF of a column that has a format of its own. @param ownFormats all of the workbook, each once */
export function ownXf(format: string, ownFormats: readonly string[]): number {
  return firstOwnXf + ownFormats.indexOf(format)
}

/** Fonts, number formats, cell formats and the style Normal. @see [MS-XLS] 2.1.7.20.3 FORMATTING */
export function styleRecords(ownFormats: readonly string[]): Buffer {
  const regular = fontRecord(400)
  return Buffer.concat([
    regular,
    regular,
    regular,
    regular,
    fontRecord(700),
    formatRecord(formats.date, 'yyyy\\-mm\\-dd'),
    formatRecord(formats.timestamp, 'yyyy\\-mm\\-dd\\ hh:mm:ss'),
    formatRecord(formats.timestampMs, 'yyyy\\-mm\\-dd\\ hh:mm:ss.000'),
    formatRecord(formats.time, 'hh:mm:ss'),
    formatRecord(formats.timeMs, 'hh:mm:ss.000'),
    ...ownFormats.map((code, index) => formatRecord(firstOwnFormat + index, code)),
    ...Array.from({ length: styleXfs }, (_, i) => styleXfRecord(i === 0 ? 0 : 0xf4)),
    cellXfRecord(0, 0),
    cellXfRecord(boldFont, 0),
    cellXfRecord(0, formats.integer),
    cellXfRecord(0, formats.date),
    cellXfRecord(0, formats.timestamp),
    cellXfRecord(0, formats.timestampMs),
    cellXfRecord(0, formats.time),
    cellXfRecord(0, formats.timeMs),
    ...ownFormats.map((_, index) => cellXfRecord(0, firstOwnFormat + index)),
    // XF 0 is the built-in style 0, "Normal". @see [MS-XLS] 2.4.269 Style
    record('style', u16(0x8000), u8(0, 0xff)),
  ])
}

/** Arial 10, the default of Excel 97–2003, in a weight. @see [MS-XLS] 2.4.122 Font */
function fontRecord(weight: 400 | 700): Buffer {
  const name = 'Arial'
  const automaticColor = 0x7fff
  return record(
    'font',
    u16(10 * 20, 0, automaticColor, weight, 0),
    u8(0, 0, 0, 0, name.length),
    flagAndCharacters(name),
  )
}

/** @see [MS-XLS] 2.4.126 Format */
function formatRecord(id: number, code: string): Buffer {
  return record('format', u16(id, code.length), flagAndCharacters(code))
}

const locked = 0x0001
const isStyle = 0x0004
const noParent = 0xfff0
const alignment = u8(0x20, 0, 0) // at the bottom, not rotated, not indented
const plainCell = Buffer.concat([u32(0, 0), u16(0x20c0)]) // no borders, no fill

/** `unused` says which groups of attributes the style leaves alone. @see [MS-XLS] 2.4.353 XF, 2.5.249 StyleXF */
function styleXfRecord(unused: number): Buffer {
  return record('xf', u16(0, 0, noParent | isStyle | locked), alignment, u8(unused), plainCell)
}

/** @see [MS-XLS] 2.4.353 XF, 2.5.20 CellXF */
function cellXfRecord(font: number, format: number): Buffer {
  const differs = (format === 0 ? 0 : 0x04) | (font === 0 ? 0 : 0x08)
  return record('xf', u16(font, format, locked), alignment, u8(differs), plainCell)
}

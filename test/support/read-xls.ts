import CFB from 'cfb'

/**
 * A small, strict reader of the BIFF8 that Excel 97–2003 wrote: whatever [MS-XLS] demands of lengths,
 * offsets and order it asserts, where real readers shrug. The container is read by the package cfb.
 */
export interface XlsSheet {
  readonly name: string
  /** Rows by index, cells by column; a missing cell is undefined. */
  readonly rows: readonly (readonly (XlsCell | undefined)[])[]
  /** Rows that stay in sight above the pane. */
  readonly frozenRows: number
}

export interface XlsCell {
  readonly type: 'text' | 'number' | 'boolean'
  readonly value: string | number | boolean
  /** The number format's code, `General` for none. */
  readonly format: string
  readonly bold: boolean
}

interface BiffRecord {
  readonly at: number
  readonly type: number
  readonly data: Buffer
}

interface Look {
  readonly format: string
  readonly bold: boolean
}

export function readXls(file: Buffer): XlsSheet[] {
  const stream = workbookStream(file)
  const globals = substream(stream, 0, 0x0005)
  const strings = readSharedStrings(stream, globals)
  const looks = readLooks(globals)
  return globals
    .filter((record) => record.type === 0x0085)
    .map(({ data }) => {
      const name = data.toString(data[7] === 1 ? 'utf16le' : 'latin1', 8)
      check(data[6] === name.length && name.length <= 31, 'BOUNDSHEET: length of the name')
      return readSheet(name, stream, data.readUInt32LE(0), strings, looks)
    })
}

/** The stream in the container, as the package cfb finds it. */
export function workbookStream(file: Buffer): Buffer {
  check(file.length % 512 === 0, 'the file is not made of whole sectors')
  const entry = CFB.find(CFB.read(file, { type: 'buffer' }), 'Workbook')
  check(entry !== null, 'no stream Workbook')
  return Buffer.from(entry!.content as Uint8Array)
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`Broken .xls: ${what}`)
}

function substream(stream: Buffer, start: number, type: number): BiffRecord[] {
  const records: BiffRecord[] = []
  for (let at = start; ; ) {
    check(at + 4 <= stream.length, 'a substream has no EOF')
    const length = stream.readUInt16LE(at + 2)
    check(length <= 8224, `a record of ${length} bytes at ${at}`)
    const record = { at, type: stream.readUInt16LE(at), data: stream.subarray(at + 4, at + 4 + length) }
    records.push(record)
    at += 4 + length
    if (record.type === 0x000a) break
  }
  const bof = records[0]!
  check(bof.type === 0x0809 && bof.data.readUInt16LE(0) === 0x0600, `no BIFF8 BOF at ${start}`)
  check(bof.data.readUInt16LE(2) === type, `not a substream of type ${type} at ${start}`)
  return records
}

function readSharedStrings(stream: Buffer, globals: readonly BiffRecord[]): string[] {
  const first = globals.findIndex((record) => record.type === 0x00fc)
  let last = first
  while (globals[last + 1]!.type === 0x003c) last++
  const pieces = globals.slice(first, last + 1)
  const count = pieces[0]!.data.readUInt32LE(4)
  const positions: number[] = []
  const strings: string[] = []
  let piece = 0
  let at = 8
  const nextPiece = () => {
    check(at === pieces[piece]!.data.length, 'SST: bytes are left over in a record')
    piece++
    at = 0
  }
  while (strings.length < count) {
    if (at === pieces[piece]!.data.length) nextPiece()
    let { data } = pieces[piece]!
    check(at + 3 <= data.length, 'SST: a header is split')
    positions.push(pieces[piece]!.at + 4 + at)
    const length = data.readUInt16LE(at)
    let flags = data[at + 2]!
    check((flags & ~1) === 0, 'SST: rich or phonetic text')
    at += 3
    let text = ''
    for (;;) {
      const width = flags === 1 ? 2 : 1
      const end = Math.min(data.length, at + (length - text.length) * width)
      check((end - at) % width === 0, 'SST: a character is split')
      text += data.toString(width === 2 ? 'utf16le' : 'latin1', at, end)
      at = end
      if (text.length === length) break
      nextPiece()
      data = pieces[piece]!.data
      flags = data[at++]!
      check((flags & ~1) === 0, 'CONTINUE: fHighByte')
    }
    strings.push(text)
  }
  nextPiece()
  check(piece === pieces.length, 'SST: records are left over')
  check(new Set(strings).size === strings.length, 'SST: a text stands twice')
  checkBuckets(stream, globals[last + 1]!, positions)
  return strings
}

function checkBuckets(stream: Buffer, extSst: BiffRecord, positions: readonly number[]): void {
  check(extSst.type === 0x00ff, 'EXTSST does not follow the SST')
  const size = extSst.data.readUInt16LE(0)
  check(extSst.data.length === 2 + 8 * Math.ceil(positions.length / size), 'EXTSST: number of buckets')
  for (let i = 0; i * size < positions.length; i++) {
    const position = extSst.data.readUInt32LE(2 + 8 * i)
    check(position === positions[i * size], `EXTSST: bucket ${i}`)
    const type = stream.readUInt16LE(position - extSst.data.readUInt16LE(6 + 8 * i))
    check(type === 0x00fc || type === 0x003c, `EXTSST: record of bucket ${i}`)
  }
}

function readLooks(globals: readonly BiffRecord[]): Look[] {
  const data = (type: number) => globals.filter((record) => record.type === type).map((record) => record.data)
  const bolds = data(0x0031).map((font) => font.readUInt16LE(6) >= 700)
  bolds.splice(4, 0, false) // the font index 4 does not exist
  const formats = new Map(
    // The fifth byte says whether a character has two.
    data(0x041e).map((format) => [
      format.readUInt16LE(0),
      format.toString(format[4] === 1 ? 'utf16le' : 'latin1', 5),
    ]),
  )
  formats.set(1, '0') // built-in
  return data(0x00e0).map((xf) => ({
    format: formats.get(xf.readUInt16LE(2)) ?? 'General',
    bold: bolds[xf.readUInt16LE(0)]!,
  }))
}

function readSheet(
  name: string,
  stream: Buffer,
  start: number,
  strings: readonly string[],
  looks: readonly Look[],
): XlsSheet {
  const records = substream(stream, start, 0x0010)
  checkIndex(stream, records)
  const rows: (XlsCell | undefined)[][] = []
  let frozenRows = 0
  for (const { type, data } of records) {
    if (type === 0x0208) rows[data.readUInt16LE(0)] = []
    else if (type === 0x0041) frozenRows = data.readUInt16LE(2)
    else {
      const cell = valueOfRecord(type, data, strings)
      if (!cell) continue
      const row = rows[data.readUInt16LE(0)]
      const column = data.readUInt16LE(2)
      check(row !== undefined && row.length <= column, 'cells are out of order')
      row![column] = { ...cell, ...looks[data.readUInt16LE(4)]! }
    }
  }
  const dimensions = records.find((record) => record.type === 0x0200)!.data
  check(dimensions.readUInt32LE(4) === rows.length, 'DIMENSIONS: rows')
  return { name, rows, frozenRows }
}

function valueOfRecord(
  type: number,
  data: Buffer,
  strings: readonly string[],
): Pick<XlsCell, 'type' | 'value'> | undefined {
  switch (type) {
    case 0x00fd: {
      const index = data.readUInt32LE(6)
      check(index < strings.length, 'LABELSST: index')
      return { type: 'text', value: strings[index]! }
    }
    case 0x0203:
      return { type: 'number', value: data.readDoubleLE(6) }
    case 0x027e: {
      const rk = data.readInt32LE(6)
      check((rk & 2) === 2, 'RK: not an integer')
      return { type: 'number', value: rk & 1 ? (rk >> 2) / 100 : rk >> 2 }
    }
    case 0x0205:
      check(data[7] === 0, 'BOOLERR: an error')
      return { type: 'boolean', value: data[6] === 1 }
    default:
      return undefined
  }
}

/** INDEX points to every DBCELL, and each DBCELL to its first ROW and to every row's first cell. */
function checkIndex(stream: Buffer, records: readonly BiffRecord[]): void {
  const index = records[1]!
  check(index.type === 0x020b, 'INDEX does not follow BOF')
  const dbCells = records.filter((record) => record.type === 0x00d7)
  check(index.data.length === 16 + 4 * dbCells.length, 'INDEX: number of blocks')
  check(stream.readUInt16LE(index.data.readUInt32LE(12)) === 0x0055, 'INDEX: DEFCOLWIDTH')
  for (const [i, dbCell] of dbCells.entries()) {
    check(index.data.readUInt32LE(16 + 4 * i) === dbCell.at, `INDEX: block ${i}`)
    const firstRow = dbCell.at - dbCell.data.readUInt32LE(0)
    let at = firstRow + 20
    for (let row = 0; 4 + 2 * row < dbCell.data.length; row++) {
      at += dbCell.data.readUInt16LE(4 + 2 * row)
      checkRow(stream, firstRow + 20 * row, 32 * i + row, at)
    }
  }
}

function checkRow(stream: Buffer, at: number, row: number, firstCell: number): void {
  check(stream.readUInt16LE(at) === 0x0208, `DBCELL: no ROW at ${at}`)
  check(stream.readUInt16LE(at + 4) === row, `ROW ${row}: number`)
  const hasCells = stream.readUInt16LE(at + 8) > 0
  if (!hasCells) return
  check(stream.readUInt16LE(firstCell + 4) === row, `DBCELL: first cell of row ${row}`)
  check(stream.readUInt16LE(firstCell + 6) === stream.readUInt16LE(at + 6), `ROW ${row}: first column`)
}

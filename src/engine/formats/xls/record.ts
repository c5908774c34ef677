/** A record's data; longer data goes on in CONTINUE records. @see [MS-XLS] 2.1.4 */
export const maxRecordBytes = 8224

/** Record types that are written. @see [MS-XLS] 2.3.2 */
export const recordType = {
  eof: 0x000a,
  calcCount: 0x000c,
  calcMode: 0x000d,
  calcPrecision: 0x000e,
  calcRefMode: 0x000f,
  calcDelta: 0x0010,
  calcIter: 0x0011,
  protect: 0x0012,
  password: 0x0013,
  header: 0x0014,
  footer: 0x0015,
  winProtect: 0x0019,
  selection: 0x001d,
  date1904: 0x0022,
  printRowCol: 0x002a,
  printGrid: 0x002b,
  font: 0x0031,
  continue: 0x003c,
  window1: 0x003d,
  backup: 0x0040,
  pane: 0x0041,
  codePage: 0x0042,
  defColWidth: 0x0055,
  writeAccess: 0x005c,
  calcSaveRecalc: 0x005f,
  colInfo: 0x007d,
  guts: 0x0080,
  wsBool: 0x0081,
  gridSet: 0x0082,
  hCenter: 0x0083,
  vCenter: 0x0084,
  boundSheet: 0x0085,
  country: 0x008c,
  hideObj: 0x008d,
  setup: 0x00a1,
  mms: 0x00c1,
  dbCell: 0x00d7,
  bookBool: 0x00da,
  xf: 0x00e0,
  interfaceHdr: 0x00e1,
  interfaceEnd: 0x00e2,
  sst: 0x00fc,
  labelSst: 0x00fd,
  extSst: 0x00ff,
  rrTabId: 0x013d,
  usesElfs: 0x0160,
  dsf: 0x0161,
  prot4Rev: 0x01af,
  refreshAll: 0x01b7,
  prot4RevPass: 0x01bc,
  dimensions: 0x0200,
  number: 0x0203,
  boolErr: 0x0205,
  row: 0x0208,
  index: 0x020b,
  defaultRowHeight: 0x0225,
  window2: 0x023e,
  rk: 0x027e,
  style: 0x0293,
  format: 0x041e,
  bof: 0x0809,
} as const

export type RecordName = keyof typeof recordType

/** A whole record: type and length (2 bytes each), then its data. @see [MS-XLS] 2.1.4 */
export function record(name: RecordName, ...data: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(data)
  return Buffer.concat([u16(recordType[name], body.length), body])
}

export function u8(...values: readonly number[]): Buffer {
  return Buffer.from(values)
}

export function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, i * 2)
  return bytes
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, i * 4)
  return bytes
}

export function f64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

/** fHighByte and the characters, as every unicode string of BIFF8 ends. @see [MS-XLS] 2.5.294 */
export function flagAndCharacters(text: string): Buffer {
  const isWide = /[\u0100-\uffff]/.test(text)
  return Buffer.concat([u8(isWide ? 1 : 0), Buffer.from(text, isWide ? 'utf16le' : 'latin1')])
}

import { flagAndCharacters, record, u8, u16, u32 } from './record.ts'
import { bofRecord } from './sheet-records.ts'
import { styleRecords } from './styles.ts'

const utf16CodePage = 1200

/**
 * The workbook globals up to the names of the sheets: what holds for all sheets.
 * @param ownFormats of columns, each once
 * @see [MS-XLS] 2.1.7.20.3 Globals Substream
 */
export function globalsHead(sheets: number, ownFormats: readonly string[]): Buffer {
  return Buffer.concat([
    bofRecord('globals'),
    record('interfaceHdr', u16(utf16CodePage)),
    record('mms', u8(0, 0)),
    record('interfaceEnd'),
    writeAccessRecord('Sluice'),
    record('codePage', u16(utf16CodePage)),
    record('dsf', u16(0)),
    record('rrTabId', u16(...Array.from({ length: sheets }, (_, i) => i + 1))),
    record('winProtect', u16(0)),
    record('protect', u16(0)),
    record('password', u16(0)),
    record('prot4Rev', u16(0)),
    record('prot4RevPass', u16(0)),
    // Place and size of the window in twips, tabs and scroll bars shown, sheet 0 in front.
    record('window1', u16(0, 0, 0x4000, 0x2000, 0x0038, 0, 0, 1, 600)),
    record('backup', u16(0)),
    record('hideObj', u16(0)),
    record('date1904', u16(0)),
    record('calcPrecision', u16(1)),
    record('refreshAll', u16(0)),
    record('bookBool', u16(0)),
    styleRecords(ownFormats),
    record('usesElfs', u16(0)),
  ])
}

/** @see [MS-XLS] 2.4.28 BoundSheet8 */
export function boundSheetRecord(name: string, position: number): Buffer {
  return record('boundSheet', u32(position), u16(0), u8(name.length), flagAndCharacters(name))
}

/** @see [MS-XLS] 2.4.63 Country */
export function countryRecord(): Buffer {
  return record('country', u16(1, 1))
}

/** Who wrote the file, padded with spaces to 112 bytes. @see [MS-XLS] 2.4.349 WriteAccess */
function writeAccessRecord(name: string): Buffer {
  const data = Buffer.alloc(112, ' ')
  data.writeUInt16LE(name.length, 0)
  data[2] = 0
  data.write(name, 3, 'latin1')
  return record('writeAccess', data)
}

/**
 * The container of .xls: a file of 512-byte sectors with one stream. Header and trailer are made once
 * the stream's length is known, so the stream itself passes through without a copy.
 * (The package cfb copies it twice: 825 MB of memory for a stream of 256 MB; this needs 2 MB.)
 *
 * Order of sectors: the stream, the directory, the FAT, the DIFAT. @see [MS-CFB] 2.1 to 2.6
 */
const sectorBytes = 512
const entriesPerSector = sectorBytes / 4

/** A shorter stream would have to lie in the mini stream. @see [MS-CFB] 2.2 Mini Stream Cutoff Size */
const miniStreamCutoff = 4096

const freeSector = 0xffffffff
const endOfChain = 0xfffffffe
const fatSector = 0xfffffffd
const difatSector = 0xfffffffc
const noStream = 0xffffffff

/** FAT sectors that the header itself lists. @see [MS-CFB] 2.5 */
const headerDifatEntries = 109

interface Layout {
  /** Length of the stream as the directory says: a short one is padded with zeros. */
  readonly streamBytes: number
  readonly streamSectors: number
  readonly fatSectors: number
  readonly difatSectors: number
}

/** What stands before and after a stream of `length` bytes. The trailer begins with its padding. */
export function compoundFile(streamName: string, length: number): { header: Buffer; trailer: Buffer } {
  const layout = layoutOf(length)
  const padding = Buffer.alloc(layout.streamSectors * sectorBytes - length)
  const directory = directorySector(streamName, layout)
  return {
    header: headerOf(layout),
    trailer: Buffer.concat([padding, directory, fatOf(layout), difatOf(layout)]),
  }
}

function layoutOf(length: number): Layout {
  const streamBytes = Math.max(length, miniStreamCutoff)
  const streamSectors = Math.ceil(streamBytes / sectorBytes)
  let fatSectors = 0
  let difatSectors = 0
  // The FAT lists its own sectors too: grow until everything has its entry.
  while (streamSectors + 1 + fatSectors + difatSectors > fatSectors * entriesPerSector) {
    fatSectors++
    difatSectors = Math.ceil(Math.max(0, fatSectors - headerDifatEntries) / (entriesPerSector - 1))
  }
  return { streamBytes, streamSectors, fatSectors, difatSectors }
}

function firstFatSector(layout: Layout): number {
  return layout.streamSectors + 1
}

function firstDifatSector(layout: Layout): number {
  return firstFatSector(layout) + layout.fatSectors
}

/** @see [MS-CFB] 2.2 Compound File Header */
function headerOf(layout: Layout): Buffer {
  const header = Buffer.alloc(sectorBytes)
  header.write('d0cf11e0a1b11ae1', 0, 'hex')
  header.writeUInt16LE(0x003e, 24) // minor version
  header.writeUInt16LE(3, 26) // major version
  header.writeUInt16LE(0xfffe, 28) // little endian
  header.writeUInt16LE(9, 30) // sectors of 2^9 bytes
  header.writeUInt16LE(6, 32) // mini sectors of 2^6 bytes
  header.writeUInt32LE(layout.fatSectors, 44)
  header.writeUInt32LE(layout.streamSectors, 48) // the directory
  header.writeUInt32LE(miniStreamCutoff, 56)
  header.writeUInt32LE(endOfChain, 60) // no mini FAT
  header.writeUInt32LE(layout.difatSectors === 0 ? endOfChain : firstDifatSector(layout), 68)
  header.writeUInt32LE(layout.difatSectors, 72)
  for (let i = 0; i < headerDifatEntries; i++) {
    header.writeUInt32LE(i < layout.fatSectors ? firstFatSector(layout) + i : freeSector, 76 + 4 * i)
  }
  return header
}

/** Of each sector the next one of its chain. @see [MS-CFB] 2.3 */
function fatOf(layout: Layout): Buffer {
  const fat = Buffer.alloc(layout.fatSectors * sectorBytes, 0xff)
  const directory = layout.streamSectors
  for (let i = 0; i < directory - 1; i++) fat.writeUInt32LE(i + 1, 4 * i)
  fat.writeUInt32LE(endOfChain, 4 * (directory - 1))
  fat.writeUInt32LE(endOfChain, 4 * directory)
  const firstDifat = firstDifatSector(layout)
  for (let i = firstFatSector(layout); i < firstDifat; i++) fat.writeUInt32LE(fatSector, 4 * i)
  for (let i = 0; i < layout.difatSectors; i++) fat.writeUInt32LE(difatSector, 4 * (firstDifat + i))
  return fat
}

/** The FAT sectors beyond the header's 109; each sector ends with the next one's number. @see [MS-CFB] 2.5 */
function difatOf(layout: Layout): Buffer {
  const difat = Buffer.alloc(layout.difatSectors * sectorBytes, 0xff)
  for (let i = headerDifatEntries; i < layout.fatSectors; i++) {
    const entry = i - headerDifatEntries
    const links = Math.floor(entry / (entriesPerSector - 1))
    difat.writeUInt32LE(firstFatSector(layout) + i, 4 * (entry + links))
  }
  for (let i = 0; i < layout.difatSectors; i++) {
    const isLast = i === layout.difatSectors - 1
    difat.writeUInt32LE(isLast ? endOfChain : firstDifatSector(layout) + i + 1, (i + 1) * sectorBytes - 4)
  }
  return difat
}

/** One sector of four entries: the root, the stream, two unused. @see [MS-CFB] 2.6.1 */
function directorySector(streamName: string, layout: Layout): Buffer {
  const root = directoryEntry('Root Entry', 5, { child: 1, start: endOfChain, bytes: 0 })
  // Excel.Sheet.8, by which Windows and `file` know the program.
  root.write('2008020000000000c000000000000046', 80, 'hex')
  const stream = directoryEntry(streamName, 2, { child: noStream, start: 0, bytes: layout.streamBytes })
  const unused = Buffer.alloc(128)
  unused.fill(0xff, 68, 80)
  return Buffer.concat([root, stream, unused, unused])
}

function directoryEntry(
  name: string,
  type: 2 | 5,
  { child, start, bytes }: { child: number; start: number; bytes: number },
): Buffer {
  const entry = Buffer.alloc(128)
  const nameBytes = entry.write(name, 0, 'utf16le')
  entry.writeUInt16LE(nameBytes + 2, 64)
  entry[66] = type
  entry[67] = 1 // black
  entry.writeUInt32LE(noStream, 68)
  entry.writeUInt32LE(noStream, 72)
  entry.writeUInt32LE(child, 76)
  // No times: the same rows give the same bytes.
  entry.writeUInt32LE(start, 116)
  entry.writeUInt32LE(bytes, 120)
  return entry
}

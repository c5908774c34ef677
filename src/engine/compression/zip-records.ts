/** The fixed records of a ZIP archive, as bytes. Section numbers are those of PKWARE's APPNOTE 6.3.10. */

/** How an entry's header and descriptor say its sizes. */
export type Sizes =
  /** In the local header: they were known before it was written. No descriptor. */
  | 'header'
  /** In a descriptor after the data, 4 bytes each: they were promised to stay below 4 GiB. */
  | 'descriptor32'
  /** In a descriptor after the data, 8 bytes each, which a Zip64 field in the local header announces. */
  | 'descriptor64'

export interface ZipRecord {
  readonly name: Buffer
  readonly modifiedAt: Date
  readonly method: 'stored' | 'deflated'
  readonly sizes: Sizes
  readonly crc32: number
  readonly rawBytes: number
  readonly packedBytes: number
  /** Where the local header begins in the archive. */
  readonly offset: number
}

/** What a 32-bit field says when its value is in a Zip64 field, and so the first value it cannot say. */
export const beyond32 = 0xffffffff
const beyond16 = 0xffff

const versionDeflate = 20
const versionZip64 = 45
/** Made by: Unix, which gives the external attributes their meaning (4.4.2). */
const unix = 3
/** A regular file, rw-r--r--. */
const regularFile = 0o100644
const hasDescriptor = 1 << 3
const utf8Name = 1 << 11
const zip64Field = 0x0001

/** 4.3.7. With a descriptor the checksum is 0 here, and so are sizes, but for Zip64's mark (4.4.4). */
export function localHeader(record: ZipRecord): Buffer {
  const known = record.sizes === 'header'
  const zip64 = record.sizes === 'descriptor64'
  // Both sizes, 0: what Info-ZIP's zip and Python's zipfile write when they stream. Streaming readers
  // (Archive Utility, bsdtar) tell the descriptor's width by this field and fail without it.
  const extra = zip64 ? zip64Extra([0, 0]) : Buffer.alloc(0)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(zip64 ? versionZip64 : versionDeflate, 4)
  writeShared(header, 6, record)
  header.writeUInt32LE(known ? record.crc32 : 0, 14)
  header.writeUInt32LE(known ? record.packedBytes : zip64 ? beyond32 : 0, 18)
  header.writeUInt32LE(known ? record.rawBytes : zip64 ? beyond32 : 0, 22)
  header.writeUInt16LE(record.name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, record.name, extra])
}

/** 4.3.9, with the customary signature. */
export function dataDescriptor(record: ZipRecord): Buffer {
  const wide = record.sizes === 'descriptor64'
  const descriptor = Buffer.alloc(wide ? 24 : 16)
  descriptor.writeUInt32LE(0x08074b50, 0)
  descriptor.writeUInt32LE(record.crc32, 4)
  if (wide) {
    descriptor.writeBigUInt64LE(BigInt(record.packedBytes), 8)
    descriptor.writeBigUInt64LE(BigInt(record.rawBytes), 16)
  } else {
    descriptor.writeUInt32LE(record.packedBytes, 8)
    descriptor.writeUInt32LE(record.rawBytes, 12)
  }
  return descriptor
}

/** 4.3.12. Its Zip64 field (4.5.3) holds those values, and only those, that 32 bits cannot say. */
export function centralHeader(record: ZipRecord): Buffer {
  const { rawBytes, packedBytes, offset } = record
  const large = [rawBytes, packedBytes, offset].filter((value) => value >= beyond32)
  const extra = large.length > 0 ? zip64Extra(large) : Buffer.alloc(0)
  const zip64 = large.length > 0 || record.sizes === 'descriptor64'
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt8(versionZip64, 4)
  header.writeUInt8(unix, 5)
  header.writeUInt16LE(zip64 ? versionZip64 : versionDeflate, 6)
  writeShared(header, 8, record)
  header.writeUInt32LE(record.crc32, 16)
  header.writeUInt32LE(Math.min(packedBytes, beyond32), 20)
  header.writeUInt32LE(Math.min(rawBytes, beyond32), 24)
  header.writeUInt16LE(record.name.length, 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt32LE(regularFile * 2 ** 16, 38)
  header.writeUInt32LE(Math.min(offset, beyond32), 42)
  return Buffer.concat([header, record.name, extra])
}

/**
 * 4.3.16, after 4.3.14 and 4.3.15 only where a number needs them: Excel repairs and LibreOffice refuses
 * a workbook that has them for nothing (sharpcompress #601).
 */
export function endOfCentralDirectory(entries: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(entries, beyond16), 8)
  end.writeUInt16LE(Math.min(entries, beyond16), 10)
  end.writeUInt32LE(Math.min(bytes, beyond32), 12)
  end.writeUInt32LE(Math.min(offset, beyond32), 16)
  if (entries < beyond16 && bytes < beyond32 && offset < beyond32) return end

  const record = Buffer.alloc(56)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(44n, 4)
  record.writeUInt8(versionZip64, 12)
  record.writeUInt8(unix, 13)
  // Exactly 4.5: Excel refuses a higher "version needed" (zip-rs #388).
  record.writeUInt16LE(versionZip64, 14)
  record.writeBigUInt64LE(BigInt(entries), 24)
  record.writeBigUInt64LE(BigInt(entries), 32)
  record.writeBigUInt64LE(BigInt(bytes), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([record, locator, end])
}

/** The eight bytes from the flags to the date, which both headers have alike (4.4.4 to 4.4.6). */
function writeShared(header: Buffer, at: number, record: ZipRecord): void {
  header.writeUInt16LE(utf8Name | (record.sizes === 'header' ? 0 : hasDescriptor), at)
  header.writeUInt16LE(record.method === 'deflated' ? 8 : 0, at + 2)
  const { time, date } = dosTime(record.modifiedAt)
  header.writeUInt16LE(time, at + 4)
  header.writeUInt16LE(date, at + 6)
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length)
  extra.writeUInt16LE(zip64Field, 0)
  extra.writeUInt16LE(8 * values.length, 2)
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index)
  return extra
}

/** MS-DOS time of two seconds' precision, in UTC (the format has no zone), within 1980 to 2107. */
function dosTime(instant: Date): { time: number; date: number } {
  const year = instant.getUTCFullYear()
  if (!(year >= 1980)) return { time: 0, date: (1 << 5) | 1 }
  if (year > 2107) return { time: (23 << 11) | (59 << 5) | 29, date: (127 << 9) | (12 << 5) | 31 }
  return {
    time: (instant.getUTCHours() << 11) | (instant.getUTCMinutes() << 5) | (instant.getUTCSeconds() >> 1),
    date: ((year - 1980) << 9) | ((instant.getUTCMonth() + 1) << 5) | instant.getUTCDate(),
  }
}

import { crc32, inflateRawSync } from 'node:zlib'

export interface ReadEntry {
  readonly name: string
  readonly bytes: Buffer
  /** Without a zone, as the archive has it. */
  readonly modifiedAt: string
  readonly local: { readonly version: number; readonly descriptor: number; readonly zip64: boolean }
}

/**
 * A small ZIP reader, written from the APPNOTE and not from the writer: goes by the central directory, and
 * checks that local headers, descriptors and checksums say the same. Neither Zip64 offsets nor counts.
 */
export function readZip(archive: Buffer): ReadEntry[] {
  const end = archive.length - 22
  expectSignature(archive, end, 0x06054b50)
  const count = archive.readUInt16LE(end + 10)
  let at = archive.readUInt32LE(end + 16)
  if (at + archive.readUInt32LE(end + 12) !== end)
    throw new Error('The directory does not reach to its end record')
  const entries: ReadEntry[] = []
  let expected = 0
  for (let index = 0; index < count; index++) {
    expectSignature(archive, at, 0x02014b50)
    const flags = archive.readUInt16LE(at + 8)
    const method = archive.readUInt16LE(at + 10)
    const [time, date] = [archive.readUInt16LE(at + 12), archive.readUInt16LE(at + 14)]
    const [sum, packed, raw] = [16, 20, 24].map((field) => archive.readUInt32LE(at + field)) as [
      number,
      number,
      number,
    ]
    const nameLength = archive.readUInt16LE(at + 28)
    const extraLength = archive.readUInt16LE(at + 30)
    const offset = archive.readUInt32LE(at + 42)
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength)
    at += 46 + nameLength + extraLength
    if (extraLength > 0) throw new Error('A Zip64 field for values that fit into 32 bits')
    if (offset !== expected) throw new Error(`${name} does not follow the entry before it`)

    expectSignature(archive, offset, 0x04034b50)
    const localExtra = archive.readUInt16LE(offset + 28)
    const start = offset + 30 + nameLength + localExtra
    const zip64 = localExtra > 0
    if (archive.toString('utf8', offset + 30, offset + 30 + nameLength) !== name)
      throw new Error('Names differ')
    if (archive.readUInt16LE(offset + 6) !== flags) throw new Error('Flags differ')
    const streamed = (flags & 8) !== 0
    const localSizes = [14, 18, 22].map((field) => archive.readUInt32LE(offset + field))
    const unknown = zip64 ? 0xffffffff : 0
    same(localSizes, streamed ? [0, unknown, unknown] : [sum, packed, raw])

    const after = start + packed
    if (streamed) {
      expectSignature(archive, after, 0x08074b50)
      const sizes = zip64
        ? [archive.readBigUInt64LE(after + 8), archive.readBigUInt64LE(after + 16)].map(Number)
        : [archive.readUInt32LE(after + 8), archive.readUInt32LE(after + 12)]
      same([archive.readUInt32LE(after + 4), ...sizes], [sum, packed, raw])
    }
    const descriptor = streamed ? (zip64 ? 24 : 16) : 0
    expected = after + descriptor

    const data = archive.subarray(start, after)
    const bytes = method === 8 ? inflateRawSync(data) : data
    same([bytes.length, crc32(bytes)], [raw, sum])
    const two = (value: number) => String(value).padStart(2, '0')
    const day = `${1980 + (date >> 9)}-${two((date >> 5) & 15)}-${two(date & 31)}`
    const modifiedAt = `${day}T${two(time >> 11)}:${two((time >> 5) & 63)}:${two((time & 31) * 2)}`
    entries.push({
      name,
      bytes,
      modifiedAt,
      local: { version: archive.readUInt16LE(offset + 4), descriptor, zip64 },
    })
  }
  return entries
}

function same(found: readonly number[], wanted: readonly number[]): void {
  if (String(found) !== String(wanted)) throw new Error(`Found ${found} where ${wanted} is right`)
}

function expectSignature(archive: Buffer, at: number, signature: number): void {
  if (archive.readUInt32LE(at) !== signature) throw new Error(`No ${signature.toString(16)} at ${at}`)
}

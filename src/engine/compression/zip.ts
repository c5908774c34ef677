import { compressionLevels } from '../../core/spec.ts'
import { type Deflated, deflateBlocks } from './deflate-blocks.ts'
import {
  beyond32,
  centralHeader,
  dataDescriptor,
  endOfCentralDirectory,
  localHeader,
  type Sizes,
  type ZipRecord,
} from './zip-records.ts'

export interface ZipEntry {
  /** A relative path with `/`, unique in the archive. Written as UTF-8, at most 65,535 bytes of it. */
  readonly name: string
  /** The content. May use a buffer again once the next chunk is asked for. */
  readonly bytes: AsyncIterable<Buffer>
  /** Written in UTC with two seconds' precision. */
  readonly modifiedAt: Date
  /**
   * A promise that neither the content nor its compressed form reaches 4 GiB. Default false. An entry
   * that does not fit into one block is announced with a Zip64 field unless this is set, for its size is
   * not known yet. Set it for the parts of an OOXML package: Excel refuses that field in them (minizip-ng
   * #894), and Java before 23 cannot stream an entry that has it. A broken promise ends the archive with
   * ZipEntryTooLarge rather than with a descriptor that does not say the truth.
   */
  readonly below4GiB?: boolean
}

export interface ZipOptions {
  /** zlib's level, 0 to 9. Default 6. */
  readonly level?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** An entry turned out to be 4 GiB or more although that was ruled out (`below4GiB`). */
export class ZipEntryTooLarge extends Error {
  override readonly name = 'ZipEntryTooLarge'
  constructor(entry: string) {
    super(`${entry} was to stay below 4 GiB and did not; the archive cannot say its size`)
  }
}

/**
 * A ZIP archive, written as a stream: one entry after the other, each read to its end before the next is
 * asked for; then the central directory, which is all that is kept (about 50 bytes and the name for each
 * entry). An entry of less than 1 MiB has its sizes in its local header; a longer one in a descriptor.
 * Zip64 is used where a size, an offset or the count (65,535) needs it. Equal entries give equal bytes.
 * Ending early closes the entry being read, then `entries`.
 * @throws TypeError for a name that is empty, absolute, leaves the archive, is too long or comes twice;
 * ZipEntryTooLarge; the signal's reason; the entries' own errors.
 * @see PKWARE APPNOTE 6.3.10
 */
export async function* zip(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  { level = compressionLevels.zip.usual, signal }: ZipOptions = {},
): AsyncGenerator<Buffer, void, void> {
  const directory: Buffer[] = []
  const names = new Set<string>()
  let offset = 0
  for await (const entry of entries) {
    const name = checkedName(entry.name, names)
    const record = yield* packed(entry, name, offset, { level, signal })
    offset = record.end
    directory.push(centralHeader(record))
  }
  const bytes = directory.reduce((sum, header) => sum + header.length, 0)
  for (let at = 0; at < directory.length; at += 1000) yield Buffer.concat(directory.slice(at, at + 1000))
  yield endOfCentralDirectory(directory.length, bytes, offset)
}

type Packed = ZipRecord & { readonly end: number }

/** Writes one entry, from its local header to its descriptor. */
async function* packed(
  entry: ZipEntry,
  name: Buffer,
  offset: number,
  options: { level: number; signal: AbortSignal | undefined },
): AsyncGenerator<Buffer, Packed, void> {
  const deflating = deflateBlocks(entry.bytes, options)
  try {
    // Deflated data has at least one chunk; when it has no second, all sizes are known already.
    const first = (await deflating.next()).value as Buffer
    const second = await deflating.next()
    const describe = (sizes: Sizes, of: Deflated | undefined): ZipRecord => ({
      name,
      modifiedAt: entry.modifiedAt,
      method: of?.rawBytes === 0 ? 'stored' : 'deflated',
      sizes,
      crc32: of?.crc32 ?? 0,
      rawBytes: of?.rawBytes ?? 0,
      packedBytes: of && of.rawBytes > 0 ? of.deflatedBytes : 0,
      offset,
    })

    if (second.done) {
      const record = describe('header', second.value)
      const header = localHeader(record)
      yield header
      if (record.method === 'deflated') yield first
      return { ...record, end: offset + header.length + record.packedBytes }
    }

    const sizes = entry.below4GiB ? 'descriptor32' : 'descriptor64'
    const header = localHeader(describe(sizes, undefined))
    yield header
    yield first
    yield second.value
    const record = describe(sizes, yield* deflating)
    if (entry.below4GiB && Math.max(record.rawBytes, record.packedBytes) >= beyond32) {
      throw new ZipEntryTooLarge(entry.name)
    }
    const descriptor = dataDescriptor(record)
    yield descriptor
    return { ...record, end: offset + header.length + record.packedBytes + descriptor.length }
  } finally {
    await deflating.return(undefined as never)
  }
}

function checkedName(name: string, taken: Set<string>): Buffer {
  const bytes = Buffer.from(name, 'utf8')
  const steps = name.split('/')
  if (name === '' || bytes.length > 0xffff)
    throw new TypeError('A ZIP entry needs a name of 1 to 65,535 bytes')
  if (/[\\\0]/.test(name) || steps.some((step) => step === '' || step === '.' || step === '..')) {
    throw new TypeError(`A ZIP entry's name must be a plain relative path: ${JSON.stringify(name)}`)
  }
  if (taken.has(name))
    throw new TypeError(`A ZIP archive cannot have two entries named ${JSON.stringify(name)}`)
  taken.add(name)
  return bytes
}

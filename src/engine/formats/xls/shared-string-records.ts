import { ByteStore } from './byte-store.ts'
import { maxRecordBytes, record, recordType, u16, u32 } from './record.ts'
import type { SharedStrings } from './shared-strings.ts'

const recordHeaderBytes = 4
const textHeaderBytes = 3

/**
 * The SST record with its CONTINUE records, and EXTSST, without which Excel crashes on copying cells
 * to another program. Empties `strings`. `position` is where the SST will stand in the stream.
 * @see [MS-XLS] 2.4.265 SST, 2.4.58 Continue, 2.4.107 ExtSST, 2.5.167 ISSTInf
 */
export function sharedStringRecords(strings: SharedStrings, position: number): ByteStore {
  const out = new ContinuedRecords()
  out.write(u32(strings.references, strings.count))
  const textsPerBucket = Math.max(8, Math.floor(strings.count / 128) + 1)
  const buckets: Buffer[] = []
  let index = 0
  for (const chunk of strings.texts.drain()) {
    for (let at = 0; at < chunk.length; index++) {
      const characters = chunk.readUInt16LE(at)
      const width = chunk[at + 2] === 1 ? 2 : 1
      // The header stays whole, and beside at least one character: readers trip over a header alone.
      out.keepTogether(textHeaderBytes + (characters > 0 ? width : 0))
      if (index % textsPerBucket === 0) {
        buckets.push(u32(position + out.length), u16(out.offsetInRecord, 0))
      }
      out.write(chunk.subarray(at, at + textHeaderBytes))
      const end = at + textHeaderBytes + characters * width
      out.writeCharacters(chunk.subarray(at + textHeaderBytes, end), width)
      at = end
    }
  }
  const store = out.close()
  store.append(record('extSst', u16(textsPerBucket), ...buckets))
  return store
}

/** One SST record and as many CONTINUE records as its data needs. */
class ContinuedRecords {
  readonly #store = new ByteStore()
  readonly #current = Buffer.allocUnsafe(recordHeaderBytes + maxRecordBytes)
  #used = recordHeaderBytes
  #type: number = recordType.sst

  /** Bytes so far, record headers included. */
  get length(): number {
    return this.#store.length + this.#used
  }

  /** Where the next byte goes, counted from the start of its record. */
  get offsetInRecord(): number {
    return this.#used
  }

  keepTogether(bytes: number): void {
    if (this.#current.length - this.#used < bytes) this.#flush()
  }

  write(bytes: Buffer): void {
    bytes.copy(this.#current, this.#used)
    this.#used += bytes.length
  }

  /**
   * Characters are split between records only, never within; each CONTINUE that takes up a text starts
   * with that text's fHighByte. @see [MS-XLS] 2.5.293
   */
  writeCharacters(bytes: Buffer, width: 1 | 2): void {
    let at = 0
    for (;;) {
      const room = Math.floor((this.#current.length - this.#used) / width) * width
      const taken = Math.min(room, bytes.length - at)
      this.write(bytes.subarray(at, at + taken))
      at += taken
      if (at === bytes.length) return
      this.#flush()
      this.#current[this.#used++] = width - 1
    }
  }

  close(): ByteStore {
    this.#flush()
    return this.#store
  }

  #flush(): void {
    this.#current.writeUInt16LE(this.#type, 0)
    this.#current.writeUInt16LE(this.#used - recordHeaderBytes, 2)
    this.#store.append(this.#current.subarray(0, this.#used))
    this.#type = recordType.continue
    this.#used = recordHeaderBytes
  }
}

import { type FileHandle, open } from 'node:fs/promises'
import { magic } from './footer.ts'

/** A whole Parquet file, opened to be taken apart. */
export interface Part extends AsyncDisposable {
  /** Without length and magic. */
  readonly footer: Buffer
  /** What lies between the first magic and the footer, in blocks of 256 KiB. */
  content(): AsyncIterable<Buffer>
}

const blockBytes = 256 * 1024

/** The footer's length, four bytes little-endian, and the magic. */
const trailerBytes = 4 + magic.length

export async function openPart(path: string): Promise<Part> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const trailer = await read(file, size - trailerBytes, trailerBytes)
    const footerBytes = trailer.readUInt32LE(0)
    const end = size - trailerBytes - footerBytes
    return {
      footer: await read(file, end, footerBytes),
      async *content() {
        for (let at = magic.length; at < end; at += blockBytes) {
          yield await read(file, at, Math.min(blockBytes, end - at))
        }
      },
      [Symbol.asyncDispose]: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done)
    if (bytesRead === 0) throw new RangeError('A Parquet file ends early')
    done += bytesRead
  }
  return buffer
}

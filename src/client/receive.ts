import { backOff } from './back-off.ts'
import { createSha256 } from './create-sha256.ts'
import { SluiceClientError } from './errors.ts'
import { openBody } from './open-body.ts'

/** Broken connections in a row, with not one byte between them, after which a download gives up. */
const maxFailures = 6

/** What a download needs to know of a file. */
export interface RemoteFile {
  readonly url: string
  readonly bytes: number
  /** Of the bytes, lower-case hex. */
  readonly sha256: string
  /** Whose file it is, and which: with them an expired link is replaced by itself. */
  readonly exportId?: string | undefined
  readonly name?: string | undefined
}

export interface ReceiveOptions {
  readonly signal?: AbortSignal | undefined
  /** Called after every piece, with bytes. */
  readonly onProgress?: ((progress: { received: number; total: number }) => void) | undefined
  /** Asks for a fresh link when the one in use has expired. Left out: the download fails then. */
  readonly freshUrl?: ((signal: AbortSignal | undefined) => Promise<string>) | undefined
  readonly fetch: typeof fetch
}

/**
 * A file's bytes, each of them once and in order, over as many connections as it takes: after a break the
 * next one asks for the rest (Range), provided it is still the same file (If-Range). The checksum is known
 * after the last piece only: whoever has kept the pieces must throw them away when this throws.
 * @throws SluiceClientError: DOWNLOAD_BROKEN, CHECKSUM_MISMATCH, FILE_CHANGED, LINK_EXPIRED, FILE_EXPIRED …; the signal's reason
 */
export async function* receive(
  file: RemoteFile,
  { signal, onProgress, freshUrl, fetch }: ReceiveOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const hash = createSha256()
  let { url } = file
  let received = 0
  let failures = 0
  while (received < file.bytes) {
    let cause: unknown
    try {
      for await (const bytes of openBody(file, { url, from: received, fetch, signal })) {
        received += bytes.length
        if (received > file.bytes) {
          throw new SluiceClientError(
            'FILE_CHANGED',
            `The file has more than the ${file.bytes} bytes it should have.`,
          )
        }
        failures = 0
        hash.update(bytes)
        onProgress?.({ received, total: file.bytes })
        yield bytes
      }
      if (received === file.bytes) break
    } catch (error) {
      signal?.throwIfAborted()
      const code = error instanceof SluiceClientError ? error.code : null
      if (code === 'LINK_EXPIRED' && freshUrl) url = await freshUrl(signal)
      else if (code !== null && code !== 'UNREACHABLE') throw error
      cause = error
    }
    failures += 1
    if (failures > maxFailures) {
      throw new SluiceClientError(
        'DOWNLOAD_BROKEN',
        `The download broke off after ${received} of ${file.bytes} bytes and could not be resumed. Try again later.`,
        { cause },
      )
    }
    await backOff(failures, signal)
  }
  if (hash.hex() !== file.sha256) {
    throw new SluiceClientError(
      'CHECKSUM_MISMATCH',
      'The bytes that came are not the ones that the server wrote: the checksum differs. Download the file again.',
    )
  }
}

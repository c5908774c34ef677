import { SluiceClientError } from './errors.ts'
import type { RemoteFile } from './receive.ts'

/** Milliseconds without a byte after which a connection counts as broken. */
const stallTimeoutMs = 30_000

export interface BodyRequest {
  readonly url: string
  /** Bytes that are there already. */
  readonly from: number
  readonly fetch: typeof fetch
  readonly signal?: AbortSignal | undefined
}

/**
 * The bytes of a file from one on, over one connection.
 * @throws SluiceClientError: UNREACHABLE for what can pass, the server's own code for what cannot; whatever fetch throws
 */
export async function* openBody(
  file: Pick<RemoteFile, 'sha256'>,
  { url, from, fetch, signal }: BodyRequest,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const etag = `"${file.sha256}"`
  const stall = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const expectBytes = () => {
    clearTimeout(timer)
    timer = setTimeout(() => stall.abort(new Error(`No byte in ${stallTimeoutMs / 1000} s`)), stallTimeoutMs)
  }
  expectBytes()
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined
  try {
    const response = await fetch(url, {
      // A part of an encoded file cannot be decoded. Browsers keep this header to themselves, and get the whole.
      headers: from > 0 ? { Range: `bytes=${from}-`, 'If-Range': etag, 'Accept-Encoding': 'identity' } : {},
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
    })
    if (!response.ok) throw await refusal(response)
    let surplus = 0
    if (response.status === 206) {
      if (!response.headers.get('content-range')?.startsWith(`bytes ${from}-`)) {
        throw new SluiceClientError(
          'UNREACHABLE',
          'The server answered with another part than was asked for.',
        )
      }
    } else if (from > 0) {
      // An encoded answer has a tag of its own; the checksum will tell.
      if (response.headers.get('etag') !== etag && !response.headers.has('content-encoding')) {
        throw new SluiceClientError(
          'FILE_CHANGED',
          'The link answers with another file than before the break.',
        )
      }
      // The whole file again: something on the way does not know ranges.
      surplus = from
    }
    // Not `for await`: Safari's streams cannot be iterated.
    reader = response.body?.getReader() as typeof reader
    for (;;) {
      const piece = await reader?.read()
      if (!piece?.value) return
      expectBytes()
      const skipped = Math.min(surplus, piece.value.length)
      surplus -= skipped
      if (skipped < piece.value.length) yield piece.value.subarray(skipped)
      // A slow reader is not a slow server.
      expectBytes()
    }
  } finally {
    clearTimeout(timer)
    await reader?.cancel().catch(() => {})
  }
}

/** An answer without a file, in the words of the server where it has some. */
async function refusal(response: Response): Promise<SluiceClientError> {
  const text = await response.text().catch(() => '')
  const isPassing = response.status >= 500 || response.status === 429 || response.status === 408
  let error: { code?: unknown; message?: unknown } = {}
  try {
    error = JSON.parse(text).error ?? {}
  } catch {}
  const code =
    typeof error.code === 'string' && !isPassing ? error.code : isPassing ? 'UNREACHABLE' : 'DOWNLOAD_REFUSED'
  const message =
    typeof error.message === 'string' ? error.message : `The download was refused (${response.status}).`
  return new SluiceClientError(code, message)
}

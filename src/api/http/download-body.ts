import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

export interface DownloadBody {
  readonly source: Readable
  /** What Content-Length promised. */
  readonly bytes: number
  /** Node's own response, which can be torn down; absent when the app is called without a server. */
  readonly connection: ServerResponse | undefined
  /** The storage failed, or had fewer or more bytes than promised. Called at most once. */
  onBroken(cause: unknown, bytesSent: number): void
}

/**
 * The bytes of a file as a response body: read only as fast as the client takes them, and closed as
 * soon as the client goes away. When the storage breaks in the middle the connection is torn down
 * rather than ended, so that the client sees fewer bytes than Content-Length promised and never takes
 * a part for the whole. @see RFC 9112 section 8
 */
export function downloadBody({
  source,
  bytes,
  connection,
  onBroken,
}: DownloadBody): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]()
  let sent = 0
  let clientGone = false
  // Errors are seen by the iterator; one that comes while nobody reads must not end the process.
  source.on('error', () => {})
  const close = () => {
    clientGone = true
    source.destroy()
  }
  // Also reached when whatever stands between us and the server drops the body without canceling it.
  if (connection?.destroyed) close()
  else connection?.once('close', close)

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = await chunks.next()
          const total = sent + (chunk.done ? 0 : chunk.value.length)
          // The last bytes wait until nothing follows them: once they are out, the client is content.
          const ended = chunk.done || (total === bytes && (await chunks.next()).done === true)
          if (ended !== (total === bytes) || total > bytes) {
            throw new Error(`Storage gave ${ended ? total : 'more'} bytes where ${bytes} were promised`)
          }
          sent = total
          if (!chunk.done) controller.enqueue(chunk.value)
          if (ended) controller.close()
        } catch (cause) {
          source.destroy()
          if (clientGone) return controller.error(cause)
          onBroken(cause, sent)
          // Not an errored body: the adapter's answer to one is to write "Error: …" and then hang up,
          // and only its timing decides whether the words still reach the file.
          if (connection) connection.destroy()
          else controller.error(cause)
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 }, // The source reads ahead already.
  )
}

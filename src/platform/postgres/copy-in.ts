import type { Socket } from 'node:net'
import type pg from 'pg'

/** What pg's connection offers to whoever speaks the protocol; its types leave it out. */
interface CopyConnection {
  query(sql: string): void
  sendCopyFromChunk(chunk: Uint8Array): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
  readonly stream: Socket
}

/**
 * Runs `COPY … FROM STDIN` and sends it the bytes of `source`, no faster than the server takes them.
 * The connection can be used afterwards, also after an error; within a transaction, an error ends that.
 * @returns the number of rows
 * @throws pg's DatabaseError, whose `where` says line and column; whatever `source` throws
 * @see PostgreSQL docs, "COPY Operations" of the message flow
 */
export async function copyIn(
  client: pg.Client,
  sql: string,
  source: AsyncIterable<Uint8Array>,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  let rows = 0
  let isOver = false
  let sourceFailure: { error: unknown } | null = null
  let wake = () => {}

  async function send(connection: CopyConnection): Promise<void> {
    try {
      for await (const chunk of source) {
        if (isOver) return
        connection.sendCopyFromChunk(chunk)
        if (!connection.stream.writableNeedDrain) continue
        await new Promise<void>((resume) => {
          wake = resume
          connection.stream.once('drain', resume)
        })
      }
      if (!isOver) connection.endCopyFrom()
    } catch (error) {
      sourceFailure = { error }
      // The server answers with an error, by which everything ends as after any other.
      if (!isOver) connection.sendCopyFail('the source of the rows failed')
    }
  }

  client.query({
    submit: (connection: unknown) => (connection as CopyConnection).query(sql),
    handleCopyInResponse: (connection: CopyConnection) => void send(connection),
    handleCommandComplete({ text }: { text: string }) {
      rows = Number(/^COPY (\d+)$/.exec(text)?.[1])
    },
    handleError(error: unknown) {
      isOver = true
      wake()
      reject(sourceFailure ? sourceFailure.error : error)
    },
    handleReadyForQuery() {
      isOver = true
      resolve(rows)
    },
  } as unknown as pg.Submittable)
  return await promise
}

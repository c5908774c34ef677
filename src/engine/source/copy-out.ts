import type { Socket } from 'node:net'
import type pg from 'pg'
import type { RowBlock } from '../formats/format.ts'
import { BlockMemory, blockBytes } from './block-memory.ts'
import { filterSocket } from './read-socket.ts'

/** Blocks that may wait for the consumer before the socket is paused, unless it asks for more. */
const defaultWaitingBlocks = 4

/**
 * Bytes of one row, as COPY writes it. A block grows to hold its longest row whole, and formats need a
 * multiple of that: Postgres' own limit, 1 GiB, would end the process.
 */
const maxRowBytes = 128 * 1024 * 1024

/** Message types of the protocol. @see PostgreSQL docs, "Message Formats" */
const copyData = 0x64

/** A row is longer than can be held in memory. */
export class RowTooLargeError extends Error {
  constructor(bytes: number) {
    super(`A row has ${bytes} bytes as text, and ${maxRowBytes} are the most`)
  }
}

export interface CopyOutOptions {
  /** Blocks end at multiples of this, so that files can be cut there. Default: by their bytes alone. */
  readonly maxRowsPerBlock?: number | undefined
  /** What ends a row instead of COPY's line feed: only here it is known which line feeds end rows. */
  readonly rowEnd?: string | undefined
  /** Blocks of 256 KiB that are read ahead of the consumer at most. Default 4. */
  readonly maxWaitingBlocks?: number
  /** Of blocks that came before. Default: its own. */
  readonly memory?: BlockMemory
}

/**
 * Runs `COPY … TO STDOUT` and yields its rows, exactly as Postgres wrote them. The server sends one
 * CopyData message a row, so rows are counted without looking at their bytes.
 *
 * pg's own parser makes an object and two copies of every row; here CopyData messages are taken off the
 * socket before that parser sees them, and everything else is left to it (errors, the end of the command).
 *
 * A block may be overwritten once the next one is asked for.
 *
 * @throws RowTooLargeError for more than 128 MiB
 *
 * When the consumer stops early, or `signal` aborts, the connection is destroyed: the server notices at its
 * next write and ends the COPY. The caller must not use the client again then.
 */
export async function* copyOut(
  client: pg.Client,
  sql: string,
  signal: AbortSignal,
  options: CopyOutOptions = {},
): AsyncGenerator<RowBlock> {
  signal.throwIfAborted()
  const socket = socketOf(client)
  const { maxWaitingBlocks = defaultWaitingBlocks, memory = new BlockMemory() } = options
  const blocks: RowBlock[] = []
  let wake = () => {}
  const splitter = new CopyDataSplitter(
    (block) => {
      blocks.push(block)
      if (blocks.length >= maxWaitingBlocks) socket.pause()
      wake()
    },
    { ...options, memory },
  )
  const restore = filterSocket(socket, (chunk) => {
    try {
      return splitter.push(chunk)
    } catch (error) {
      finish(error)
      socket.destroy()
      return null
    }
  })
  let end: { error: unknown } | null = null
  const finish = (error: unknown) => {
    end ??= { error }
    wake()
  }
  const abort = () => {
    finish(signal.reason)
    socket.destroy()
  }
  signal.addEventListener('abort', abort, { once: true })
  const query = client.query(sql).then(
    ({ rowCount }) => {
      splitter.flush()
      // Postgres says itself how many rows it sent: a count that differs is a bug here, and no file.
      finish(
        rowCount === splitter.rows
          ? null
          : new Error(`COPY sent ${rowCount} rows, ${splitter.rows} came through`),
      )
    },
    (error: unknown) => finish(error),
  )
  try {
    for (;;) {
      const block = blocks.shift()
      if (block) {
        if (blocks.length === 0) socket.resume()
        yield block
        memory.give(block.bytes)
        continue
      }
      const ended = end as { error: unknown } | null
      if (ended) {
        if (ended.error !== null) throw ended.error
        return
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    signal.removeEventListener('abort', abort)
    restore()
    // Rows that nobody took may have paused it, also when all of them are here: the next answer must get through.
    if (end) socket.resume()
    else socket.destroy()
    await query
    splitter.release()
  }
}

/** Where the bytes come in; pg documents no other door to them. */
function socketOf(client: pg.Client): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream
}

/** Takes CopyData messages out of the stream of messages and gathers their payloads into blocks of whole rows. */
class CopyDataSplitter {
  readonly #emit: (block: RowBlock) => void
  readonly #maxRows: number
  /** Null: rows end as COPY ends them. */
  readonly #rowEnd: Buffer | null
  readonly #memory: BlockMemory
  #block: Buffer
  #used = 0
  #rows = 0
  #totalRows = 0
  /** Bytes of the current CopyData payload that are still to come. */
  #owed = 0
  /** The beginning of a message whose header, or whose body where it is not CopyData, is not complete yet. */
  #partial: Buffer | null = null

  constructor(
    emit: (block: RowBlock) => void,
    {
      maxRowsPerBlock = Number.POSITIVE_INFINITY,
      rowEnd = '\n',
      memory,
    }: CopyOutOptions & { memory: BlockMemory },
  ) {
    this.#emit = emit
    this.#memory = memory
    this.#block = memory.take()
    this.#maxRows = maxRowsPerBlock
    this.#rowEnd = rowEnd === '\n' ? null : Buffer.from(rowEnd)
  }

  get rows(): number {
    return this.#totalRows
  }

  /** Returns the messages that are not CopyData, whole; null when there are none. */
  push(chunk: Buffer): Buffer | null {
    const others: Buffer[] = []
    let bytes = chunk
    if (this.#partial) {
      bytes = Buffer.concat([this.#partial, chunk])
      this.#partial = null
    }
    let at = 0
    const end = bytes.length
    if (this.#owed > 0) {
      const take = Math.min(this.#owed, end)
      this.#append(bytes, 0, take)
      this.#owed -= take
      at = take
      if (this.#owed === 0) this.#endRow()
    }
    while (at < end) {
      // A message is one byte of type and four of length, which counts itself.
      if (end - at < 5) {
        this.#partial = Buffer.from(bytes.subarray(at))
        break
      }
      const length = bytes.readUInt32BE(at + 1)
      if (bytes[at] === copyData) {
        const start = at + 5
        const size = length - 4
        if (size > maxRowBytes) throw new RowTooLargeError(size)
        const take = Math.min(size, end - start)
        this.#append(bytes, start, start + take)
        at = start + take
        if (take < size) {
          this.#owed = size - take
          break
        }
        this.#endRow()
      } else {
        if (end - at < length + 1) {
          this.#partial = Buffer.from(bytes.subarray(at))
          break
        }
        others.push(bytes.subarray(at, at + length + 1))
        at += length + 1
      }
    }
    if (others.length === 0) return null
    return others.length === 1 ? (others[0] ?? null) : Buffer.concat(others)
  }

  flush(): void {
    if (this.#used === 0) return
    this.#emit({ bytes: this.#block.subarray(0, this.#used), rows: this.#rows })
    this.#block = this.#memory.take()
    this.#used = 0
    this.#rows = 0
  }

  /** When nothing comes any more. */
  release(): void {
    this.#memory.give(this.#block)
  }

  #append(bytes: Buffer, start: number, end: number): void {
    const size = end - start
    if (this.#used + size > this.#block.length) this.#makeRoom(size)
    bytes.copy(this.#block, this.#used, start, end)
    this.#used += size
  }

  /** A block ends between rows, so one that ends inside a row grows until the row is whole. */
  #makeRoom(size: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#block.length * 2, this.#used + size))
    this.#block.copy(larger, 0, 0, this.#used)
    this.#block = larger
  }

  #endRow(): void {
    if (this.#rowEnd) {
      this.#used -= 1
      this.#append(this.#rowEnd, 0, this.#rowEnd.length)
    }
    this.#rows += 1
    this.#totalRows += 1
    // Emitted a little early, so that the usual row still fits and the block need not grow.
    if (this.#used >= blockBytes - 4096 || this.#totalRows % this.#maxRows === 0) this.flush()
  }
}

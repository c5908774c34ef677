import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import pg from 'pg'

export interface Pooler {
  /** The same database as the same role, through the pooler. */
  readonly url: string
  stop(): Promise<void>
}

const messages = {
  authenticationOk: message('R', int32(0)),
  /** A process and a secret that are made up, as poolers do: no process of PostgreSQL has such a number. */
  backendKey: message('K', int32(0x7fff_ffff), int32(0)),
  ready: message('Z', Buffer.from('I')),
  complete: message('C', Buffer.from('SELECT 1\0')),
}

/**
 * Stands between clients and PostgreSQL as PgBouncer does, as far as simple queries for one text go: by
 * `session` each client has a connection to itself, by `transaction` all of them share one.
 */
export async function startPooler(target: string, mode: 'session' | 'transaction'): Promise<Pooler> {
  const servers: pg.Client[] = []
  const connect = async () => {
    const server = new pg.Client({ connectionString: target })
    servers.push(server)
    await server.connect()
    return server
  }
  const shared = mode === 'transaction' ? await connect() : null
  const listener = createServer((socket) => void serve(socket, async () => shared ?? (await connect())))
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  const url = new URL(target.replace(/@.*\//, `@127.0.0.1:${port}/`))
  return {
    url: url.toString(),
    async stop() {
      listener.close()
      await Promise.all(servers.map((server) => server.end()))
    },
  }
}

async function serve(socket: Socket, connect: () => Promise<pg.Client>): Promise<void> {
  // A client's first message is short, and so are its queries: each comes in one piece.
  await once(socket, 'data')
  const server = await connect()
  socket.on('data', async (chunk: Buffer) => {
    if (chunk.toString('latin1', 0, 1) !== 'Q') return
    const { rows } = await server.query<string[]>({
      text: chunk.toString('utf8', 5, chunk.length - 1),
      rowMode: 'array',
    })
    const value = Buffer.from(String(rows[0]?.[0]))
    socket.write(
      Buffer.concat([
        // One column: its name, no table, an int4 as text.
        message(
          'T',
          int16(1),
          Buffer.from('pid\0'),
          int32(0),
          int16(0),
          int32(23),
          int16(4),
          int32(-1),
          int16(0),
        ),
        message('D', int16(1), int32(value.length), value),
        messages.complete,
        messages.ready,
      ]),
    )
  })
  socket.write(Buffer.concat([messages.authenticationOk, messages.backendKey, messages.ready]))
}

/** @see PostgreSQL docs, "Message Formats" */
function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

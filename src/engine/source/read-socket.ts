import type { EventEmitter } from 'node:events'
import { Socket } from 'node:net'

/** Bytes of one read. The kernel's default receive buffer gives less; the rest is room for it to grow. */
const readBytes = 256 * 1024

/** Takes a chunk off the socket; what it returns goes on to the socket's own listeners. */
export type ChunkFilter = (chunk: Buffer) => Buffer | null

const filters = new WeakMap<Socket, ChunkFilter>()

/**
 * A socket that reads into one buffer again and again: 400 MB of rows would otherwise be 6,400 buffers for
 * the garbage collector, which grows the process by 30 to 60 MB before it comes to them.
 * TLS reads from the handle below the socket, where nothing can stand between: its socket is an ordinary one.
 * @param connection of pg, which calls this as its `stream`
 * @see Node.js docs, net.Socket, `onread`
 */
export function openReadSocket(connection?: { readonly ssl: unknown }): Socket {
  if (connection?.ssl) return new Socket()
  const socket: Socket = new Socket({
    onread: {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback(bytes, buffer) {
        const chunk = Buffer.from(buffer.buffer, buffer.byteOffset, bytes)
        const filter = filters.get(socket)
        const rest = filter ? filter(chunk) : chunk
        // pg keeps what it has not parsed yet, so it gets bytes of its own.
        if (rest) socket.emit('data', Buffer.from(rest))
        return true
      },
    },
  })
  sockets.add(socket)
  return socket
}

const sockets = new WeakSet<Socket>()

/**
 * Puts `filter` before the socket's own listeners, until the function that it returns is called. A chunk
 * is the filter's only until it returns.
 */
export function filterSocket(socket: Socket, filter: ChunkFilter): () => void {
  if (sockets.has(socket)) {
    filters.set(socket, filter)
    return () => filters.delete(socket)
  }
  // A socket of another make, such as one with TLS.
  const emitter = socket as EventEmitter
  const listeners = emitter.listeners('data') as ((chunk: Buffer) => void)[]
  const onData = (chunk: Buffer) => {
    const rest = filter(chunk)
    if (rest) for (const listener of listeners) listener(rest)
  }
  emitter.removeAllListeners('data')
  emitter.on('data', onData)
  return () => {
    emitter.removeListener('data', onData)
    for (const listener of listeners) emitter.on('data', listener)
  }
}

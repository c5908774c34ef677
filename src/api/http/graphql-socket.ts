import type { Server } from 'graphql-ws'
import type { RawData, WebSocket } from 'ws'

/** Something went wrong on our side; graphql-ws clients do not come back by themselves. @see graphql-transport-ws protocol */
const internalServerError = 4500

export interface SocketOptions {
  /** Milliseconds between pings; a peer that has not answered one by the next is gone. */
  readonly pingMs: number
  onError(error: unknown): void
}

/** Lets one socket speak the protocol until it is closed. */
export function serveSocket<E extends Record<PropertyKey, unknown>>(
  protocol: Server<E>,
  socket: WebSocket,
  extra: E,
  { pingMs, onError }: SocketOptions,
): void {
  let hasAnswered = true
  socket.on('pong', () => {
    hasAnswered = true
  })
  const pings = setInterval(() => {
    if (!hasAnswered) return socket.terminate()
    hasAnswered = false
    socket.ping()
  }, pingMs)
  // ws closes after an error by itself, with the code that says why: 1009 for a message that is too large.
  socket.on('error', onError)
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      // Resolves when the bytes have left: the next state waits for that, and skips what came meanwhile.
      send: (text) =>
        new Promise((resolve, reject) => {
          if (socket.readyState !== socket.OPEN) return resolve()
          socket.send(text, (error) => (error ? reject(error) : resolve()))
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (listener) =>
        socket.on('message', async (data: RawData) => {
          try {
            await listener(String(data))
          } catch (error) {
            onError(error)
            socket.close(internalServerError, 'Internal server error')
          }
        }),
    },
    extra,
  )
  socket.once('close', (code, reason) => {
    clearInterval(pings)
    void closed(code, String(reason)).catch(onError)
  })
}

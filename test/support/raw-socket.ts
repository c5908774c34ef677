import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { until } from './until.ts'

export interface Message {
  readonly id?: string
  readonly type: string
  readonly payload?: unknown
}

/** A connection that speaks graphql-transport-ws by hand, for what a well-behaved client does not do. It ends with the test. */
export interface RawSocket {
  readonly socket: WebSocket
  /** Everything the server has said so far. */
  readonly received: Message[]
  /** Code and reason, once it is closed. */
  readonly closed: Promise<{ code: number; reason: string }>
  send(message: Message): void
  /** Waits for a message that fits. */
  next(fits: (message: Message) => boolean): Promise<Message>
}

export async function openSocket(url: string, key?: string | null): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const received: Message[] = []
  socket.on('message', (data) => received.push(JSON.parse(String(data)) as Message))
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
  )
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  const raw: RawSocket = {
    socket,
    received,
    closed,
    send: (message) => socket.send(JSON.stringify(message)),
    next: (fits) => until('the message comes', () => received.find(fits)),
  }
  if (key !== undefined) {
    raw.send({
      type: 'connection_init',
      ...(key === null ? {} : { payload: { Authorization: `Bearer ${key}` } }),
    })
  }
  return raw
}

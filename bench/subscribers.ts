import { connect, type Socket } from 'node:net'
import process from 'node:process'

/**
 * Subscribers in a process of their own, told by the one that measures what to do. They speak WebSocket by
 * hand: with a library, the clients would be slower than the servers that are compared.
 */
export type Task =
  /** Connect all of them. With `operation` they subscribe, and have begun when their first state is there. */
  | {
      do: 'open'
      port: number
      count: number
      apiKey: string
      operation?: { query: string; variables: object }
    }
  /** Say when a message with this text has come to each. Answered twice: `armed`, and `arrived`. */
  | { do: 'await'; text: string }

export type Told =
  | { told: 'begun'; firstMessage: string }
  | { told: 'armed' }
  /** Milliseconds of the clock that all processes share. */
  | { told: 'arrived'; at: number[] }
  | { told: 'failed'; why: string }

/** Milliseconds of a clock that all processes of a machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Handshakes under way at once: the kernel's queue of new connections is short. */
const maxOpening = 100

const pingFrame = 0x89
/** Masked with zeros, as every client's frame must be masked. */
const pongFrame = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

class Subscriber {
  readonly #socket: Socket
  onText: (text: string) => void = () => {}

  constructor(port: number, onEnd: (why: string) => void) {
    // One buffer for all reads: nothing is made of what nobody looks at.
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      onread: { buffer: shared, callback: (length, buffer) => this.#read(buffer as Buffer, length) },
    })
    this.#socket.setNoDelay(true)
    this.#socket.once('error', ({ message }) => onEnd(message))
    this.#socket.once('close', () => onEnd('A connection was closed.'))
  }

  upgrade(protocol: string | null): void {
    this.#socket.write(
      [
        'GET /graphql HTTP/1.1',
        'Host: 127.0.0.1',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: c2x1aWNlIGJlbmNobWFyaw==',
        ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
        '\r\n',
      ].join('\r\n'),
    )
  }

  send(message: object): void {
    const text = Buffer.from(JSON.stringify(message))
    const head = Buffer.from([0x81, 0x80 | 126, text.length >> 8, text.length & 0xff, 0, 0, 0, 0])
    this.#socket.write(Buffer.concat([head, text]))
  }

  #read(buffer: Buffer, length: number): boolean {
    if (buffer[0] === pingFrame) this.#socket.write(pongFrame)
    this.onText(buffer.toString('latin1', 0, length))
    return true
  }
}

const shared = Buffer.alloc(64 * 1024)
const all: Subscriber[] = []

function tell(message: Told): void {
  process.send?.(message)
}

function fail(why: string): void {
  tell({ told: 'failed', why })
}

async function open({ port, count, apiKey, operation }: Task & { do: 'open' }): Promise<void> {
  let left = count
  let firstMessage = ''
  const openNext = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const subscriber = new Subscriber(port, fail)
      all.push(subscriber)
      const heard = (text: string) =>
        new Promise<string>((resolve) => {
          subscriber.onText = (said) => {
            if (said.includes(text)) resolve(said)
          }
        })
      const upgraded = heard('101 Switching Protocols')
      subscriber.upgrade(operation ? 'graphql-transport-ws' : null)
      await upgraded
      if (!operation) continue
      const acknowledged = heard('connection_ack')
      subscriber.send({ type: 'connection_init', payload: { apiKey } })
      await acknowledged
      const begun = heard('"next"')
      subscriber.send({ id: '1', type: 'subscribe', payload: operation })
      const said = await begun
      firstMessage ||= said.slice(said.indexOf('{'))
    }
  }
  await Promise.all(Array.from({ length: maxOpening }, openNext))
  tell({ told: 'begun', firstMessage })
}

function awaitText(text: string): void {
  const at: number[] = []
  for (const subscriber of all) {
    subscriber.onText = (said) => {
      if (!said.includes(text)) return
      subscriber.onText = () => {}
      at.push(now())
      if (at.length === all.length) tell({ told: 'arrived', at })
    }
  }
  tell({ told: 'armed' })
}

// Not when it is imported for its types and its clock.
if (process.send && process.argv[1] === import.meta.filename) {
  process.on('message', (task: Task) => {
    switch (task.do) {
      case 'open':
        void open(task)
        break
      case 'await':
        awaitText(task.text)
        break
      default:
        task satisfies never
    }
  })
  process.once('disconnect', () => process.exit())
}

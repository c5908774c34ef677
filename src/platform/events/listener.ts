import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** One NOTIFY channel, and who hears it. */
export interface Channel {
  readonly name: string
  onMessage(payload: string): void
  /** The connection was lost and is back: messages may have been missed, so whatever they hint at must be read again. */
  onReconnect(lostAt: Date): void
}

export interface ListenerOptions {
  readonly url: string
  readonly channels: readonly Channel[]
  onError(error: unknown): void
}

/** One LISTEN connection that comes back by itself. NOTIFY reaches whoever listens at commit, and nobody later. */
export class Listener {
  readonly #options: ListenerOptions
  #client: pg.Client | null = null
  #closed = false
  #reconnecting: Promise<void> | null = null

  constructor(options: ListenerOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    await this.#connect()
  }

  async stop(): Promise<void> {
    this.#closed = true
    await this.#client?.end().catch(() => {})
    await this.#reconnecting
  }

  async #connect(): Promise<void> {
    const { url, channels, onError } = this.#options
    // keepAlive finds a peer that vanished without a word.
    const client = new pg.Client({
      connectionString: url,
      keepAlive: true,
      application_name: 'sluice-listener',
    })
    client.on('error', onError)
    client.on('notification', ({ channel, payload }) =>
      channels.find(({ name }) => name === channel)?.onMessage(payload ?? ''),
    )
    client.on('end', () => {
      if (!this.#closed && client === this.#client) this.#reconnecting = this.#reconnect()
    })
    await client.connect()
    for (const { name } of channels) await client.query(`LISTEN ${pg.escapeIdentifier(name)}`)
    this.#client = client
    if (this.#closed) await client.end()
  }

  async #reconnect(): Promise<void> {
    const lostAt = new Date()
    for (let delayMs = 50; !this.#closed; delayMs = Math.min(delayMs * 2, 5_000)) {
      try {
        await this.#connect()
        if (!this.#closed) for (const channel of this.#options.channels) channel.onReconnect(lostAt)
        return
      } catch (error) {
        this.#options.onError(error)
        await sleep(delayMs, undefined, { ref: false })
      }
    }
  }
}

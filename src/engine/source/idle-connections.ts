import type pg from 'pg'

/** Connections that are kept, and milliseconds for which. A queue that is being worked off needs no more. */
const maxIdle = 4
const idleTimeoutMs = 10_000

interface Idle {
  readonly client: pg.Client
  readonly timer: NodeJS.Timeout
}

/**
 * Connections that finished snapshots leave to the next ones. Opening one costs Postgres a process, and both
 * sides the check of a password: 15 ms of CPU, which is more than the rows of a small export take.
 */
export class IdleConnections {
  readonly #idle: Idle[] = []
  #isClosed = false

  /** The one that was used last, still warm; null when there is none. It can be broken all the same. */
  take(): pg.Client | null {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer)
      if (!idle.client.connection.stream.destroyed) return idle.client
    }
    return null
  }

  /** Keeps a connection that is in no transaction and waits for nothing; ends it when there are enough. */
  async give(client: pg.Client): Promise<void> {
    if (this.#isClosed || this.#idle.length >= maxIdle) return await end(client)
    const timer = setTimeout(() => {
      this.#idle.splice(
        this.#idle.findIndex((idle) => idle.client === client),
        1,
      )
      void end(client)
    }, idleTimeoutMs)
    timer.unref()
    this.#idle.push({ client, timer })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const idle = this.#idle.splice(0)
    for (const { timer } of idle) clearTimeout(timer)
    await Promise.all(idle.map(({ client }) => end(client)))
  }
}

async function end(client: pg.Client): Promise<void> {
  await client.end().catch(() => {})
}

import pg from 'pg'

/**
 * A connection whose BEGIN waits for the first statement, with what MikroORM sets for the transaction
 * behind it, and goes with it in one message. Each round trip is a write and a wake-up on either side: a
 * query for one organization takes two of them instead of four. A transaction that asks nothing takes none.
 */
export class LazyBeginClient extends pg.Client {
  #held: string[] = []

  // One signature for pg's many.
  override query(...args: unknown[]): never {
    const [text, values = [], callback] = args
    const isPlain = typeof text === 'string' && Array.isArray(values) && callback === undefined
    return (isPlain ? this.#ask(text, values) : this.#passBehindHeld(args)) as never
  }

  async #ask(text: string, values: readonly unknown[]): Promise<unknown> {
    const held = this.#held
    if (text === 'begin' || (held.length > 0 && text.startsWith('select set_config('))) {
      held.push(text)
      return nothing
    }
    this.#held = []
    if (held.length === 0 && text === 'rollback') return await this.#rollback()
    if (held.length === 0) return lastOf(await this.#pass([text, values]))
    if (text === 'commit' || text === 'rollback') return nothing
    if (values.length > 0) {
      // Parameters travel in messages of their own.
      await this.#pass([held.join('; ')])
      return await this.#pass([text, values])
    }
    return lastOf(await this.#pass([[...held, text].join('; ')]))
  }

  /**
   * Never fails: a connection whose rollback fails would never give its place in the pool back (kysely#1990),
   * and once as many have broken as the pool has places, nothing is ever answered again. What cannot
   * roll back is closed instead, which ends its transaction as well.
   */
  async #rollback(): Promise<unknown> {
    try {
      return await this.#pass(['rollback'])
    } catch {
      void this.end().catch(() => {})
      return nothing
    }
  }

  /** Whatever else pg can be called with, such as a cursor: it goes on as it is, behind what was held. */
  #passBehindHeld(args: unknown[]): unknown {
    const held = this.#held
    this.#held = []
    if (held.length > 0) {
      // pg keeps the order. What fails here aborts the transaction, and with it the statement behind.
      const opened = this.#pass([held.join('; ')]) as Promise<unknown>
      opened.catch(() => {})
    }
    return this.#pass(args)
  }

  #pass(args: unknown[]): unknown {
    return Reflect.apply(super.query, this, args)
  }
}

/** A message of several statements is answered with what the last one gives. */
function lastOf(answer: unknown): unknown {
  return Array.isArray(answer) ? answer.at(-1) : answer
}

const nothing = { command: '', rowCount: 0, rows: [] }

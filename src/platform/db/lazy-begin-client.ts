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
    if (held.length === 0) return await this.#pass([text, values])
    if (text === 'commit' || text === 'rollback') return nothing
    if (values.length > 0) {
      // Parameters travel in messages of their own.
      await this.#pass([held.join('; ')])
      return await this.#pass([text, values])
    }
    const results = await this.#pass([[...held, text].join('; ')])
    return (results as pg.QueryResult[]).at(-1)
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

const nothing = { command: '', rowCount: 0, rows: [] }

interface Lookup<Value> {
  readonly current: Promise<Value>
  /** Begins when the current one has ended. */
  next: Promise<Value> | null
}

/**
 * Looks a key up once at a time: whoever asks meanwhile is answered by the next look, together with all
 * others who do. Nobody gets what was seen before they asked, and one key keeps no other waiting.
 */
export class SharedLookups<Value> {
  readonly #look: (key: string) => Promise<Value>
  readonly #lookups = new Map<string, Lookup<Value>>()

  constructor(look: (key: string) => Promise<Value>) {
    this.#look = look
  }

  find(key: string): Promise<Value> {
    const lookup = this.#lookups.get(key)
    if (!lookup) return this.#begin(key)
    const begin = () => this.#begin(key)
    lookup.next ??= lookup.current.then(begin, begin)
    return lookup.next
  }

  #begin(key: string): Promise<Value> {
    const lookup: Lookup<Value> = { current: this.#look(key), next: null }
    this.#lookups.set(key, lookup)
    const forget = () => {
      if (!lookup.next) this.#lookups.delete(key)
    }
    lookup.current.then(forget, forget)
    return lookup.current
  }
}

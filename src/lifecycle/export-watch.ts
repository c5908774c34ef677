import { isTerminal } from '../core/status.ts'
import type { Export } from '../platform/db/entities/export.ts'

/** Versions remembered for each subscriber to an organization. */
const maxRememberedVersions = 1_000

/**
 * One subscriber, to one export or to an organization: the newest state of each export that it has not
 * taken yet. A slow one skips what lay between, so its memory is bounded by the number of exports under
 * way, not of changes. Ends after the terminal state of its one export, or when it is told to.
 */
export class ExportWatch implements AsyncGenerator<Export, void> {
  readonly #isOfOne: boolean
  readonly #onEnd: (watch: ExportWatch) => void
  readonly #pending = new Map<string, Export>()
  /** Versions by export. */
  readonly #taken = new Map<string, number>()
  /** What everybody waits for who wants the next state. */
  #news: PromiseWithResolvers<void> | null = null
  #isEnded = false

  constructor(isOfOne: boolean, onEnd: (watch: ExportWatch) => void) {
    this.#isOfOne = isOfOne
    this.#onEnd = onEnd
  }

  /** Keeps a state for whoever takes it next, unless it is no news. */
  offer(state: Export): void {
    const { id, version } = state
    // Reads overtake one another: what was read earlier must not take the place of what is newer.
    const known = this.#pending.get(id)?.version ?? this.#taken.get(id) ?? 0
    if (this.#isEnded || version <= known) return
    // Moved to the end: who changed last is told last, and nobody starves.
    this.#pending.delete(id)
    this.#pending.set(id, state)
    this.#wake()
  }

  /** Nothing more comes, not even what was kept. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#pending.clear()
    this.#onEnd(this)
    this.#wake()
  }

  async next(): Promise<IteratorResult<Export, void>> {
    while (!this.#isEnded) {
      const [state] = this.#pending.values()
      if (state) {
        this.#take(state)
        return { done: false, value: state }
      }
      this.#news ??= Promise.withResolvers()
      await this.#news.promise
    }
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<Export, void>> {
    this.end()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<IteratorResult<Export, void>> {
    this.end()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end()
  }

  #take({ id, version, status }: Export): void {
    this.#pending.delete(id)
    this.#taken.delete(id)
    this.#taken.set(id, version)
    const [oldest] = this.#taken.keys()
    if (this.#taken.size > maxRememberedVersions && oldest !== undefined) this.#taken.delete(oldest)
    if (this.#isOfOne && isTerminal(status)) this.end()
  }

  #wake(): void {
    this.#news?.resolve()
    this.#news = null
  }
}

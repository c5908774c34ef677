/** Work that is done every so often and never twice at once: a turn that comes while one is under way is left out. */
export class RepeatedWork {
  readonly #work: () => Promise<void>
  readonly #everyMs: number
  #underWay: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined

  /** @param work deals with its errors itself */
  constructor(work: () => Promise<void>, everyMs: number) {
    this.#work = work
    this.#everyMs = everyMs
  }

  /** The first turn comes after the first interval. */
  start(): void {
    this.#timer = setInterval(() => this.turn(), this.#everyMs)
  }

  /** A turn out of turn. */
  turn(): void {
    this.#underWay ??= this.#work().finally(() => {
      this.#underWay = null
    })
  }

  /** No turn comes any more; the one under way is waited for. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#underWay
  }
}

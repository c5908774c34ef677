/** A clock that runs like the real one, from a time that the test chooses. Pass `clock.now` as the override. */
export class Clock {
  #aheadMs = 0

  readonly now = (): Date => new Date(Date.now() + this.#aheadMs)

  moveBy(seconds: number): void {
    this.#aheadMs += seconds * 1000
  }
}

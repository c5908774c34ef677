/** A process at work. `stop` ends it cleanly and may be awaited once. */
export interface Role {
  stop(): Promise<void>
}

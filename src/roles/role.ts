/** A process at work. `stop` ends it cleanly and may be awaited once. */
export interface Role {
  /** Reads the config file again; what is wrong with it is logged, and changes nothing. */
  reload(): Promise<void>
  stop(): Promise<void>
}

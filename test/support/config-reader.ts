import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Dataset } from '../../src/core/dataset.ts'

export interface ReadConfig {
  readonly datasets?: readonly Dataset[]
  readonly code?: string
  readonly message?: string
}

/** Reads config files in a process of its own: Vitest would put its own module loader under them. */
export class ConfigReader {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL('./config-process.ts', import.meta.url)))

  /** One file at a time. */
  async read(path: string): Promise<ReadConfig> {
    const answer = once(this.#child, 'message')
    this.#child.send(path)
    return ((await answer) as [ReadConfig])[0]
  }

  stop(): void {
    this.#child.disconnect()
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { findConfigFile } from '../datasets/config-file.ts'
import { loadDatasets } from '../datasets/load-datasets.ts'
import type { CurrentDatasets, DatasetRegistry } from '../datasets/registry.ts'
import type { Source } from '../engine/source/source.ts'
import type { Finding } from '../lifecycle/check-datasets/finding.ts'
import { checkDatasets } from '../lifecycle/check-datasets.ts'
import { canPass, sqlStateOf } from '../lifecycle/sql-state.ts'
import { requireSessions } from './require-sessions.ts'
import { StartupError } from './startup-error.ts'

/** Milliseconds between two attempts to ask a source that does not answer. */
const retryMs = 15_000

export interface GuardOptions {
  readonly datasets: CurrentDatasets
  readonly source: Source
  readonly log: Logger
  readonly config: Pick<Config, 'configFile' | 'sourceDatabaseUrl'>
}

/** Keeps a process from working with declarations that its database contradicts. */
export class DatasetGuard {
  readonly #options: GuardOptions
  readonly #stopped = new AbortController()
  /** One after the other: the file that was read last is the one that stays. */
  #reloading = Promise.resolve()

  constructor(options: GuardOptions) {
    this.#options = options
  }

  /**
   * Compares the datasets with the source. One that does not answer keeps nobody from lists and downloads:
   * it is asked again until it does, and what it contradicts then is logged.
   * @throws StartupError that names every error
   */
  async start(): Promise<void> {
    const { datasets, log, config } = this.#options
    try {
      this.#logWarnings(refuse(await this.#check(datasets)))
    } catch (error) {
      // Without a database of its own nothing else would work either; one that is busy now will answer.
      const isGone = config.sourceDatabaseUrl === null && !canPass(sqlStateOf(error))
      if (error instanceof StartupError || isGone) throw error
      log.error({ err: error }, 'the source database cannot be asked: datasets are checked when it answers')
      void this.#checkLater()
    }
  }

  /** Exports that run go on with the datasets that they began with. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reload())
    return this.#reloading
  }

  async #reload(): Promise<void> {
    const { datasets, log, config } = this.#options
    try {
      const next = await loadDatasets(findConfigFile(config.configFile))
      const warnings = refuse(await this.#check(next))
      datasets.replace(next)
      this.#logWarnings(warnings)
      log.warn({ datasets: next.all().length }, 'the config file was read again')
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.error({ reason }, 'the config file was not taken over: the datasets are those of before')
    }
  }

  stop(): void {
    this.#stopped.abort()
  }

  /** @throws StartupError when nothing can be read through the pooler in between */
  async #check(datasets: DatasetRegistry): Promise<Finding[]> {
    const { source, config } = this.#options
    if (config.sourceDatabaseUrl !== null) await requireSessions(source.url, 'SOURCE_DATABASE_URL')
    return await checkDatasets({ datasets, source })
  }

  async #checkLater(): Promise<void> {
    const { datasets, log } = this.#options
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await sleep(retryMs, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
      const findings = await this.#check(datasets).catch((error: unknown) => {
        if (error instanceof StartupError) log.error(error.message)
        return null
      })
      if (!findings) continue
      for (const { level, path, message } of findings)
        log[level === 'error' ? 'error' : 'warn']({ path }, message)
      log.warn({ findings: findings.length }, 'the source database answers, and the datasets were checked')
      return
    }
  }

  #logWarnings(warnings: readonly Finding[]): void {
    for (const { path, message } of warnings) this.#options.log.warn({ path }, message)
  }
}

/** @returns the warnings. @throws StartupError when there is an error */
function refuse(findings: readonly Finding[]): Finding[] {
  const errors = findings.filter(({ level }) => level === 'error')
  if (errors.length === 0) return [...findings]
  throw new StartupError(
    [
      `The datasets do not fit the source database (${errors.length} ${errors.length === 1 ? 'error' : 'errors'}):`,
      ...errors.map(({ path, message }) => `  ${path}: ${message}`),
      '`sluice datasets check` says it again; `sluice datasets introspect` writes a config file over the tables that are there.',
    ].join('\n'),
  )
}

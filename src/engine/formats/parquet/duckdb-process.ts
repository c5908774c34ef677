import { type ChildProcess, fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ParquetWriterError } from './errors.ts'

export interface DuckdbRequest {
  readonly id: number
  readonly sql: string
}

export type DuckdbAnswer =
  | { readonly id: number; readonly rows: number }
  | { readonly id: number; readonly message: string }

/** DuckDB said no. The message is its own. */
export class DuckdbError extends Error {}

/** Characters of the process' last words that are kept for the log. */
const maxLastWords = 4000

// Compiled, the program lies beside us as .js.
const program = fileURLToPath(new URL(`./duckdb-child${extname(import.meta.url)}`, import.meta.url))

/** A process of our own that runs DuckDB, so that its memory is bounded and its crash is not ours. */
export class DuckdbProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  readonly #waiting = new Map<number, { resolve(rows: number): void; reject(error: unknown): void }>()
  #lastWords = ''
  #nextId = 0
  #ended: ParquetWriterError | undefined

  /**
   * @param options.folder where statements find their files; removed by the process itself when ours is killed
   * @param options.memoryLimitMb what DuckDB allocates at most; the process takes up to 200 MB more
   * @param options.signal ends the process
   */
  constructor(options: { folder: string; memoryLimitMb: number; signal: AbortSignal }) {
    this.#child = fork(program, {
      cwd: options.folder,
      signal: options.signal,
      killSignal: 'SIGKILL',
      // Ours may be a debugger's or a test runner's, and our environment holds secrets.
      execArgv: [],
      env: {
        SLUICE_DUCKDB_MEMORY_MB: String(options.memoryLimitMb),
        TZ: 'UTC',
        // Statements run in Node's pool, and the allocator keeps what each thread has freed: with the usual
        // four threads the process takes 600 MB where it takes 360 with one.
        UV_THREADPOOL_SIZE: '1',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#exited = promise
    this.#child.once('close', () => resolve())
    this.#child.on('message', (answer: DuckdbAnswer) => this.#settle(answer))
    this.#child.on('error', (error) => {
      // An abort and a failure to send come here too; the process' end follows those.
      if (this.#child.pid !== undefined) return
      this.#end('could not be started', error)
      resolve()
    })
    this.#child.on('exit', (code, signal) => this.#end(`ended with ${signal ?? `code ${code}`}`))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-maxLastWords)
    })
  }

  /**
   * Statements wait for those before them. Resolves with the number of rows it wrote.
   * @throws DuckdbError, ParquetWriterError when the process ends
   */
  run(sql: string): Promise<number> {
    if (this.#ended) return Promise.reject(this.#ended)
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      // A failure to send is the process' end, which 'exit' tells with its reason.
      this.#child.send({ id, sql } satisfies DuckdbRequest, () => {})
    })
  }

  /** Ends the process at once, whatever it does; returns when it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  #settle(answer: DuckdbAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('message' in answer) waiting?.reject(new DuckdbError(answer.message))
    else waiting?.resolve(answer.rows)
  }

  #end(how: string, cause?: unknown): void {
    const words = this.#lastWords.trim()
    this.#ended ??= new ParquetWriterError(`The process that writes Parquet files ${how}`, {
      cause: cause ?? (words ? new Error(words) : undefined),
    })
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}

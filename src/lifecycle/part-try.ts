import type { ExportFailure } from '../core/failure.ts'
import type { FileResult } from '../engine/pipeline.ts'
import type { PartJob } from '../platform/queue/queue.ts'
import { RepeatedWork } from './repeated-work.ts'
import type { Services } from './services.ts'

/** Milliseconds between two writes of progress; also how soon an end of the attempt is noticed. */
const writeIntervalMs = 250

/** This part is no longer ours to make: its attempt has ended, or another worker has begun it anew. */
class PartLost extends Error {}

/**
 * One try at a part, and the only hand that writes to it: every write names the try, and holds only
 * while the export is processing this attempt.
 */
export class PartTry {
  readonly condition: string
  readonly storageKey: string
  readonly #services: Pick<Services, 'orm' | 'log'>
  readonly #job: PartJob
  readonly #number: number
  readonly #lost = new AbortController()
  readonly #writing = new RepeatedWork(() => this.#write(), writeIntervalMs)
  #written = { rows: 0, bytes: 0 }

  private constructor(
    services: Pick<Services, 'orm' | 'log'>,
    job: PartJob,
    row: { tries: number; condition: string; organization_id: string },
  ) {
    this.#services = services
    this.#job = job
    this.#number = row.tries
    this.condition = row.condition
    this.storageKey = `${row.organization_id}/${job.exportId}/${job.attempt}/parts/${job.position}-${row.tries}`
  }

  /** Null when there is nothing to do: the part is made, or its attempt has ended. */
  static async claim(services: Pick<Services, 'orm' | 'log'>, job: PartJob): Promise<PartTry | null> {
    const [row] = await services.orm.em
      .fork()
      .execute<{ tries: number; condition: string; organization_id: string }[]>(
        `update sluice.export_parts p set status = 'running', tries = p.tries + 1, rows_exported = 0, bytes = 0
       from sluice.exports e
       where p.export_id = ? and p.attempt = ? and p.position = ? and p.status in ('waiting', 'running')
         and e.id = p.export_id and e.attempt = p.attempt and e.status = 'processing'
       returning p.tries, p.condition, e.organization_id`,
        [job.exportId, job.attempt, job.position],
      )
    return row ? new PartTry(services, job, row) : null
  }

  /** Aborts when the part is no longer ours. */
  get signal(): AbortSignal {
    return this.#lost.signal
  }

  start(): void {
    this.#writing.start()
  }

  async stop(): Promise<void> {
    await this.#writing.stop()
  }

  report(written: { rows: number; bytes: number }): void {
    this.#written = written
  }

  /** @returns whether the part was still ours to finish */
  async finish(result: FileResult): Promise<boolean> {
    return await this.#change({
      status: 'done',
      rows_exported: result.rows,
      bytes: result.bytes,
      storage_key: this.storageKey,
    })
  }

  /** Ends the attempt: whoever joins the parts reads it here. */
  async fail(failure: ExportFailure): Promise<void> {
    await this.#change({ status: 'failed', error_code: failure.code, error_message: failure.message })
  }

  async #write(): Promise<void> {
    if (this.#lost.signal.aborted) return
    try {
      const isOurs = await this.#change({ rows_exported: this.#written.rows, bytes: this.#written.bytes })
      if (!isOurs) this.#lost.abort(new PartLost())
    } catch (error) {
      this.#services.log.warn(
        { err: error, exportId: this.#job.exportId },
        'progress of a part could not be written',
      )
    }
  }

  async #change(assignments: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { exportId, attempt, position } = this.#job
    const names = Object.keys(assignments).map((name) => `${name} = ?`)
    const rows = await this.#services.orm.em.fork().execute(
      `update sluice.export_parts p set ${names.join(', ')}
       from sluice.exports e
       where p.export_id = ? and p.attempt = ? and p.position = ? and p.status = 'running' and p.tries = ?
         and e.id = p.export_id and e.attempt = p.attempt and e.status = 'processing'
       returning p.position`,
      [...Object.values(assignments), exportId, attempt, position, this.#number],
    )
    return rows.length > 0
  }
}

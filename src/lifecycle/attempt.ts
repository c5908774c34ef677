import type { EntityManager } from '@mikro-orm/postgresql'
import { estimateCompletion, percentOf } from '../core/progress.ts'
import type { ExportStage } from '../core/status.ts'
import type { Export } from '../platform/db/entities/export.ts'
import { runTogether, type Statement } from '../platform/db/run-together.ts'
import { RepeatedWork } from './repeated-work.ts'
import type { Services } from './services.ts'

/** The export was canceled, deleted, or begun again by another worker: this attempt has nothing more to say. */
export class AttemptLost extends Error {}

/** Milliseconds between two writes of progress; also how soon a cancellation is noticed. */
const writeIntervalMs = 250

interface State {
  stage: ExportStage
  rowsExported: number
  rowsTotal: number | null
  rowsTotalExact: boolean
  bytes: number
  partsReady: number | null
  partsTotal: number | null
}

/**
 * One try at an export, and the only hand that writes to it: every write names the attempt, so a worker
 * that was given up for dead cannot disturb the one that took over.
 */
export class Attempt {
  readonly exportId: string
  readonly organizationId: string
  readonly number: number
  readonly notifiesByMail: boolean
  readonly #services: Pick<Services, 'orm' | 'now' | 'log'>
  readonly #startedAt: Date
  readonly #lost = new AbortController()
  readonly #state: State = {
    stage: 'counting',
    rowsExported: 0,
    rowsTotal: null,
    rowsTotalExact: false,
    bytes: 0,
    partsReady: null,
    partsTotal: null,
  }
  readonly #writing = new RepeatedWork(() => this.#write(), writeIntervalMs)
  #written = ''

  constructor(services: Pick<Services, 'orm' | 'now' | 'log'>, row: Export) {
    this.#services = services
    this.exportId = row.id
    this.organizationId = row.organization.id
    this.number = row.attempt
    this.notifiesByMail = row.notifyByMail
    this.#startedAt = services.now()
  }

  /** Aborts, with AttemptLost, when the export is no longer this attempt's. */
  get signal(): AbortSignal {
    return this.#lost.signal
  }

  /** Parts that it is made of; null when it is made in one piece. */
  get partsTotal(): number | null {
    return this.#state.partsTotal
  }

  /** Rows of the whole export; null while they have not been counted. */
  get exactRows(): number | null {
    return this.#state.rowsTotalExact ? this.#state.rowsTotal : null
  }

  start(): void {
    this.#writing.start()
  }

  /** Ends the writing of progress; what is under way is waited for. */
  async stop(): Promise<void> {
    await this.#writing.stop()
  }

  /**
   * Ends it with a last stage, which is written for those who have watched until here. Whoever saw nothing of
   * an export that took less than the interval is spared it.
   */
  async finish(stage: ExportStage): Promise<void> {
    this.report({ stage })
    await this.stop()
    if (this.#written !== '') await this.#write()
  }

  /** Remembered now, written within the interval. */
  report(change: Partial<State>): void {
    Object.assign(this.#state, change)
  }

  /** Changes the export's row if it is still this attempt's. @throws AttemptLost */
  async change(em: EntityManager, assignments: Readonly<Record<string, unknown>>): Promise<void> {
    const [row] = await runTogether(em, [this.changeStatement(assignments)])
    if (!row) throw new AttemptLost()
  }

  /** The same as a statement, which returns the export's id, or nothing when the attempt is lost. */
  changeStatement(assignments: Readonly<Record<string, unknown>>): Statement {
    const all = { ...assignments, updated_at: this.#services.now() }
    return {
      sql: `update sluice.exports set ${Object.keys(all)
        .map((name) => `${name} = ?`)
        .join(', ')}, version = version + 1
       where id = ? and attempt = ? and status = 'processing' returning id`,
      params: [...Object.values(all), this.exportId, this.number],
    }
  }

  async #write(): Promise<void> {
    if (this.#lost.signal.aborted) return
    const { stage, rowsExported, rowsTotal, rowsTotalExact, bytes, partsReady, partsTotal } = this.#state
    const text = JSON.stringify(this.#state)
    const changed = text !== this.#written
    const now = this.#services.now()
    const em = this.#services.orm.em.fork()
    try {
      const rows = changed
        ? await em.execute(
            `update sluice.exports
             set stage = ?, rows_total = ?, rows_total_exact = ?, bytes = ?,
                 rows_exported = greatest(rows_exported, ?), parts_ready = ?, parts_total = ?,
                 progress = greatest(progress, ?), estimated_completion_at = ?, updated_at = ?, version = version + 1
             where id = ? and attempt = ? and status = 'processing'
             returning id`,
            [
              stage,
              rowsTotal,
              rowsTotalExact,
              bytes,
              // A part that is done again begins at nothing; what callers have seen does not go back.
              rowsExported,
              partsReady,
              partsTotal,
              percentOf(this.#state),
              estimateCompletion(this.#state, this.#startedAt, now),
              now,
              this.exportId,
              this.number,
            ],
          )
        : await em.execute(
            `select 1 from sluice.exports where id = ? and attempt = ? and status = 'processing'`,
            [this.exportId, this.number],
          )
      if (rows.length === 0) this.#lost.abort(new AttemptLost())
      else this.#written = text
    } catch (error) {
      // Progress is a courtesy: the file is made on, and the next write says more.
      this.#services.log.warn({ err: error, exportId: this.exportId }, 'progress could not be written')
    }
  }
}

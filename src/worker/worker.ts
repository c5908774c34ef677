import { forgetAuditEvents } from '../lifecycle/audit-events.ts'
import { expireExports, purgeExports } from '../lifecycle/expire-exports.ts'
import { failLostExport } from '../lifecycle/fail-lost-export.ts'
import type { LinkServices } from '../lifecycle/link-files.ts'
import { releaseAllWaiting } from '../lifecycle/release-waiting.ts'
import { RepeatedWork } from '../lifecycle/repeated-work.ts'
import { runExport } from '../lifecycle/run-export.ts'
import { runPart } from '../lifecycle/run-part.ts'
import { sendDoneMail } from '../lifecycle/send-done-mail.ts'
import type { Services } from '../lifecycle/services.ts'
import { forgetSigningKeys, SigningKeys } from '../lifecycle/signing-keys.ts'
import { sweepStorage } from '../lifecycle/sweep-storage.ts'
import type { JobRun } from '../platform/queue/queue.ts'

const maintenanceIntervalMs = 60_000

/** Takes export jobs from the queue, and keeps the house: expiry, purge, leftovers. */
export class Worker {
  readonly #services: Services
  readonly #concurrency: number
  readonly #links: LinkServices
  readonly #shutdown = new AbortController()
  readonly #running = new Set<Promise<void>>()
  readonly #maintenance = new RepeatedWork(() => this.#maintain(), maintenanceIntervalMs)

  /** @param options.publicUrl under which clients reach the API: links in mails begin with it */
  constructor(services: Services, options: { concurrency: number; publicUrl: string }) {
    this.#services = services
    this.#concurrency = options.concurrency
    this.#links = { signingKeys: new SigningKeys(services), publicUrl: () => options.publicUrl }
  }

  async start(): Promise<void> {
    const { queue } = this.#services
    await queue.work(this.#concurrency, (run) => this.#track(this.#run(run)))
    await queue.workParts(this.#concurrency, (run) =>
      this.#track(runPart(this.#services, run, this.#shutdown.signal)),
    )
    await queue.workMails((job, isLastTry) =>
      this.#track(sendDoneMail({ ...this.#services, ...this.#links }, job, isLastTry)),
    )
    await queue.workDead((job) => this.#track(failLostExport(this.#services, job)))
    this.#maintenance.start()
    this.#maintenance.turn()
  }

  /** Takes no further jobs; running exports go back to the queue. */
  async stop(): Promise<void> {
    const maintained = this.#maintenance.stop()
    await this.#services.queue.pause()
    this.#shutdown.abort(new Error('The worker is shutting down'))
    await Promise.allSettled([maintained, ...this.#running])
  }

  /** What is thrown here, the queue keeps to itself and tries the job again. */
  async #run(run: JobRun): Promise<void> {
    try {
      await runExport(this.#services, run, this.#shutdown.signal)
    } catch (error) {
      this.#services.log.error({ err: error, exportId: run.exportId }, 'a job goes back to the queue')
      throw error
    }
  }

  async #maintain(): Promise<void> {
    const { log } = this.#services
    for (const task of [
      expireExports,
      purgeExports,
      sweepStorage,
      releaseAllWaiting,
      forgetAuditEvents,
      forgetSigningKeys,
    ]) {
      if (this.#shutdown.signal.aborted) return
      await task(this.#services).catch((error: unknown) =>
        log.error({ err: error, task: task.name }, 'maintenance failed'),
      )
    }
  }

  #track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
    return tracked
  }
}

import type { EntityManager } from '@mikro-orm/postgresql'
import { fromKysely, type JobWithMetadata, PgBoss } from 'pg-boss'
import type { Statement } from '../db/run-together.ts'

/** What a job carries: everything else is read from the export's row. */
export interface ExportJob {
  readonly exportId: string
  /** The row names its current job: one that was left behind by a cancellation or a shutdown finds another name there. */
  readonly jobId: string
}

/** One try at a job. `signal` aborts when the job is no longer ours: it was ended, or given to another worker. */
export interface JobRun extends ExportJob {
  /** Whether the queue will not try again after this one. */
  readonly isLastTry: boolean
  readonly signal: AbortSignal
}

/** A part of an attempt, to be read from the attempt's snapshot. */
export interface PartJob {
  readonly exportId: string
  readonly attempt: number
  readonly position: number
  /** As `pg_export_snapshot` names it. */
  readonly snapshotId: string
  /** Of the plan that the attempt was cut by. @see planDigest */
  readonly planDigest: string
}

/** A mail about the end of an attempt. */
export interface MailJob {
  readonly exportId: string
  readonly attempt: number
}

export type PartRun = PartJob & Omit<JobRun, keyof ExportJob>

const queueName = 'exports'
/** Parts have workers of their own: exports that wait for their parts cannot take the places these need. */
const partsQueueName = 'export_parts'
const mailQueueName = 'mails'
/** Jobs whose worker died at every try; their exports are failed from here. */
const deadQueueName = 'exports_dead'

/** Milliseconds that settling the last jobs may take. */
const stopTimeoutMs = 10_000

const queueOptions = {
  notify: true,
  // A worker that is killed is noticed after heartbeat + supervision + first delay: about 17 s at most.
  heartbeatSeconds: 10,
  retryLimit: 4,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 60,
  // The heartbeat ends what hangs; a long export must not be ended by the clock.
  expireInSeconds: 23 * 3600,
  retentionSeconds: 14 * 24 * 3600,
  deleteAfterSeconds: 24 * 3600,
}

/** A mail server that is down is given an hour. */
const mailOptions = {
  notify: true,
  retryLimit: 10,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 600,
  expireInSeconds: 300,
  retentionSeconds: 24 * 3600,
  deleteAfterSeconds: 24 * 3600,
}

/** Makes pg-boss' tables and our queues. Runs as the owner of the database. */
export async function installQueue(url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 2 })
  await boss.start()
  try {
    await boss.createQueue(deadQueueName, { notify: true })
    for (const name of [queueName, partsQueueName]) {
      await boss.createQueue(name, { ...queueOptions, deadLetter: deadQueueName })
    }
    await boss.createQueue(mailQueueName, mailOptions)
  } finally {
    await boss.stop({ graceful: false })
  }
}

/** The export jobs, in pg-boss. */
export class Queue {
  readonly #boss: PgBoss
  #started = false

  constructor(options: {
    url: string
    /** `api` only sends; `worker` also works, and supervises what others left. */
    role: 'api' | 'worker'
    onError(error: unknown): void
  }) {
    const works = options.role === 'worker'
    this.#boss = new PgBoss({
      connectionString: options.url,
      application_name: `sluice-queue-${options.role}`,
      createSchema: false,
      migrate: false,
      schedule: false,
      supervise: works,
      superviseIntervalSeconds: 4,
      monitorIntervalSeconds: 4,
      useListenNotify: works,
      max: works ? 4 : 2,
    })
    this.#boss.on('error', options.onError)
  }

  async start(): Promise<void> {
    await this.#boss.start()
    this.#started = true
  }

  /** Waits until the jobs whose handlers have returned are settled. */
  async stop(): Promise<void> {
    if (!this.#started) return
    this.#started = false
    await this.#boss.stop({ graceful: true, timeout: stopTimeoutMs })
  }

  /**
   * What adds a job, to be run in a transaction: the job exists if and only if that commits. pg-boss is given
   * a database that only writes the statement down.
   */
  async jobStatement(job: ExportJob): Promise<Statement> {
    let statement: Statement | null = null
    const db = {
      async executeSql(text: string, values: readonly unknown[] = []) {
        statement = withMarks(text, values)
        return { rows: [{ id: job.jobId }] }
      },
    }
    await this.#boss.send(queueName, job, { db })
    if (!statement) throw new Error('pg-boss asked nothing')
    return statement
  }

  async enqueueMail(em: EntityManager, job: MailJob): Promise<void> {
    await this.#boss.send(mailQueueName, job, { db: fromKysely(em.getKysely() as never) })
  }

  async enqueueParts(em: EntityManager, jobs: readonly PartJob[]): Promise<void> {
    await this.#boss.insert(
      partsQueueName,
      jobs.map((data) => ({ data })),
      { db: fromKysely(em.getKysely() as never) },
    )
  }

  /** Takes exports, at most `concurrency` at once. A handler that throws gives its job back, to be tried later. */
  async work(concurrency: number, handler: (run: JobRun) => Promise<void>): Promise<void> {
    await this.#work<ExportJob>(queueName, concurrency, (job, run) => handler({ ...job, ...run }))
  }

  /** Takes parts, like `work`. */
  async workParts(concurrency: number, handler: (run: PartRun) => Promise<void>): Promise<void> {
    await this.#work<PartJob>(partsQueueName, concurrency, (job, run) => handler({ ...job, ...run }))
  }

  /** Takes mails, one after the other. */
  async workMails(handler: (job: MailJob, isLastTry: boolean) => Promise<void>): Promise<void> {
    await this.#work<MailJob>(mailQueueName, 1, (job, { isLastTry }) => handler(job, isLastTry))
  }

  async #work<Data extends object>(
    name: string,
    concurrency: number,
    handler: (data: Data, run: { isLastTry: boolean; signal: AbortSignal }) => Promise<void>,
  ): Promise<void> {
    for (let index = 0; index < concurrency; index += 1) {
      let workerId = ''
      workerId = await this.#boss.work(
        name,
        // NOTIFY announces new jobs only; a job that waits for its next try is found by polling.
        { includeMetadata: true as const, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 },
        async (jobs: JobWithMetadata<Data>[]) => {
          try {
            for (const job of jobs) {
              await handler(job.data, { isLastTry: job.retryCount >= job.retryLimit, signal: job.signal })
            }
          } finally {
            // Under notify, pg-boss sleeps its backstop after each job even when more are waiting.
            this.#boss.notifyWorker(workerId)
          }
        },
      )
    }
  }

  /** Takes the jobs that no worker survived. */
  async workDead(handler: (job: ExportJob | PartJob) => Promise<void>): Promise<void> {
    await this.#boss.work<ExportJob | PartJob>(deadQueueName, { pollingIntervalSeconds: 5 }, async (jobs) => {
      for (const job of jobs) await handler(job.data)
    })
  }

  /** Takes no further jobs. */
  async pause(): Promise<void> {
    await Promise.all(
      [queueName, partsQueueName, mailQueueName, deadQueueName].map((name) =>
        this.#boss.offWork(name, { wait: false }),
      ),
    )
  }
}

/** pg-boss numbers its parameters. */
function withMarks(text: string, values: readonly unknown[]): Statement {
  const params: unknown[] = []
  const sql = text.replaceAll(/\$(\d+)/g, (_mark, number) => {
    params.push(values[Number(number) - 1])
    return '?'
  })
  return { sql, params }
}

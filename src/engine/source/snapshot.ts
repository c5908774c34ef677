import pg from 'pg'
import { quoteLiteral } from '../../core/sql.ts'
import type { IdleConnections } from './idle-connections.ts'
import { openReadSocket } from './read-socket.ts'

/**
 * Settings under which Postgres' text means the same on every server. Scans are not joined to one that
 * is under way, nor split over workers: the same rows in the same order make the same file.
 */
const sessionSettings = {
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'iso_8601',
  client_encoding: 'UTF8',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  synchronize_seqscans: 'off',
  max_parallel_workers_per_gather: '0',
  idle_in_transaction_session_timeout: '0',
}

/** The process that held the snapshot has ended, and the snapshot with it. */
export class SnapshotLostError extends Error {}

export interface SourceOptions {
  readonly url: string
  /** IANA name; instants are written in it. */
  readonly timeZone: string
  /** Shown in pg_stat_activity, so that an operator finds the export behind a query. */
  readonly applicationName: string
  /** What row-level security looks at. @see tenantSession */
  readonly session: Readonly<Record<string, string>>
  /** Default 0: none. */
  readonly statementTimeoutMs?: number
  /** Where a snapshot takes its connection from, and leaves it when all is read. Default: it opens one, and ends it. */
  readonly idle?: IdleConnections
}

/**
 * One moment of the database, held open by a transaction: everything read from it, on any connection,
 * belongs to that moment.
 */
export class Snapshot {
  readonly #options: SourceOptions
  /** Connections beside the holder, and the processes that serve them. */
  readonly #running = new Map<pg.Client, number | null>()
  #stopListening = () => {}
  #isFinished = false
  /** The connection that holds the snapshot. */
  readonly holder: pg.Client
  /** The process that serves it. */
  readonly #holderPid: number
  /** As `pg_export_snapshot` names it. */
  readonly id: string
  readonly takenAt: Date

  private constructor(
    options: SourceOptions,
    holder: pg.Client,
    { id, pid, takenAt }: { id: string; pid: number; takenAt: Date },
  ) {
    this.#options = options
    this.holder = holder
    this.#holderPid = pid
    this.id = id
    this.takenAt = takenAt
  }

  static async take(options: SourceOptions): Promise<Snapshot> {
    return await withConnection(options, async (holder) => {
      const results = (await holder.query(
        `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${settingsSql(options)};
         SELECT pg_export_snapshot() AS id, pg_backend_pid() AS pid, now() AS "takenAt"`,
      )) as unknown as pg.QueryResult<{ id: string; pid: number; takenAt: Date }>[]
      return new Snapshot(options, holder, results.at(-1)!.rows[0]!)
    })
  }

  /** The moment that another connection, perhaps of another process, holds. @throws SnapshotLostError */
  static async join(options: SourceOptions, id: string): Promise<Snapshot> {
    return await withConnection(options, async (holder) => {
      const pid = await adopt(holder, id, options)
      return new Snapshot(options, holder, { id, pid, takenAt: new Date() })
    })
  }

  /** Breaks the connection when `signal` aborts, so that whatever it waits for ends at once, in an error. */
  endWith(signal: AbortSignal): void {
    const end = () => this.holder.connection.stream.destroy()
    if (signal.aborted) {
      end()
      return
    }
    signal.addEventListener('abort', end, { once: true })
    this.#stopListening = () => signal.removeEventListener('abort', end)
  }

  /** Says that everything is read, down to the last byte: the connection can serve the next snapshot. */
  finish(): void {
    this.#isFinished = true
  }

  /** Runs one query on the same moment, beside the holder. */
  async query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const client = await connect(this.#options)
    this.#running.set(client, null)
    try {
      this.#running.set(client, await adopt(client, this.id, this.#options))
      return (await client.query<Row>(sql)).rows
    } finally {
      if (this.#running.delete(client)) await client.end().catch(() => {})
    }
  }

  /**
   * Ends every connection, or leaves the holder to the next snapshot when this one is finished. A backend
   * whose client is gone notices at its next write, which a sort or a wait for a lock puts off for long:
   * those are ended by name.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening()
    const abandoned = new Map(this.#running)
    this.#running.clear()
    if (isDestroyed(this.holder)) abandoned.set(this.holder, this.#holderPid)
    else if (this.#isFinished && this.#options.idle) await leave(this.holder, this.#options.idle)
    else await this.holder.end().catch(() => {})
    if (abandoned.size > 0) await terminate(abandoned, this.#options)
  }
}

/** Between two exports nobody should take a connection for one of them. */
async function leave(holder: pg.Client, idle: IdleConnections): Promise<void> {
  try {
    await holder.query(`ROLLBACK; SET application_name = 'sluice-idle'`)
  } catch {
    holder.connection.stream.destroy()
    return
  }
  await idle.give(holder)
}

/** Runs `begin` on a connection that another snapshot has left, or on a new one where that has broken meanwhile. */
async function withConnection<T>(
  options: SourceOptions,
  begin: (holder: pg.Client) => Promise<T>,
): Promise<T> {
  const left = options.idle?.take()
  if (left) {
    try {
      return await begin(left)
    } catch (error) {
      left.connection.stream.destroy()
      if (error instanceof SnapshotLostError) throw error
    }
  }
  const holder = await connect(options)
  try {
    return await begin(holder)
  } catch (error) {
    holder.connection.stream.destroy()
    throw error
  }
}

const invalidParameterValue = '22023'

/** @returns the process that serves the connection. @throws SnapshotLostError */
async function adopt(client: pg.Client, id: string, options: SourceOptions): Promise<number> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    await client.query(`SET TRANSACTION SNAPSHOT ${quoteLiteral(id)}`)
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === invalidParameterValue
    throw isGone
      ? new SnapshotLostError('The snapshot is gone with the process that held it.', { cause: error })
      : error
  }
  // Afterwards: a transaction adopts a snapshot before it has asked anything, or not at all.
  const { rows } = await client.query<{ pid: number }>(`${settingsSql(options)}, pg_backend_pid() AS pid`)
  return rows[0]!.pid
}

function isDestroyed(client: pg.Client): boolean {
  return client.connection.stream.destroyed
}

/** The number that pg knows of a process is made up where a pooler stands between. */
async function terminate(
  served: ReadonlyMap<pg.Client, number | null>,
  options: SourceOptions,
): Promise<void> {
  for (const client of served.keys()) client.connection.stream.destroy()
  const pids = [...served.values()].filter((pid) => pid !== null)
  const helper = await connect(options).catch(() => null)
  // Without a connection there is nobody to ask; the backends end by themselves at their next write.
  await helper
    ?.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [pids])
    .catch(() => {})
  await helper?.end().catch(() => {})
}

async function connect(options: SourceOptions): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    stream: openReadSocket,
  })
  // Failures reach us through the query they end; without a listener they would also end the process.
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Of the transaction only: a connection that is left to the next snapshot must not keep whose rows it read. */
function settingsSql(options: SourceOptions): string {
  const settings = {
    ...options.session,
    ...sessionSettings,
    application_name: options.applicationName,
    TimeZone: options.timeZone,
    statement_timeout: String(options.statementTimeoutMs ?? 0),
  }
  const calls = Object.entries(settings).map(
    ([name, value]) => `set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`,
  )
  return `SELECT ${calls.join(', ')}`
}

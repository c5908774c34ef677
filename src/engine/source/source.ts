import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import pg from 'pg'
import { IdleConnections } from './idle-connections.ts'

/** Connections for short questions. Exports, counts and previews have connections of their own. */
const poolSize = 4
/** Looks at once. The source's connections are for exports, however many people only look. */
const maxLooks = 8
/** Milliseconds that a short question may take: somebody waits for the answer. */
const queryTimeoutMs = 10_000
const connectTimeoutMs = 10_000

export interface SourceField {
  readonly name: string
  /** Oid of its type. */
  readonly type: number
}

export interface SourceLimits {
  /** Milliseconds of one statement of an export, so of all the rows that it reads. Default 0: none. */
  readonly statementTimeoutMs?: number
  /** Connections over which one export reads a table. Default 2. */
  readonly connectionsPerExport?: number
}

/**
 * The database that the datasets' rows live in: Sluice's own, another server, or a read replica. It is
 * only read, in transactions that say so, and a role that may SELECT is enough.
 */
export class Source {
  readonly url: string
  readonly statementTimeoutMs: number
  readonly connectionsPerExport: number
  /** What the exports of this process leave to each other. */
  readonly idle = new IdleConnections()
  /** Runs what reads rows for somebody who waits, on a connection of its own: 8 at once, the others in their turn. */
  readonly look = pLimit(maxLooks)
  readonly #pool: pg.Pool

  constructor(url: string, { statementTimeoutMs = 0, connectionsPerExport = 2 }: SourceLimits = {}) {
    this.url = url
    this.statementTimeoutMs = statementTimeoutMs
    this.connectionsPerExport = connectionsPerExport
    this.#pool = new pg.Pool({
      connectionString: url,
      application_name: 'sluice-catalog',
      max: poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      // Once for a connection: a BEGIN READ ONLY and a COMMIT around each question tripled its round trips. Not in
      // its first message, where PgBouncer refuses such parameters.
      onConnect: async (client) => {
        await client.query(
          `SET default_transaction_read_only = on; SET statement_timeout = ${queryTimeoutMs}`,
        )
      },
    })
    // A connection that breaks fails the question that runs on it, and is replaced by the next one. Without these
    // listeners it would end the process: of the pool while it is idle, its own while it is lent and asked nothing.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  /**
   * One short question; jsonb arrives parsed.
   * @param session what row-level security looks at: see tenantSession. Empty: nobody's rows
   */
  async query<Row extends pg.QueryResultRow>(
    sql: string,
    params: readonly unknown[],
    session: Readonly<Record<string, string>>,
  ): Promise<Row[]> {
    return (await this.#ask<Row>({ text: sql, values: [...params] }, session)).rows
  }

  /**
   * Like `query`, for a question that each export asks, such as a catalog of dynamic columns: it is parsed and
   * planned once for a connection, which is three quarters of what it costs. Postgres plans it anew when
   * the tables change.
   */
  async queryPrepared<Row extends pg.QueryResultRow>(
    sql: string,
    params: readonly unknown[],
    session: Readonly<Record<string, string>>,
  ): Promise<Row[]> {
    // Postgres takes 63 characters.
    const name = createHash('sha256').update(sql).digest('base64url')
    return (await this.#ask<Row>({ name, text: sql, values: [...params] }, session)).rows
  }

  /** What a query would give: the names of its columns, and the oids of their types. @throws pg's DatabaseError */
  async fieldsOf(
    sql: string,
    params: readonly unknown[],
    session: Readonly<Record<string, string>>,
  ): Promise<SourceField[]> {
    const { fields } = await this.#ask(
      { text: `SELECT * FROM (${sql}\n) AS described LIMIT 0`, values: [...params] },
      session,
    )
    return fields.map(({ name, dataTypeID: type }) => ({ name, type }))
  }

  async #ask<Row extends pg.QueryResultRow>(
    question: pg.QueryConfig,
    session: Readonly<Record<string, string>>,
  ): Promise<pg.QueryResult<Row>> {
    const client = await this.#pool.connect()
    let isClean = false
    try {
      const settings = Object.entries(session)
      // Of this question's transaction only: the next one may be another organization's.
      if (settings.length > 0) await client.query('BEGIN')
      for (const setting of settings) await client.query('SELECT set_config($1, $2, true)', setting)
      const result = await client.query<Row>(question)
      if (settings.length > 0) await client.query('COMMIT')
      isClean = true
      return result
    } finally {
      // Whatever went wrong, nothing of it is left for the next question.
      client.release(!isClean)
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.end(), this.idle.close()])
  }
}

import pg from 'pg'
import { StartupError } from './startup-error.ts'

/** How often two connections are compared: a pooler that is busy may give each a process of its own for a while. */
const rounds = 5

/**
 * Sluice listens, takes locks, prepares statements and sets parameters, all of which belong to a session. A
 * pooler that gives each transaction another one, such as PgBouncer with `pool_mode = transaction`, loses
 * them, and leaves what was set to whoever uses that connection next.
 * @param variable that the address is from
 * @throws StartupError behind such a pooler; pg's errors when the database cannot be used
 */
export async function requireSessions(url: string, variable: string): Promise<void> {
  const first = new pg.Client({ connectionString: url, application_name: 'sluice-start' })
  const second = new pg.Client({ connectionString: url, application_name: 'sluice-start' })
  try {
    await first.connect()
    const own = await backendOf(first)
    // What PostgreSQL said when it took the connection; a pooler makes a number up.
    if ((first as unknown as { processID: number }).processID === own) return
    await second.connect()
    for (let round = 0; round < rounds; round += 1) {
      const isShared = (await backendOf(second)) === own || (await backendOf(first)) !== own
      if (isShared) throw new StartupError(refusal(variable))
    }
  } finally {
    await Promise.all([first, second].map((client) => client.end().catch(() => {})))
  }
}

function refusal(variable: string): string {
  return `${variable} leads to a pooler that gives each transaction another connection, as PgBouncer does with pool_mode = transaction. Sluice needs connections of its own: have the pooler work by sessions (pool_mode = session), or name PostgreSQL itself. See "Behind a pooler" in docs/operations.md.`
}

/** The process of PostgreSQL that answers. */
async function backendOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return rows[0]!.pid
}

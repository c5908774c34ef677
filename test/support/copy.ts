import { text } from 'node:stream/consumers'
import pg from 'pg'
import { to } from 'pg-copy-streams'

/** What Postgres' own `COPY … TO STDOUT` says, through an implementation that is not ours. */
export async function copyText(url: string, query: string, options = 'FORMAT csv'): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(
      "SET TimeZone = 'UTC'; SET synchronize_seqscans = off; SET max_parallel_workers_per_gather = 0",
    )
    return await text(client.query(to(`COPY (${query}) TO STDOUT WITH (${options})`)))
  } finally {
    await client.end()
  }
}

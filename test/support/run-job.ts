import { runExport } from '../../src/lifecycle/run-export.ts'
import type { Services } from '../../src/lifecycle/services.ts'
import type { TestApp } from './app.ts'
import { uuidOf } from './gated-dataset.ts'
import { sql } from './sql.ts'

/** One try at an export's current job, as the queue would ask for it, in a world that the test has changed. */
export async function runJob(
  app: TestApp,
  id: string,
  options: { isLastTry?: boolean; services?: Partial<Services> } = {},
): Promise<void> {
  const exportId = uuidOf(id)
  const [row] = await sql<{ job_id: string }>(
    app.database.ownerUrl,
    'SELECT job_id FROM sluice.exports WHERE id = $1',
    [exportId],
  )
  const never = new AbortController().signal
  await runExport(
    { ...app.api.services, ...options.services },
    { exportId, jobId: row!.job_id, isLastTry: options.isLastTry ?? false, signal: never },
    never,
  )
}

/** The jobs of an export that the queue knows, oldest first. */
export async function jobsOf(app: TestApp, id: string): Promise<{ state: string; retry_count: number }[]> {
  return await sql(
    app.database.ownerUrl,
    "SELECT state, retry_count FROM pgboss.job WHERE name = 'exports' AND data ->> 'exportId' = $1 ORDER BY created_on",
    [uuidOf(id)],
  )
}

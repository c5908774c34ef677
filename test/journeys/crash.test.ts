import { once } from 'node:events'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, startWorkerProcess, type TestApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import { acceptExport, download, type ExportState, watchExport } from '../support/exports.ts'
import { sql } from '../support/sql.ts'
import { storedFiles } from '../support/stored-files.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 100_000, workers: 0 })
})

afterAll(() => app.stop())

/** The whole file as Postgres writes it. */
async function expectedFile(): Promise<string> {
  return `id,summary\n${await copyText(app.database.ownerUrl, "SELECT id, summary FROM crm.deals WHERE organization_id = 'demo'")}`
}

/** Ten seconds pass for the queue, after which a worker that has said nothing counts as dead. */
async function ageHeartbeats(): Promise<void> {
  const aged = await sql(
    app.database.ownerUrl,
    `UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '10 seconds'
     WHERE name = 'exports' AND state = 'active' AND heartbeat_seconds = 10 RETURNING id`,
  )
  expect(aged).toHaveLength(1)
}

const input = {
  dataset: 'deals',
  columns: [{ name: 'id' }, { name: 'summary' }],
  options: { formulaGuard: false },
}

test('a worker that is killed in mid-export is replaced, and one correct file comes out', {
  timeout: 90_000,
}, async () => {
  const { id } = await acceptExport(app, { ...input, compression: 'GZIP' })
  const first = await startWorkerProcess(app)
  const states: ExportState[] = []
  let killed = false
  for await (const state of watchExport(app, id)) {
    states.push(state)
    if (!killed && state.status === 'PROCESSING') {
      killed = true
      first.kill('SIGKILL')
      await once(first, 'exit')
      await ageHeartbeats()
      const second = await startWorkerProcess(app)
      app.onStop(async () => {
        second.kill('SIGTERM')
        await once(second, 'exit')
      })
    }
  }
  const last = states.at(-1)!
  expect(last).toMatchObject({ status: 'COMPLETED', attempt: 2, rowsExported: 100_000 })
  expect(gunzipSync(await download(last.files[0]!.url)).toString()).toBe(await expectedFile())
  expect(storedFiles(app)).toEqual([
    expect.stringMatching(/\/2\/Deals_.*\.csv\.gz$/),
    expect.stringMatching(/\/2\/manifest\.json$/),
  ])
})

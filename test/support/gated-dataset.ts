import pg from 'pg'
import { crmDatasets } from '../../src/datasets/crm/datasets.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import type { TestApp } from './app.ts'
import { sql } from './sql.ts'
import { until } from './until.ts'

const gateLock = 4_242

/** Rows that come before the gate; two blocks of the engine, so that progress shows. */
export const rowsBeforeGate = 150

/** The demo's deals, padded; after the first rows Postgres waits while a gate is closed. */
const gatedDeals = defineDataset({
  name: 'gated_deals',
  label: 'Gated deals',
  source: {
    query: `SELECT d.*, repeat('x', 4000) AS pad
      FROM (SELECT organization_id, id, row_number() OVER () AS position FROM crm.deals) AS d
      WHERE d.position <= ${rowsBeforeGate} OR pg_advisory_xact_lock_shared(${gateLock}) IS NOT NULL`,
  },
  key: ['id'],
  tenant: { column: 'organization_id' },
  columns: {
    id: { type: 'text', label: 'ID' },
    pad: { type: 'text', label: 'Padding' },
  },
})

/** The built-in datasets and the gated one. */
export const datasetsWithGate = createRegistry([...crmDatasets, gatedDeals])

export interface Gate {
  /** Every export that waits goes on. */
  open(): Promise<void>
}

/** Exports of `gated_deals` wait in mid-COPY until it is opened. */
export async function closeGate(app: TestApp): Promise<Gate> {
  const client = new pg.Client({ connectionString: app.database.appUrl })
  await client.connect()
  await client.query('SELECT pg_advisory_lock($1)', [gateLock])
  let isOpen = false
  return {
    async open() {
      if (isOpen) return
      isOpen = true
      await client.end()
    },
  }
}

/** The process of Postgres that waits at the gate for an export. */
export async function waitingAtGate(app: TestApp, exportId: string): Promise<number> {
  const [backend] = await until('a backend waits at the gate', async () => {
    const rows = await backendsOf(app, exportId)
    return rows.length > 0 && rows.every(({ waits }) => waits === 'Lock') ? rows : null
  })
  return backend!.pid
}

/** What Postgres does for an export right now. `exportId` is the UUID or the global id. */
export async function backendsOf(app: TestApp, exportId: string): Promise<{ pid: number; waits: string }[]> {
  return await sql(
    app.database.adminUrl,
    `SELECT pid, wait_event_type AS waits FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'sluice-export ' || $1 || '%'`,
    [uuidOf(exportId)],
  )
}

/** The UUID inside a global id. */
export function uuidOf(id: string): string {
  return id.includes('-') ? id : Buffer.from(id, 'base64').toString().replace('Export:', '')
}

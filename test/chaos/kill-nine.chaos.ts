import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, createApi } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { demoStatements } from '../../src/datasets/crm/demo.ts'
import { createApiKey } from '../../src/lifecycle/api-keys.ts'
import { authenticate } from '../../src/lifecycle/authenticate.ts'
import { createOrganization } from '../../src/lifecycle/organizations.ts'
import { changePlan, copyPlan, ensurePlans } from '../../src/lifecycle/plans.ts'
import { ensureSigningKey } from '../../src/lifecycle/signing-keys.ts'
import { submitExport } from '../../src/lifecycle/submit-export.ts'
import { sweepStorage } from '../../src/lifecycle/sweep-storage.ts'
import { Export } from '../../src/platform/db/entities/export.ts'
import { ExportFile } from '../../src/platform/db/entities/export-file.ts'
import { migrateDatabase } from '../../src/platform/db/migrate.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'
import { copyText } from '../support/copy.ts'

const kills = Number(process.env.CHAOS_KILLS ?? 50)
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 100_000)
const deals = 300_000
/** Exports at once, by the plan; further ones wait. */
const atOnce = 3

let folder: string
let postgres: EmbeddedPostgres
let api: Api
const workers: ChildProcess[] = []

/** Mulberry32: the kills of a seed come in the same order. */
function random(state: number): () => number {
  let a = state
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-chaos-'))
  postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
  await migrateDatabase(postgres.urls)
  const client = new pg.Client({ connectionString: postgres.urls.owner })
  await client.connect()
  for (const { sql } of demoStatements({ tenant: 'demo', deals, asOf: new Date('2026-11-21T00:00:00Z') }))
    await client.query(sql)
  await client.query('ANALYZE')
  await client.end()
  api = await createApi(
    {
      ...readConfig({}),
      databaseUrl: postgres.urls.app,
      dataDir: folder,
      workerConcurrency: 2,
      partRows: 50_000,
      logLevel: 'silent',
    },
    { log: pino({ level: 'silent' }) },
  )
  await ensurePlans(api.services)
  await ensureSigningKey(api.services)
  await api.start({ port: 0, host: '127.0.0.1' })
})

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  await api?.stop()
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function startWorker(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('../../src/main.ts', import.meta.url)), ['worker'], {
    env: {
      ...process.env,
      DATABASE_URL: postgres.urls.app,
      SLUICE_DATA_DIR: folder,
      SLUICE_WORKER_CONCURRENCY: '3',
      SLUICE_PART_ROWS: '50000',
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await Promise.race([once(child, 'message'), once(child, 'exit')])
  return child
}

/** Process ids of the backends that read rows for exports. */
async function backendPids(): Promise<number[]> {
  const client = new pg.Client({ connectionString: postgres.adminUrl })
  await client.connect()
  try {
    const { rows } = await client.query(
      "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'sluice-export%'",
    )
    return rows.map(({ pid }) => pid)
  } finally {
    await client.end()
  }
}

test(`${kills} kill -9 at random moments: every export ends in exactly the right rows (seed ${seed})`, async () => {
  const next = random(seed)
  await copyPlan(api.services, { from: 'unlimited', name: 'chaos' })
  await changePlan(api.services, 'chaos', { maxConcurrentExports: atOnce, beyondConcurrency: 'queue' })
  const organization = await createOrganization(api.services, {
    name: 'Demo',
    externalId: 'demo',
    plan: 'chaos',
  })
  const { secret } = await createApiKey(api.services, organization, { name: 'chaos' })
  const principal = (await authenticate(api.services, secret))!
  const submit = (index: number) =>
    submitExport(api.services, principal, {
      door: 'graphql',
      dataset: 'deals',
      columns: [{ name: 'id' }, { name: 'summary' }],
      options: { formulaGuard: false },
      // In one piece and in parts, as they are and compressed.
      ...(index % 2 === 0 ? { compression: 'gzip' as const } : {}),
      ...(index % 3 === 0 ? { maxRowsPerFile: 120_000 } : {}),
      name: `chaos ${index}`,
    })
  for (let index = 0; index < 2; index += 1) workers.push(await startWorker())
  let submitted = 0
  let postgresKills = 0
  for (let kill = 0; kill < kills; kill += 1) {
    const unfinished = await api.services.orm.em
      .fork()
      .count(Export, { status: { $in: ['pending', 'processing'] } })
      .catch(() => 99)
    const begun = await api.services.orm.em
      .fork()
      .count(Export, { status: { $in: ['pending', 'processing'] }, queuePosition: null })
      .catch(() => 0)
    expect(begun).toBeLessThanOrEqual(atOnce)
    for (let index = unfinished; index < 5; index += 1) {
      // An answer that was lost with the database is an export that may or may not exist; a new one is asked for.
      await submit(submitted).then(
        () => {
          submitted += 1
        },
        () => {},
      )
    }
    await sleep(300 + next() * 2_500)
    const dice = next()
    if (dice < 0.1) {
      // Killing a backend makes PostgreSQL drop every connection and recover.
      const [pid] = await backendPids().catch(() => [])
      if (pid) {
        process.kill(pid, 'SIGKILL')
        postgresKills += 1
        continue
      }
    }
    const index = Math.floor(next() * workers.length)
    workers[index]!.kill('SIGKILL')
    workers[index] = await startWorker()
  }
  const deadline = Date.now() + 300_000
  for (;;) {
    const left = await api.services.orm.em
      .fork()
      .count(Export, { status: { $in: ['pending', 'processing'] } })
      .catch(() => 1)
    if (left === 0) break
    if (Date.now() > deadline) throw new Error(`${left} exports do not end`)
    for (const [index, worker] of workers.entries())
      if (worker.exitCode !== null || worker.signalCode !== null) workers[index] = await startWorker()
    await sleep(500)
  }

  const expected = await copyText(
    postgres.urls.owner,
    "SELECT id, summary FROM crm.deals WHERE organization_id = 'demo'",
  )
  const em = api.services.orm.em.fork()
  const exports = await em.find(Export, {})
  expect(exports.length).toBe(submitted)
  const counts = Map.groupBy(exports, ({ status }) => status)
  const attempts = exports.reduce((sum, { attempt }) => sum + attempt, 0)
  console.log(
    `seed ${seed}: ${submitted} exports, ${counts.get('completed')?.length ?? 0} of them completed, ${attempts} attempts, ${kills} kills, ${postgresKills} of them of PostgreSQL`,
  )
  for (const { status, errorCode } of exports) {
    // A job whose worker died at every one of its tries is given up, and says so; nothing else may fail.
    if (status !== 'completed')
      expect({ status, errorCode }).toEqual({ status: 'failed', errorCode: 'WORKER_LOST' })
  }
  expect(counts.get('completed')?.length ?? 0).toBeGreaterThan(submitted * 0.9)
  const published = new Set<string>()
  for (const row of counts.get('completed') ?? []) {
    const files = await em.find(ExportFile, { export: row.id }, { orderBy: { position: 'asc' } })
    const texts = files
      .filter(({ kind }) => kind === 'data')
      .map(({ storageKey, name }) => {
        const bytes = readFileSync(join(folder, 'files', 'objects', storageKey))
        const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
        expect(text.startsWith('id,summary\n')).toBe(true)
        return text.slice('id,summary\n'.length)
      })
    expect(texts.join('') === expected).toBe(true)
    for (const { storageKey } of files) published.add(storageKey)
  }
  await sweepStorage(api.services)
  const stored = readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'files', 'objects').length + 1))
  expect(stored.sort()).toEqual([...published].sort())
})

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { findEmbeddedPostgres } from '../../src/platform/postgres/embedded-address.ts'
import { createDatabase } from '../support/database.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { sql } from '../support/sql.ts'
import { until } from '../support/until.ts'

const folders: string[] = []
const running: ServerProcess[] = []

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-roles-'))
  folders.push(folder)
  return folder
}

/** Ends with the file at the latest. */
function start(env: Record<string, string>, args: readonly string[] = []): ServerProcess {
  const server = startServer(env, args)
  running.push(server)
  return server
}

afterAll(async () => {
  const alive = running.filter(({ child }) => child.exitCode === null && child.signalCode === null)
  await Promise.all(alive.map((server) => server.end('SIGTERM')))
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

async function ask<T>({ url, key }: { url: string; key: string }, query: string): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { data, errors } = (await response.json()) as { data?: T; errors?: unknown }
  if (!data) throw new Error(JSON.stringify(errors))
  return data
}

const dataDir = newFolder()
const settings = { SLUICE_DATA_DIR: dataDir, SLUICE_DEMO_ROWS: '200', SLUICE_WORKER_CONCURRENCY: '2' }
let first: ServerProcess
let firstUp: { url: string; key: string }
let firstExport: string

beforeAll(async () => {
  first = start({ ...settings, PORT: '0' })
  firstUp = await first.ready()
})

/** The status that an export ends with, and how many rows it has. */
async function ended(server: { url: string; key: string }, id: string) {
  return await until(
    'the export has ended',
    async () => {
      const { export: state } = await ask<{
        export: { status: string; rowsExported: number; attempt: number }
      }>(server, `{ export(id: "${id}") { status rowsExported attempt } }`)
      return ['PENDING', 'PROCESSING'].includes(state.status) ? null : state
    },
    30_000,
  )
}

function createExport(server: { url: string; key: string }): Promise<string> {
  return ask<{ createExport: { export: { id: string } } }>(
    server,
    'mutation { createExport(input: {dataset: "deals", columns: [{name: "id"}]}) { ... on CreateExportSuccess { export { id } } ... on Error { message } } }',
  ).then(({ createExport: { export: made } }) => made.id)
}

test('a worker gives way to the API and the database', () => {
  const pid = first.child.pid!
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  const priorities = children.map((child) => {
    const isWorker = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0').includes('worker')
    return { isWorker, niceness: getPriority(Number(child)) }
  })
  const own = getPriority(pid)
  expect(priorities.filter(({ isWorker }) => isWorker)).toEqual([
    { isWorker: true, niceness: Math.min(19, own + 10) },
  ])
  expect(priorities.filter(({ isWorker }) => !isWorker).map(({ niceness }) => niceness)).toContain(own)
})

test('one command starts everything: the banner has an address and a key that work, and the curl line does what it says', async () => {
  expect(first.stdout()).toContain('Sluice is up.')
  expect(first.stdout()).toContain('Creating demo data: 200 deals')
  expect((await fetch(`${firstUp.url}/readyz`)).status).toBe(200)
  const curl = /^ {2}(curl [\s\S]*?)\n\n/m.exec(first.stdout())?.[1]
  expect(curl).toBeDefined()
  const answer = JSON.parse(execFileSync('sh', ['-c', `${curl} --silent`], { encoding: 'utf8' })) as {
    data: { createExport: { export: { id: string } } }
  }
  firstExport = answer.data.createExport.export.id
  expect(await ended(firstUp, firstExport)).toEqual({ status: 'COMPLETED', rowsExported: 200, attempt: 1 })
})

test('the key is kept where only its owner reads it', () => {
  const mode = execFileSync('stat', ['-c', '%a', join(dataDir, 'demo-key')], { encoding: 'utf8' }).trim()
  expect(mode).toBe('600')
  expect(readFileSync(join(dataDir, 'demo-key'), 'utf8').trim()).toBe(firstUp.key)
})

test('a second process on the same data folder says so in one line and ends with 1; the first goes on', async () => {
  const second = start({ ...settings, PORT: '0' })
  expect((await second.end()).code).toBe(1)
  expect(second.stderr().trimEnd().split('\n')).toEqual([
    `sluice: The data folder ${dataDir} is in use by process ${first.child.pid}. Stop it, or set SLUICE_DATA_DIR to another folder.`,
  ])
  expect((await fetch(`${firstUp.url}/readyz`)).status).toBe(200)
})

test('a busy port is told in one line, with a port to try, before a database is made', async () => {
  const busy: Server = createServer().listen(0)
  onTestFinished(() => void busy.close())
  const address = busy.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const folder = newFolder()
  const server = start({ SLUICE_DATA_DIR: folder, PORT: String(port) })
  expect((await server.end()).code).toBe(1)
  expect(server.stderr().trimEnd().split('\n')).toEqual([expect.stringContaining(`Port ${port} is in use.`)])
  expect(server.stderr()).toContain(`PORT=${port + 1}`)
  expect(readdirSync(folder)).toEqual([])
})

/** Everything that can be wrong with DATABASE_URL, and what is said of it. */
const brokenUrls: Record<string, { url(): string; says: RegExp }> = {
  'a port where nothing listens': {
    url: () => 'postgres://me:secret@localhost:1/sluice',
    says: /nothing answers there.*DATABASE_URL/,
  },
  'an unknown host': {
    url: () => 'postgres://me:secret@no-such-host.invalid:5432/sluice',
    says: /host is unknown.*DATABASE_URL/,
  },
  'a wrong password': {
    url: () => Object.assign(new URL(inject('appUrl')), { password: 'wrong' }).toString(),
    says: /password is wrong.*DATABASE_URL/,
  },
  'a database that does not exist': {
    url: () => Object.assign(new URL(inject('appUrl')), { pathname: '/nothing_here' }).toString(),
    says: /database does not exist.*DATABASE_URL/,
  },
  garbage: { url: () => 'garbage', says: /DATABASE_URL must be an address such as/ },
}

/** How a start with this DATABASE_URL ends. It is given 45 s for it. */
async function failToStart(role: string, url: string): Promise<{ code: number | null; lines: string[] }> {
  const server = start({ SLUICE_DATA_DIR: newFolder(), DATABASE_URL: url, PORT: '0' }, [role])
  const timer = setTimeout(() => server.child.kill('SIGKILL'), 45_000)
  const { code } = await server.end()
  clearTimeout(timer)
  expect(server.stdout()).toBe('')
  const lines = server.stderr().trimEnd().split('\n')
  expect(lines.join('\n')).not.toMatch(/secret|wrong@|\bat .*\.(ts|js):\d/)
  return { code, lines }
}

test('a broken DATABASE_URL is told in one clear line and ends with 1, whatever is wrong with it', {
  timeout: 60_000,
}, async () => {
  const outcomes = await Promise.all(
    Object.values(brokenUrls).map(async ({ url }) => await failToStart('all', url())),
  )
  expect(outcomes).toEqual(
    Object.values(brokenUrls).map(({ says }) => ({ code: 1, lines: [expect.stringMatching(says)] })),
  )
})

test('a broken DATABASE_URL ends the roles api and worker with one line, too', {
  timeout: 60_000,
}, async () => {
  const tries = ['api', 'worker'].flatMap((role) =>
    ['a port where nothing listens', 'a wrong password'].map((what) =>
      failToStart(role, brokenUrls[what]!.url()),
    ),
  )
  for (const { code, lines } of await Promise.all(tries)) {
    expect(code).toBe(1)
    expect(lines).toEqual([expect.stringMatching(/^sluice: .*(nothing answers|ECONNREFUSED|password)/)])
  }
})

test('a word that is no role and a setting that is wrong are told in one line', async () => {
  const word = start({ SLUICE_DATA_DIR: newFolder() }, ['everything'])
  expect((await word.end()).code).toBe(1)
  expect(word.stderr()).toBe("sluice: There is no role 'everything'. Choose all, api, worker.\n")
  const setting = start({ SLUICE_DATA_DIR: newFolder(), PORT: 'x', SLUICE_WORKERS: '-1' })
  expect((await setting.end()).code).toBe(1)
  expect(setting.stderr().trimEnd().split('\n')).toHaveLength(1)
  expect(setting.stderr()).toMatch(/PORT must be.*SLUICE_WORKERS must be/)
})

test('the roles api and worker on a database of their own make an export together, and stop cleanly', {
  timeout: 60_000,
}, async () => {
  const database = await createDatabase()
  onTestFinished(() => database.drop())
  const folder = newFolder()
  const all = {
    SLUICE_DATA_DIR: folder,
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
  }
  const key = 'a-key-that-scripts-know'
  // `all` without workers is the API with migrations and the demo organization.
  const api = start(
    { ...all, PORT: '0', SLUICE_WORKERS: '0', SLUICE_DEMO_KEY: key, SLUICE_DEMO_ROWS: '100' },
    ['all'],
  )
  const up = await api.ready()
  expect(up.key).toBe(key)
  const worker = start({ SLUICE_DATA_DIR: folder, DATABASE_URL: database.appUrl }, ['worker'])
  const id = await createExport(up)
  expect(await ended(up, id)).toMatchObject({ status: 'COMPLETED', rowsExported: 100 })
  expect(await Promise.all([worker.end('SIGTERM'), api.end('SIGTERM')])).toEqual([
    { code: 0, signal: null },
    { code: 0, signal: null },
  ])
})

test('SIGTERM in mid-export puts it back and shuts PostgreSQL down; the next start keeps everything and completes it; SIGINT ends that one', {
  timeout: 60_000,
}, async () => {
  const { owner } = findEmbeddedPostgres(join(dataDir, 'postgres'))!
  const lock = 4_242
  // Reading deals waits while somebody holds the lock.
  await sql(
    owner,
    `ALTER TABLE crm.deals RENAME TO deals_rows;
     CREATE VIEW crm.deals AS SELECT d.* FROM crm.deals_rows d
       WHERE pg_advisory_xact_lock_shared(${lock}) IS NOT NULL;
     GRANT SELECT ON crm.deals TO sluice_app`,
  )
  const gate = new pg.Client({ connectionString: owner })
  gate.on('error', () => {})
  await gate.connect()
  await gate.query('SELECT pg_advisory_lock($1)', [lock])
  const id = await createExport(firstUp)
  await until('the export waits at the gate', async () => {
    const rows = await sql(owner, "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return rows.length > 0
  })
  const postmaster = Number(
    readFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0],
  )
  const beganAt = performance.now()
  expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(performance.now() - beganAt).toBeLessThan(10_000)
  expect(first.stderr()).toBe('')
  expect(existsSync(`/proc/${postmaster}`)).toBe(false)
  expect(existsSync(join(dataDir, 'postgres/cluster/postmaster.pid'))).toBe(false)
  expect(existsSync(join(dataDir, 'sluice.lock'))).toBe(false)
  await gate.end().catch(() => {})

  const second = start({ ...settings, PORT: '0' })
  const secondUp = await second.ready()
  expect(secondUp.key).toBe(firstUp.key)
  expect(second.stdout()).not.toContain('Creating demo data')
  expect(await ended(secondUp, id)).toEqual({ status: 'COMPLETED', rowsExported: 200, attempt: 2 })
  const { export: handed } = await ask<{ export: { events: { type: string }[] } }>(
    secondUp,
    `{ export(id: "${id}") { events { type } } }`,
  )
  expect(handed.events.map(({ type }) => type)).toEqual([
    'created',
    'started',
    'requeued',
    'started',
    'completed',
  ])
  // What the first run made is still there, to the byte.
  const { export: kept } = await ask<{ export: { files: { url: string; bytes: number }[] } }>(
    secondUp,
    `{ export(id: "${firstExport}") { files { url bytes } } }`,
  )
  const bytes = await (await fetch(kept.files[0]!.url.replace('localhost', '127.0.0.1'))).arrayBuffer()
  expect(bytes.byteLength).toBe(kept.files[0]!.bytes)

  const { app } = findEmbeddedPostgres(join(dataDir, 'postgres'))!
  // Twice, as an impatient person does.
  second.child.kill('SIGINT')
  expect(await second.end('SIGINT')).toEqual({ code: 0, signal: null })
  await expect(sql(app, 'SELECT 1')).rejects.toThrow()
})

import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { quoteIdentifier, quoteLiteral } from '../../core/sql.ts'
import { findBinaries, type PostgresBinaries } from './binaries.ts'
import {
  appRole,
  type DatabaseUrls,
  databaseName,
  isPostgres,
  loopback,
  ownerRole,
  readPassword,
  readPostmaster,
  urlOf,
  urlsOf,
} from './embedded-address.ts'
import { chooseUser, type RunAs } from './run-as.ts'
import { clearSocketFolder, findSocketFolder } from './socket-folder.ts'

/** A PostgreSQL of our own, alive until `stop`. */
export interface EmbeddedPostgres {
  /** Superuser on the maintenance database. */
  readonly adminUrl: string
  readonly urls: DatabaseUrls
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Folder of the cluster, made when it is missing. The caller holds its lock. */
  readonly folder: string
  /** Server settings on top of ours, e.g. `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>
  /** Hears that the server died and is started again. Default: nobody. */
  onCrash?(details: { code: number | null; signal: NodeJS.Signals | null }): void
}

const superuser = 'postgres'

/** Milliseconds until a server that does not answer is given up: recovery after a crash takes its time. */
const startTimeoutMs = 120_000

/** Memory and WAL for a machine that also runs the exports; the rest is PostgreSQL's own choice. */
const serverSettings = {
  listen_addresses: '127.0.0.1',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  // One server, no replicas: bulk loads need not write every row to the log.
  wal_level: 'minimal',
  max_wal_senders: '0',
  log_min_messages: 'warning',
}

/** @throws Error with one sentence that says what is wrong and what to do. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.folder)
  const cluster = join(folder, 'cluster')
  const binaries = await findBinaries()
  mkdirSync(folder, { recursive: true })
  const runAs = chooseUser(folder, [binaries.initdb, binaries.postgres])
  if (!existsSync(join(cluster, 'PG_VERSION'))) await createCluster(folder, binaries, runAs)
  await stopOrphan(cluster)
  const password = readPassword(folder)
  const port = await findFreePort()
  const sockets = await findSocketFolder(folder, runAs)
  const settings = {
    ...serverSettings,
    // A list of quoted names.
    unix_socket_directories: sockets === null ? '' : `"${sockets.replaceAll('"', '""')}"`,
    ...options.settings,
    port: String(port),
  }
  const start = () => {
    if (sockets !== null) clearSocketFolder(sockets, runAs)
    return launch(folder, binaries, runAs, settings)
  }
  const address = { host: sockets ?? loopback, port }
  const adminUrl = urlOf(superuser, password, address, 'postgres')
  const server = start()
  try {
    await waitUntilReady(server, adminUrl, folder)
    await createRolesAndDatabase(adminUrl, password)
  } catch (error) {
    await stopServer(server)
    throw error
  }
  const stop = keepRunning(server, start, options.onCrash)
  return { adminUrl, urls: urlsOf(password, address), stop }
}

/** Milliseconds before a server that died is started again. */
const restartDelayMs = 200

/**
 * Starts the server again, on the same port, whenever it dies: everybody who uses it reconnects. A server
 * whose backends outlive it does not start until they have ended; then it is tried again.
 */
function keepRunning(
  first: ChildProcess,
  start: () => ChildProcess,
  onCrash: EmbeddedOptions['onCrash'],
): () => Promise<void> {
  let server = first
  let isStopping = false
  let timer: NodeJS.Timeout | null = null
  const watch = () => {
    server.once('exit', (code, signal) => {
      if (isStopping) return
      onCrash?.({ code, signal })
      timer = setTimeout(() => {
        server = start()
        watch()
      }, restartDelayMs)
    })
  }
  watch()
  return async () => {
    isStopping = true
    if (timer) clearTimeout(timer)
    await stopServer(server)
  }
}

async function createCluster(folder: string, binaries: PostgresBinaries, runAs: RunAs): Promise<void> {
  // Made under another name, so that an interrupted first start leaves no half cluster behind.
  const unfinished = join(folder, 'cluster.unfinished')
  rmSync(unfinished, { recursive: true, force: true })
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 })
  runAs.own(passwordFile)
  const initdb = runAs.spawn(
    binaries.initdb,
    [
      `--pgdata=${unfinished}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
    ],
    { cwd: '/', env: serverEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let complaint = ''
  initdb.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk
  })
  const [code] = (await once(initdb, 'close')) as [number | null]
  if (code !== 0) throw new Error(`Could not create a database in ${folder}: ${lastLine(complaint)}`)
  renameSync(unfinished, join(folder, 'cluster'))
}

function launch(
  folder: string,
  binaries: PostgresBinaries,
  runAs: RunAs,
  settings: Record<string, string>,
): ChildProcess {
  const log = openSync(join(folder, 'postgres.log'), 'a', 0o600)
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = runAs.spawn(binaries.postgres, ['-D', join(folder, 'cluster'), ...flags], {
    cwd: '/',
    env: serverEnvironment(),
    stdio: ['ignore', log, log],
    // A process group of its own: Ctrl-C in the terminal must reach Sluice first and the database last.
    detached: true,
  })
  closeSync(log)
  return server
}

function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
}

async function waitUntilReady(server: ChildProcess, url: string, folder: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs
  for (;;) {
    if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) {
      throw new Error(
        `PostgreSQL did not start: ${lastLine(readFileSync(join(folder, 'postgres.log'), 'utf8'))}`,
      )
    }
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    try {
      await client.connect()
      return
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(
          `PostgreSQL did not answer within ${startTimeoutMs / 1000} s. See ${folder}/postgres.log.`,
          { cause: error },
        )
      await sleep(25)
    } finally {
      await client.end().catch(() => {})
    }
  }
}

async function createRolesAndDatabase(adminUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    for (const role of [ownerRole, appRole]) {
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role])
      if (rowCount === 0)
        await client.query(`CREATE ROLE ${quoteIdentifier(role)} LOGIN PASSWORD ${quoteLiteral(password)}`)
    }
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName} OWNER ${ownerRole}`)
  } finally {
    await client.end()
  }
}

/** Milliseconds that each way to stop gets before the next one is tried. */
const stopTimeoutMs = 8_000

/**
 * SIGINT is PostgreSQL's fast shutdown: connections end, everything is written, nothing to recover. A
 * server that is just recovering from a crash may not hear it; SIGQUIT ends it at once, and the next start
 * recovers what was committed. @see PostgreSQL docs, "Shutting Down the Server"
 */
async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return
  const exit = once(server, 'exit')
  const quit = setTimeout(() => server.kill('SIGQUIT'), stopTimeoutMs)
  const kill = setTimeout(() => server.kill('SIGKILL'), 2 * stopTimeoutMs)
  server.kill('SIGINT')
  await exit
  clearTimeout(quit)
  clearTimeout(kill)
}

/** Ends a server whose Sluice was killed: we hold the folder's lock, so it serves nobody. */
async function stopOrphan(cluster: string): Promise<void> {
  const running = readPostmaster(cluster)
  if (!running || !isPostgres(running.pid)) return
  process.kill(running.pid, 'SIGINT')
  const deadline = Date.now() + startTimeoutMs
  while (isPostgres(running.pid)) {
    if (Date.now() > deadline)
      throw new Error(
        `An earlier PostgreSQL (process ${running.pid}) does not stop. End it, then start again.`,
      )
    await sleep(50)
  }
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1')
  return address.port
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}

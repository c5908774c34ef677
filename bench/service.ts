import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, type SluiceClient } from '../src/client/client.ts'
import { findEmbeddedPostgres } from '../src/platform/postgres/embedded-address.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Sluice as `npm start` runs it, in processes of its own. */
export interface Service extends AsyncDisposable {
  readonly url: string
  readonly apiKey: string
  readonly client: SluiceClient
  /** Address of its database, over the socket that it uses itself, as the role that the server works as. */
  readonly databaseUrl: string
  /** The same as the owner of its tables, whom no row-level security binds. */
  readonly ownerUrl: string
  /** Milliseconds from the start of the process to the first answer. */
  readonly startMs: number
  /** Process ids by what they are: the one that serves, and those that make files. */
  readonly apiPid: number
  workerPids(): number[]
  /** Of the embedded PostgreSQL, whose backends are its children. */
  postgresPid(): number
}

/** Starts Sluice on a data folder, which is filled with so many deals the first time. */
export async function startService(
  dataDir: string,
  rows: number,
  settings: NodeJS.ProcessEnv = {},
): Promise<Service> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const startedAt = performance.now()
  const child = spawn(process.execPath, [join(root, 'src/main.ts')], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      SLUICE_PUBLIC_URL: url,
      SLUICE_DATA_DIR: dataDir,
      SLUICE_DEMO_ROWS: String(rows),
      LOG_LEVEL: 'error',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  await Promise.race([
    untilAnswer(`${url}/readyz`),
    ended.then(() => Promise.reject(new Error('The server ended before it answered.'))),
  ])
  const startMs = performance.now() - startedAt
  const urls = findEmbeddedPostgres(join(dataDir, 'postgres'))!
  const apiKey = readFileSync(join(dataDir, 'demo-key'), 'utf8').trim()
  return {
    url,
    apiKey,
    client: createClient({ url, apiKey }),
    databaseUrl: urls.app,
    ownerUrl: urls.owner,
    startMs,
    apiPid: child.pid!,
    workerPids: () => childrenOf(child).filter(isSluice),
    postgresPid: () => childrenOf(child).find((pid) => !isSluice(pid))!,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Making the demo data of 1,000,000 deals takes about a minute, of 10,000,000 ten. */
const startTimeoutMs = 40 * 60_000

/** @throws when nothing answers within the timeout */
export async function untilAnswer(url: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  while (performance.now() < deadline) {
    const response = await fetch(url).catch(() => null)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${url} did not answer within ${startTimeoutMs / 60_000} minutes.`)
}

function childrenOf({ pid }: ChildProcess): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number)
}

function isSluice(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('src/main.ts')
}

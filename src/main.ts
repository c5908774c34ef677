import { type Config, readConfig } from './config.ts'
import type { Role } from './roles/role.ts'
import { hasTerminal } from './roles/terminal.ts'

/** Loaded one at a time: a worker that never sees GraphQL is smaller by what GraphQL takes. */
const roles: Readonly<Record<string, (config: Config) => Promise<Role>>> = {
  all: async (config) => (await import('./roles/all.ts')).startAll(config),
  api: async (config) => (await import('./roles/api.ts')).startApi(config),
  worker: async (config) => (await import('./roles/worker.ts')).startWorker(config),
}

/** Runs `node src/main.ts [all|api|worker]` until a signal ends it. Exit code 0 after a clean stop, 1 when it could not start. */
async function main(word = 'all'): Promise<void> {
  const start = Object.hasOwn(roles, word) ? roles[word] : null
  if (!start) throw new Error(`There is no role '${word}'. Choose ${Object.keys(roles).join(', ')}.`)
  let stopAsked: (() => void) | null = null
  const stopping = new Promise<void>((resolve) => {
    stopAsked = resolve
  })
  // Ctrl-C reaches the whole process group, npm and the workers too, sometimes twice: every one but the first is ignored.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopAsked?.())
  // A terminal that was closed takes no more text: stopping cleanly matters more than saying so.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const startedFromTerminal = hasTerminal()
  let role: Role | null = null
  let isReloadAsked = false
  // Sent by a person, it has the config file read again; sent by a terminal that was closed, it ends us with it.
  process.on('SIGHUP', () => {
    if (startedFromTerminal && !hasTerminal()) stopAsked?.()
    else if (role) void role.reload()
    else isReloadAsked = true
  })
  // A worker whose parent was killed would go on alone.
  process.once('disconnect', () => stopAsked?.())
  role = await start(readConfig(process.env))
  if (isReloadAsked) void role.reload()
  await stopping
  if (word === 'all') process.stdout.write('\nStopping …\n')
  await role.stop()
}

try {
  await main(process.argv[2])
  process.exit(0)
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`sluice: ${message}\n`)
  if (process.env.LOG_LEVEL === 'debug') console.error(error)
  process.exit(1)
}

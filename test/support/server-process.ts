import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { until } from './until.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** `node src/main.ts` as a person would start it, with nothing of this process' environment that it reads. */
export interface ServerProcess {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  /** Waits for the banner. */
  ready(): Promise<{ url: string; key: string }>
  /** Sends a signal and waits for the end; no signal: only waits. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export function startServer(env: Record<string, string>, args: readonly string[] = []): ServerProcess {
  const child = spawn(process.execPath, [main, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    async ready() {
      await until(
        `the banner is printed (so far: ${stdout}${stderr})`,
        () => {
          if (child.exitCode !== null) throw new Error(`it ended: ${stdout}${stderr}`)
          return stdout.includes('Ctrl-C stops everything.')
        },
        60_000,
      )
      const url = /GraphiQL\s+(\S+)\/graphql/.exec(stdout)?.[1]
      const key = /API key\s+(\S+)/.exec(stdout)?.[1]
      if (!url || !key) throw new Error(`no address or key in: ${stdout}`)
      return { url: url.replace('localhost', '127.0.0.1'), key }
    },
    async end(signal) {
      if (signal) child.kill(signal)
      const [code, endedBy] = await closed
      return { code, signal: endedBy }
    },
  }
}

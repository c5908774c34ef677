import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestApp } from '../support/app.ts'

export const program = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url))

export interface Run {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly done: Promise<Run>
  /** When stderr has had the text. Rejects when it ends without it. */
  said(text: string): Promise<void>
}

/** Settings under which the command finds a test's server and its database. */
export function settingsOf(app: TestApp): NodeJS.ProcessEnv {
  return {
    SLUICE_URL: app.url,
    SLUICE_API_KEY: app.key,
    DATABASE_URL: app.database.appUrl,
    DATABASE_OWNER_URL: app.database.ownerUrl,
    SLUICE_DATA_DIR: app.dataDir,
  }
}

/** `sluice …` in a process of its own, with nothing in its environment that it reads but these settings. */
export function startSluice(
  args: readonly string[],
  {
    env = {},
    cwd,
    stdin,
    nodeArgs = [],
  }: {
    env?: NodeJS.ProcessEnv
    cwd?: string
    stdin?: string
    nodeArgs?: readonly string[]
  } = {},
): Running {
  const child = spawn(process.execPath, [...nodeArgs, program, ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    cwd,
    stdio: 'pipe',
  })
  child.stdin.end(stdin ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const done = new Promise<Run>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return {
    child,
    done,
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = () => stderr.includes(text) && resolve()
        look()
        child.stderr.on('data', look)
        void done.then((run) => reject(new Error(`ended without '${text}': ${JSON.stringify(run)}`)))
      }),
  }
}

export async function runSluice(...args: Parameters<typeof startSluice>): Promise<Run> {
  return await startSluice(...args).done
}

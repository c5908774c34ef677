import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../docs/markdown.ts'

const run = promisify(execFile)

/** A project of somebody else's, with Sluice in its node_modules as npm would have put it there. */
export interface Project extends Disposable {
  readonly folder: string
  /** Writes a file, folders included. */
  write(path: string, text: string): string
  /** Runs a program in it. Rejects with its output when it fails. */
  run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>
}

/**
 * `npm pack`, unpacked into an empty folder beside what package.json declares as dependencies, and nothing
 * else: no registry is needed.
 */
export async function createProject(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-packed-'))
  const project: Project = {
    folder,
    write(path, text) {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      return file
    },
    async run(program, args, env = {}) {
      try {
        const { stdout } = await run(program, args, { cwd: folder, env: { PATH: process.env.PATH, ...env } })
        return stdout
      } catch (error) {
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
        throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
      }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
  project.write('package.json', '{ "private": true, "type": "module" }')
  await run('npm', ['pack', '--pack-destination', folder], { cwd: root })
  const { name, version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const installed = join(folder, 'node_modules', name)
  mkdirSync(installed, { recursive: true })
  await run('tar', ['xf', `${name}-${version}.tgz`, '--strip-components=1', '-C', installed], { cwd: folder })
  for (const dependency of Object.keys(dependencies)) link(project, dependency)
  return project
}

/** Puts a package of ours into the project. */
export function link({ folder }: Project, name: string): void {
  const target = join(folder, 'node_modules', name)
  mkdirSync(dirname(target), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), target)
}

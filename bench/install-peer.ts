import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Bench } from './case.ts'

/**
 * Installs a package that Sluice is compared with below the bench's folder, at one version and without its
 * scripts.
 * @returns its folder, whose node_modules has it; null, and a word why, when it cannot be installed
 */
export async function installPeer(bench: Bench, name: string, version: string): Promise<string | null> {
  const folder = join(bench.folder, 'peers', `${name}-${version}`)
  if (existsSync(join(folder, 'node_modules', name))) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const child = spawn(
    'npm',
    ['install', `${name}@${version}`, '--ignore-scripts', '--no-audit', '--no-fund'],
    { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] },
  )
  const [code] = await once(child, 'close')
  if (code === 0) return folder
  bench.log(`${name} ${version} could not be installed (npm ended with ${code}): skipped.`)
  return null
}

/** A library among them. */
export async function importPeer<T>(bench: Bench, name: string, version: string): Promise<T | null> {
  const folder = await installPeer(bench, name, version)
  if (folder === null) return null
  return (await import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href)) as T
}

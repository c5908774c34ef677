import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Bench } from './case.ts'

/** A package that Sluice is compared with, installed into a folder of the bench; null, and a word why, when it cannot be. */
export async function installPeer<T>(bench: Bench, name: string, version: string): Promise<T | null> {
  const folder = join(bench.folder, 'peers', `${name}-${version}`)
  if (!existsSync(join(folder, 'node_modules', name))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    const child = spawn(
      'npm',
      ['install', `${name}@${version}`, '--ignore-scripts', '--no-audit', '--no-fund'],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'ignore'],
      },
    )
    const [code] = await once(child, 'close')
    if (code !== 0) {
      bench.log(`${name} ${version} could not be installed (npm ended with ${code}): skipped.`)
      return null
    }
  }
  return (await import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href)) as T
}

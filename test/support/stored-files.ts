import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestApp } from './app.ts'

/** Every file in an app's storage, finished or not, relative to its root. */
export function storedFiles(app: TestApp): string[] {
  const root = join(app.dataDir, 'files')
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, download, settle } from '../support/exports.ts'

let app: TestApp
let folder: string
let manifest: string
let files: string[]

beforeAll(async () => {
  app = await startApp({ deals: 300 })
  folder = mkdtempSync(join(tmpdir(), 'sluice-verify-'))
  const { id } = await acceptExport(app, { dataset: 'deals', maxRowsPerFile: 200 })
  const last = await settle(app, id)
  manifest = join(folder, 'manifest.json')
  writeFileSync(manifest, await download(last.manifest!.url))
  files = []
  for (const { name, url } of last.files) {
    writeFileSync(join(folder, name), await download(url))
    files.push(join(folder, name))
  }
})

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await app.stop()
})

const program = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url))

function verify(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, 'verify', ...words], { encoding: 'utf8' })
}

test('files that are as the manifest says are right', () => {
  const { status, stdout } = verify(manifest, ...files)
  expect(files).toHaveLength(2)
  expect(stdout).toContain('300 rows as of')
  expect(status).toBe(0)
})

test('a changed, a cut and a missing file are each told', () => {
  const [first = '', second = ''] = files
  const changed = join(folder, 'changed', '..', first.split('/').at(-1)!)
  writeFileSync(changed, 'id\nx\n')
  const { status, stdout } = verify(manifest, changed)
  expect(stdout).toContain('the manifest says')
  expect(stdout).toContain(`MISSING ${second.split('/').at(-1)}`)
  expect(status).toBe(1)
})

test('what is no manifest is wrong usage, in one line', () => {
  const { status, stderr } = verify(files[1]!, files[1]!)
  expect(stderr).toMatch(/^sluice: .* is not a manifest of Sluice\..*\n$/)
  expect(status).toBe(2)
})

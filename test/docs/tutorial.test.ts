import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSluice } from '../cli/run-sluice.ts'
import { createChinook } from '../support/chinook.ts'
import type { TestDatabase } from '../support/database.ts'
import { read } from './markdown.ts'

const page = read('docs/tutorial.md')
const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language, text = '']) => ({
  language,
  text,
}))

let folder: string
let database: TestDatabase

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-tutorial-'))
  database = await createChinook()
})

afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

/** A command as the page prints it, in the reader's folder; the test's database holds other schemas besides. */
async function run(command: string) {
  expect(page).toContain(`npx sluice ${command}\n`)
  const words = command.split(' ')
  const scope = words[1] === 'introspect' ? ['--schema', 'public'] : []
  return await runSluice([...words, ...scope], { cwd: folder, env: { SOURCE_DATABASE_URL: database.appUrl } })
}

test('the commands of the tutorial say what it shows, and its dataset fits the sample database', async () => {
  const shown = blocks.filter(({ language }) => language === '').map(({ text }) => text)
  const written = await run('datasets introspect --tenant-column customer_id --output sluice.config.ts')
  const checked = await run('datasets check')
  expect(written.stderr + checked.stdout).toBe(shown[0])

  const config = join(folder, 'sluice.config.ts')
  const introspected = readFileSync(config, 'utf8')
  const addition = blocks.find(({ language }) => language === 'ts')!.text
  const withAddition = (text: string) => introspected.replace(/ {2}\],\n\}\)\n$/, `${text}  ],\n})\n`)
  writeFileSync(config, withAddition(addition))
  expect(await run('datasets check')).toMatchObject({
    code: 0,
    stdout: '3 datasets checked: 0 errors, 0 warnings.\n',
  })

  writeFileSync(config, withAddition(addition.replace('quantity: {', 'quantiy: {')))
  const misspelt = await run('datasets check')
  expect(misspelt.code).toBe(1)
  expect(misspelt.stdout).toContain(shown[1])
})

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { markdownFiles, read, root, tableRows } from './markdown.ts'

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
/** npm's own words for scripts. */
const shorthands = ['start', 'test']
/** The changelog tells of scripts that were; notes of a fixture are not ours. */
const pages = markdownFiles().filter((page) => page !== 'CHANGELOG.md')

/** Names of the npm scripts that a page tells people to run. */
function scriptsNamedIn(page: string): string[] {
  const text = read(page)
  const run = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name)
  return [...run, ...shorthands.filter((name) => new RegExp(`\\bnpm ${name}\\b`).test(text))]
}

test.each(pages)('every npm script that %s names exists', (page) => {
  expect(scriptsNamedIn(page).filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
})

test("the README's first two commands start everything and test everything", () => {
  const [block = ''] = /```bash\n[\s\S]*?```/.exec(read('README.md')) ?? []
  const commands = block.split('\n').slice(1, -1)
  expect(commands.map((line) => line.replace(/\s*#.*/, ''))).toEqual([
    'npm ci && npm start',
    'npm ci && npm test',
  ])
})

test('.ci/run checks and tests what the README says', () => {
  const script = read('.ci/run')
  for (const command of ['npm ci', 'npm run check', 'npm test']) expect(script).toContain(command)
})

test('docs/cli.md shows every command of sluice', () => {
  const files = readdirSync(join(root, 'src/cli/commands')).map((file) => file.replace(/\.ts$/, ''))
  expect(files.length).toBeGreaterThan(5)
  const page = read('docs/cli.md')
  expect(files.filter((command) => !page.includes(`\`sluice ${command}`))).toEqual([])
})

test('docs/errors.md has every exit code of sluice', () => {
  const documented = tableRows('docs/errors.md').map(([code = '']) => code)
  expect(Object.values(exitCodes).map(String)).toEqual(documented.filter((code) => /^\d{1,3}$/.test(code)))
})

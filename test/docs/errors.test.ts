import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failureCodes } from '../../src/core/failure.ts'
import { read, root, tableRows } from './markdown.ts'

const rows = tableRows('docs/errors.md')

/** The codes that the first cell of a row names. */
function codesOf([first = '']: readonly string[]): string[] {
  return [...first.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, code = '']) => code)
}

const documented = new Set(rows.flatMap(codesOf))

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : sourceFiles(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
}

/** `readonly code = 'X'` of a class, and `code: 'X'` of an answer that is written out. */
function codesInSource(): Map<string, string> {
  const found = new Map<string, string>()
  for (const path of ['api', 'cli', 'core', 'engine', 'lifecycle', 'platform', 'roles'].flatMap((folder) =>
    sourceFiles(join('src', folder)),
  )) {
    for (const [, code = ''] of read(path).matchAll(/\bcode(?:: | = )'([A-Z]+(?:_[A-Z]+)*)'/g)) {
      if (!found.has(code)) found.set(code, path)
    }
  }
  for (const [, code = ''] of read('src/config.ts').matchAll(/\bcode = '([A-Z_]+)'/g)) {
    found.set(code, 'src/config.ts')
  }
  return found
}

/** The table of download-errors.ts is not exported: nothing but documentation would read it. */
function downloadRefusals(): { code: string; status: string }[] {
  const entries = read('src/api/http/download-errors.ts').matchAll(/^ {2}([A-Z_]+): \[\s*(\d{3}),/gm)
  return [...entries].map(([, code = '', status = '']) => ({ code, status }))
}

test.each(Object.entries(failureCodes))(
  'docs/errors.md explains the failure %s, and whether it can pass',
  (code, { retryable }) => {
    const row = rows.find((cells) => codesOf(cells).includes(code) && ['yes', 'no'].includes(cells[1] ?? ''))
    expect(row, `a row for ${code}`).toBeDefined()
    expect(row?.[1]).toBe(retryable ? 'yes' : 'no')
    expect(row?.[2]?.length).toBeGreaterThan(20)
  },
)

test('docs/errors.md has every code that a class or an answer in the source has', () => {
  const inSource = codesInSource()
  expect(inSource.size).toBeGreaterThan(15)
  expect([...inSource].filter(([code]) => !documented.has(code))).toEqual([])
})

test('docs/errors.md has every refusal of a download, with its status', () => {
  const refusals = downloadRefusals()
  expect(refusals.length).toBeGreaterThanOrEqual(9)
  for (const { code, status } of refusals) {
    const row = rows.find((cells) => codesOf(cells).includes(code) && /^\d{3}$/.test(cells[1] ?? ''))
    expect(row?.[1], code).toBe(status)
  }
})

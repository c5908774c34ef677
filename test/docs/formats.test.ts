import { expect, test } from 'vitest'
import { availableFormats } from '../../src/core/options.ts'
import { compressions, exportFormats } from '../../src/core/spec.ts'
import { read, tableRows } from './markdown.ts'

const readme = tableRows('README.md')

/** The README's two lists stand beside each other: a word in one cell, what is true of it in the next. */
function statementOn(word: string): string | undefined {
  for (const cells of readme) {
    const at = cells.indexOf(`\`${word.toUpperCase()}\``)
    if (at >= 0) return cells[at + 1]
  }
  return undefined
}

test.each(exportFormats)('the README says truly whether the format %s can be made', (format) => {
  const isAvailable = (availableFormats as readonly string[]).includes(format)
  expect(statementOn(format)).toBe(isAvailable ? 'yes' : 'not yet')
})

test.each(compressions)('the README names the compression %s', (compression) => {
  expect(statementOn(compression)).toBe('yes')
})

test.each(availableFormats)('docs/formats.md has something to say of %s', (format) => {
  expect(read('docs/formats.md').toLowerCase()).toMatch(new RegExp(`\\b${format}\\b`))
})

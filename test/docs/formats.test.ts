import { expect, test } from 'vitest'
import { availableFormats } from '../../src/core/options.ts'
import { compressions } from '../../src/core/spec.ts'
import { read } from './markdown.ts'

test('the README names the formats and compressions that there are, and no others', () => {
  const [, paragraph = ''] = /\*\*Formats and compressions\.\*\*(.*)/.exec(read('README.md')) ?? []
  const named = [...paragraph.matchAll(/`(\w+)`/g)].map(([, word]) => word)
  expect(named).toEqual([...availableFormats, ...compressions].map((word) => word.toUpperCase()))
})

test.each(availableFormats)('docs/formats.md has something to say of %s', (format) => {
  expect(read('docs/formats.md').toLowerCase()).toMatch(new RegExp(`\\b${format}\\b`))
})

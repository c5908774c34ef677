import { readFileSync } from 'node:fs'
import { GraphQLInputObjectType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schema } from '../../src/api/graphql/schema.ts'
import { datePatternTokens } from '../../src/core/date-pattern.ts'
import type { Issue } from '../../src/core/errors.ts'
import { availableFormats, optionSchemas, resolveOptions } from '../../src/core/options.ts'
import type { ExportFormat } from '../../src/core/spec.ts'
import { formatFor } from '../../src/engine/formats/formats.ts'

function resolve(
  format: ExportFormat,
  input?: unknown,
): { options: Readonly<Record<string, unknown>>; issues: Issue[] } {
  const issues: Issue[] = []
  return { options: resolveOptions(format, input, issues), issues }
}

test('every option has a default', () => {
  const text = {
    header: true,
    quote: 'minimal',
    lineEnding: 'lf',
    encoding: 'utf-8',
    bom: null,
    nullText: '',
    booleanText: { true: 'true', false: 'false' },
    listSeparator: '; ',
    dateFormat: 'original',
    timestampPattern: null,
    datePattern: null,
    timeZone: 'UTC',
    formulaGuard: true,
    excelSafe: false,
  }
  expect(resolve('csv')).toEqual({ options: { delimiter: ',', ...text }, issues: [] })
  expect(resolve('tsv', {})).toEqual({ options: text, issues: [] })
  expect(resolve('json', null)).toEqual({ options: { keys: 'header', timeZone: 'UTC' }, issues: [] })
  expect(resolve('ndjson').options).toEqual(resolve('json').options)
  expect(resolve('xlsx').options).toEqual({ sheetName: 'Export', listSeparator: '; ', timeZone: 'UTC' })
  expect(resolve('xls').options).toEqual(resolve('xlsx').options)
})

describe('what is wrong is said with its path', () => {
  test.each<[ExportFormat, object, string, string]>([
    ['csv', { delimiter: 'ab' }, 'options.delimiter', 'must be one ASCII character'],
    ['csv', { delimiter: '"' }, 'options.delimiter', 'no quote'],
    ['csv', { delimiter: '\n' }, 'options.delimiter', 'must be one ASCII character'],
    ['csv', { nullText: 'a;b', delimiter: ';' }, 'options.nullText', 'cannot hold the delimiter'],
    ['tsv', { nullText: '\t' }, 'options.nullText', 'cannot hold the delimiter'],
    ['csv', { nullText: 'a"' }, 'options.nullText', 'cannot hold quotes or line breaks'],
    ['csv', { listSeparator: '\0' }, 'options.listSeparator', 'cannot hold a NUL'],
    [
      'csv',
      { booleanText: { true: '\ud800', false: '' } },
      'options.booleanText.true',
      'half of a surrogate pair',
    ],
    ['csv', { booleanText: { true: 'a' } }, 'options.booleanText.false', 'string'],
    ['csv', { timeZone: 'Mars/Olympus' }, 'options.timeZone', 'is not an IANA time zone'],
    ['json', { timeZone: '+01:00' }, 'options.timeZone', 'is not an IANA time zone'],
    ['csv', { dateFormat: 'pattern' }, 'options.timestampPattern', 'is needed'],
    ['csv', { timestampPattern: 'YYYY' }, 'options.timestampPattern', "needs the dateFormat 'pattern'"],
    [
      'csv',
      { dateFormat: 'pattern', timestampPattern: 'YYYY at' },
      'options.timestampPattern',
      "no meaning for 't'",
    ],
    [
      'csv',
      { dateFormat: 'pattern', timestampPattern: '[YYYY' },
      'options.timestampPattern',
      "no meaning for '['",
    ],
    [
      'csv',
      { dateFormat: 'pattern', timestampPattern: '[YYYY]' },
      'options.timestampPattern',
      'has no token',
    ],
    [
      'csv',
      { dateFormat: 'pattern', timestampPattern: 'YYYY', datePattern: 'HH' },
      'options.datePattern',
      'a day has no HH',
    ],
    ['csv', { encoding: 'windows-1252', bom: true }, 'options.bom', 'has no byte order mark'],
    ['csv', { encoding: 'windows-1252', delimiter: '?' }, 'options.delimiter', "cannot hold '?'"],
    ['tsv', { encoding: 'windows-1252', nullText: '?' }, 'options.nullText', "cannot hold '?'"],
    [
      'csv',
      { encoding: 'windows-1252', listSeparator: ' → ' },
      'options.listSeparator',
      'windows-1252 has not',
    ],
    ['csv', { delimeter: ';' }, 'options', 'csv has: delimiter, header'],
    ['tsv', { delimiter: ';' }, 'options', 'tsv has: header'],
    ['ndjson', { header: true }, 'options', 'ndjson has: keys, timeZone'],
    ['xlsx', { formulaGuard: true }, 'options', 'xlsx has: sheetName'],
  ])('%s %j', (format, input, path, message) => {
    const { options, issues } = resolve(format, input)
    expect(options).toEqual({})
    expect(issues).toEqual([{ path, message: expect.stringContaining(message) }])
  })

  test('all at once', () => {
    const { issues } = resolve('csv', { delimiter: 'x', quote: 'none', timeZone: 1 })
    expect(issues.map(({ path }) => path)).toEqual(['options.delimiter', 'options.quote', 'options.timeZone'])
  })
})

test('what belongs together is taken', () => {
  for (const input of [
    { encoding: 'windows-1252', nullText: '€', listSeparator: ' • ', booleanText: { true: 'ä', false: '?' } },
    { encoding: 'utf-16le', bom: false },
    { dateFormat: 'pattern', timestampPattern: 'YYYY年MM月DD日 [a "quote"]', datePattern: 'D.M.YY' },
    { delimiter: '\t', nullText: '\\N' },
  ]) {
    expect(resolve('csv', input).issues).toEqual([])
  }
})

describe('docs/formats.md', () => {
  const docs = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8')

  test.each(availableFormats)('has %s, its extension, its media type and its options', (name) => {
    const format = formatFor(name)
    expect(docs).toContain(`\`.${format.extension}\``)
    expect(docs).toContain(`\`${format.contentType.split(';')[0]}\``)
    const heading = [...docs.matchAll(/^## (.*)$/gm)].find(([, title]) =>
      title!.toUpperCase().split(' AND ').includes(name.toUpperCase()),
    )
    expect(heading).toBeDefined()
    const section = docs.slice(heading!.index + 3).split(/^## /m)[0]!
    for (const option of Object.keys(optionSchemas[name].shape)) {
      expect(section, option).toMatch(new RegExp(`^\\| \`${option}\` \\| \\S.* \\| \\S.* \\|$`, 'm'))
    }
  })

  test('has every token of the pattern language', () => {
    for (const token of datePatternTokens) expect(docs).toContain(`\`${token}\``)
  })
})

test('GraphQL takes every option of every format, and no other', () => {
  const input = schema.getType('ExportOptionsInput') as GraphQLInputObjectType
  expect(input).toBeInstanceOf(GraphQLInputObjectType)
  const options = new Set(availableFormats.flatMap((name) => Object.keys(optionSchemas[name].shape)))
  expect(Object.keys(input.getFields()).sort()).toEqual([...options].sort())
})

import { expect, test } from 'vitest'
import { UsageError } from '../../src/cli/exit-codes.ts'
import { type ExportWords, exportInput } from '../../src/cli/export-input.ts'

const parse = (words: Partial<ExportWords>) =>
  exportInput('deals', { format: 'csv', compression: 'none', ...words })

test('the words of the command line become the input of createExport', () => {
  expect(
    parse({
      columns: 'id, name',
      format: 'tsv',
      compression: 'gzip',
      compressionLevel: 1,
      filter: '{"search": "acme"}',
      sort: 'amount:desc:last, name',
      name: 'Q4',
      dedupe: 60,
      limit: 10,
      rowsPerFile: 1_000,
      bytesPerFile: 5_000_000_000,
      valueLabels: true,
      newOnly: true,
      mail: true,
      contentEncoding: 'gzip',
      option: [
        'formulaGuard=false',
        'delimiter=tab',
        'booleanText=yes/no',
        'dateFormat=iso8601',
        'listSeparator=null',
        'nullText=',
        'encoding=utf-16le',
      ],
    }),
  ).toEqual({
    dataset: 'deals',
    columns: [{ name: 'id' }, { name: 'name' }],
    format: 'TSV',
    compression: 'GZIP',
    compressionLevel: 1,
    filter: { search: 'acme' },
    sort: [{ column: 'amount', direction: 'DESC', nulls: 'LAST' }, { column: 'name' }],
    name: 'Q4',
    dedupeWithinSeconds: 60,
    limit: 10,
    maxRowsPerFile: 1_000,
    maxBytesPerFile: 5_000_000_000,
    values: 'LABELS',
    excludeDelivered: true,
    notifyByMail: true,
    contentEncoding: 'GZIP',
    options: {
      formulaGuard: false,
      delimiter: '\t',
      booleanText: { true: 'yes', false: 'no' },
      dateFormat: 'ISO8601',
      listSeparator: null,
      nullText: '',
      encoding: 'UTF_16LE',
    },
  })
})

test.each([
  [{ filter: 'amount>5' }, '--filter takes JSON'],
  [{ filter: '5' }, '--filter takes JSON'],
  [{ sort: 'amount:up' }, '--sort takes column:asc'],
  [{ option: ['bomm=true'] }, "Unknown option 'bomm'. Did you mean 'bom'?"],
  [{ option: ['constructor=1'] }, "Unknown option 'constructor'"],
  [{ option: ['bom'] }, '--option bom needs a value'],
  [{ option: ['bom=1'] }, "--option bom takes true or false, not '1'."],
  [{ option: ['quote=some'] }, '--option quote takes minimal or nonnumeric or all'],
  [{ option: ['booleanText=yes'] }, '--option booleanText takes two words'],
])('%j is refused with what is allowed', (words, message) => {
  expect(() => parse(words)).toThrow(UsageError)
  expect(() => parse(words)).toThrow(message)
})

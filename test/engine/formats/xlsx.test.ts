import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ColumnType } from '../../../src/core/column-type.ts'
import { ValidationError } from '../../../src/core/errors.ts'
import type { FileColumn, RowBlock } from '../../../src/engine/formats/format.ts'
import { type XlsxOptions, type XlsxSummary, xlsx } from '../../../src/engine/formats/xlsx/xlsx.ts'
import { collect, isInstalled, python } from '../compression/streams.ts'
import { readXlsx } from './xlsx-reader.ts'

/** One cell as COPY writes it. */
function copy(value: string | null): string {
  if (value === null) return '\\N'
  const letters: Record<string, string> = {
    '\b': 'b',
    '\f': 'f',
    '\n': 'n',
    '\r': 'r',
    '\t': 't',
    '\v': 'v',
    '\\': '\\',
  }
  return value.replace(/[\b\f\n\r\t\v\\]/g, (character) => `\\${letters[character]}`)
}

const rowOf = (cells: readonly (string | null)[]) => `${cells.map(copy).join('\t')}\n`

async function* blocksOf(
  rows: readonly (readonly (string | null)[])[],
  rowsPerBlock = 1000,
): AsyncGenerator<RowBlock> {
  for (let at = 0; at < rows.length; at += rowsPerBlock) {
    const some = rows.slice(at, at + rowsPerBlock)
    yield { bytes: Buffer.from(some.map(rowOf).join('')), rows: some.length }
  }
}

async function workbook(
  rows: readonly (readonly (string | null)[])[],
  columns: readonly FileColumn[],
  options: XlsxOptions = {},
) {
  let summary: XlsxSummary | undefined
  const bytes = await collect(
    xlsx(blocksOf(rows), columns, { ...options, onSummary: (of) => (summary = of) }),
  )
  return { bytes, summary, ...readXlsx(bytes) }
}

const column = (type: ColumnType, header: string = type): FileColumn => ({ header, type })

/** The cell that `value` becomes in a column of this type. */
async function cellOf(type: ColumnType, value: string | null) {
  const { sheets } = await workbook([[value]], [column(type)])
  return sheets[0]?.cells.A2
}

const text = (value: string) => ({ type: 'inlineStr', value, style: 0 })
const number = (value: string, style = 0) => ({ type: 'n', value, style })

describe('a cell', () => {
  test.each<[ColumnType, string, object]>([
    ['text', 'Müller & Söhne <GmbH>', text('Müller & Söhne <GmbH>')],
    ['text', '007', text('007')],
    ['text', '=1+1', text('=1+1')],
    ['text', '', text('')],
    ['text', 'a\r\nb', text('a\r\nb')],
    ['uuid', '3c88596c-5e88-4811-ab47-0cf06d605e98', text('3c88596c-5e88-4811-ab47-0cf06d605e98')],
    ['enum', 'won', text('won')],
    ['json', '{"a": "\\n<b>"}', text('{"a": "\\n<b>"}')],
    ['bytes', '\\xdeadbeef', text('\\xdeadbeef')],
    ['interval', '1 day 02:00:00', text('1 day 02:00:00')],
    ['text[]', 'a, b', text('a, b')],
    ['integer[]', '1', text('1')],
    ['integer', '-42', number('-42', 2)],
    ['bigint', '123456789012345', number('123456789012345', 2)],
    ['bigint', '1234567890123456', text('1234567890123456')],
    ['bigint', '9223372036854775807', text('9223372036854775807')],
    ['bigint', '9000000000000000000', number('9000000000000000000', 2)],
    ['decimal', '12.50', number('12.50')],
    ['decimal', '-0.10', number('-0.10')],
    ['decimal', '12345678901234.5', number('12345678901234.5')],
    ['decimal', '123456789012345.6', text('123456789012345.6')],
    ['decimal', '0.000000000000000123456', number('0.000000000000000123456')],
    ['decimal', '100000000000000000.0000', number('100000000000000000.0000')],
    ['decimal', 'NaN', text('NaN')],
    ['decimal', '-Infinity', text('-Infinity')],
    ['float', '0.30000000000000004', number('0.30000000000000004')],
    ['float', '1e+20', number('1e+20')],
    ['float', '-1.5e-07', number('-1.5e-07')],
    ['float', '1.7976931348623157e+308', text('1.7976931348623157e+308')],
    ['float', '5e-324', text('5e-324')],
    ['float', 'Infinity', text('Infinity')],
    ['boolean', 't', { type: 'b', value: '1', style: 0 }],
    ['boolean', 'f', { type: 'b', value: '0', style: 0 }],
    ['date', '2026-03-10', number('46091', 3)],
    ['date', '1900-03-01', number('61', 3)],
    ['date', '1900-02-28', text('1900-02-28')],
    ['date', '2000-02-29', number('36585', 3)],
    ['date', '9999-12-31', number('2958465', 3)],
    ['date', '10000-01-01', text('10000-01-01')],
    ['date', '0044-03-15 BC', text('0044-03-15 BC')],
    ['date', 'infinity', text('infinity')],
    ['timestamptz', '2026-03-10 12:00:00+00', number('46091.5', 4)],
    ['timestamptz', '2026-03-10 12:00:00+05:30', number('46091.5', 4)],
    ['timestamptz', '2026-03-10 12:00:00.123456+00', number('46091.500001423611', 5)],
    ['timestamptz', '2026-03-10 12:00:00.000999+00', number('46091.5', 4)],
    ['timestamptz', '2026-03-10 23:59:59.999999-03', number('46091.999999988426', 5)],
    ['timestamptz', '-infinity', text('-infinity')],
    ['timestamp', '2024-02-29 00:00:00', number('45351', 4)],
    ['timestamp', '1900-02-28 23:59:59', text('1900-02-28 23:59:59')],
    ['timestamp', '0044-03-15 12:00:00 BC', text('0044-03-15 12:00:00 BC')],
    ['timestamp', '10000-01-01 00:00:00', text('10000-01-01 00:00:00')],
    ['time', '12:00:00', number('0.5', 6)],
    ['time', '00:00:00', number('0', 6)],
    ['time', '00:00:00.5', number('0.000005787037037037', 7)],
    ['time', '24:00:00', text('24:00:00')],
  ])('of %s with %j', async (type, value, cell) => {
    expect(await cellOf(type, value)).toMatchObject(cell)
  })

  test.each<ColumnType>([
    'text',
    'integer',
    'decimal',
    'float',
    'boolean',
    'date',
    'time',
    'timestamptz',
    'json',
    'text[]',
  ])('of %s is left out for NULL, and the next one keeps its place', async (type) => {
    const { sheets } = await workbook([[null, 'x']], [column(type), column('text')])
    expect(Object.keys(sheets[0]?.cells ?? {})).toEqual(['A1', 'B1', 'B2'])
    expect(sheets[0]?.cells.B2?.value).toBe('x')
  })

  test('keeps white space at its ends', async () => {
    for (const value of [' a', 'a ', '\ta', 'a\n', ' ', '  a  b  ']) {
      expect(await cellOf('text', value)).toMatchObject({ value, preserved: true })
    }
    expect(await cellOf('text', 'a b\nc')).toMatchObject({ value: 'a b\nc', preserved: false })
  })

  test('keeps what XML has no character for, and what only looks like our escape', async () => {
    for (const value of [
      '\u0001\u0008\u000b\u000c\u001f',
      '\ufffe\uffff\ufeff',
      '_x000B_',
      '_x0041_x0042_',
      '_x0041\u0001',
      '__x005F_',
      '_x00e9_',
      '_xyz_',
    ]) {
      expect((await cellOf('text', value))?.value).toBe(value)
    }
  })

  test('of a moment is the nearest millisecond before it, for any moment', async () => {
    const moments = fc.array(
      fc.record({
        ms: fc.integer({ min: Date.UTC(1900, 2, 1), max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) }),
        micros: fc.integer({ min: 0, max: 999 }),
      }),
      { minLength: 200, maxLength: 200 },
    )
    await fc.assert(
      fc.asyncProperty(moments, async (list) => {
        const rows = list.map(({ ms, micros }) => [
          new Date(ms)
            .toISOString()
            .replace('T', ' ')
            .replace('Z', `${String(micros).padStart(3, '0')}+00`),
        ])
        const { sheets } = await workbook(rows, [column('timestamptz')])
        const found = list.map((_, index) => {
          const serial = Number(sheets[0]?.cells[`A${index + 2}`]?.value)
          return Math.round((serial - 25_569) * 86_400_000)
        })
        expect(found).toEqual(list.map(({ ms }) => ms))
      }),
      { numRuns: 20 },
    )
  })
})

test('any texts come back, however their rows are cut into blocks', async () => {
  const naughty = fc.constantFrom(
    '\\N',
    '\\',
    '\t',
    '\n',
    '\r\n',
    '&<>"\'',
    ']]>',
    '_x000D_',
    '_x',
    '\ufeff',
    '\uffff',
    '😀',
    'é',
    '\u0000'.replace('\0', '\u0001'),
  )
  const value = fc.option(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(naughty).map((parts) => parts.join('')),
    ),
  )
  // Postgres stores no NUL.
  const cell = value.map((some) => some?.replaceAll('\0', '') ?? null)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell)),
      fc.integer({ min: 1, max: 5 }),
      async (rows, rowsPerBlock) => {
        const bytes = await collect(xlsx(blocksOf(rows, rowsPerBlock), [column('text'), column('json')]))
        const { cells } = readXlsx(bytes).sheets[0]!
        const found = rows.map((_, index) =>
          ['A', 'B'].map((letter) => cells[`${letter}${index + 2}`]?.value ?? null),
        )
        expect(found).toEqual(rows)
      },
    ),
    { numRuns: 50 },
  )
})

describe('32,767 characters', () => {
  test.each([
    ['just fit', 'x'.repeat(32_767), 'x'.repeat(32_767), 0],
    ['one more is cut and counted', 'x'.repeat(32_768), `${'x'.repeat(32_766)}…`, 1],
    ['are counted in UTF-16 units, not in bytes', 'é'.repeat(32_767), 'é'.repeat(32_767), 0],
    ['are counted before escaping', '\u0001'.repeat(32_767), '\u0001'.repeat(32_767), 0],
    ['are counted after COPY is undone', '\\'.repeat(32_767), '\\'.repeat(32_767), 0],
    ['surrogate pairs count as two', '😀'.repeat(16_384), `${'😀'.repeat(16_383)}…`, 1],
    ['a surrogate pair is never cut in half', `x${'😀'.repeat(16_384)}`, `x${'😀'.repeat(16_382)}…`, 1],
    ['far more', '\r\n\\&'.repeat(100_000), `${'\r\n\\&'.repeat(8191)}\r\n…`, 1],
  ])('%s', async (_, value, kept, truncatedCells) => {
    const { sheets, summary } = await workbook([[value, 'next']], [column('text'), column('text')])
    expect(sheets[0]?.cells.A2?.value).toBe(kept)
    expect(sheets[0]?.cells.B2?.value).toBe('next')
    expect(summary).toEqual({ truncatedCells, sheets: 1 })
  })
})

const people = [column('integer', 'ID'), column('text', 'Name & <role>')]
const person = (id: number) => [String(id), `Person ${id}`]
const persons = (count: number) => Array.from({ length: count }, (_, index) => person(index + 1))

describe('a sheet', () => {
  test('has a bold, frozen header with a filter over all that is there', async () => {
    const { sheets, parts } = await workbook(persons(3), people, { sheetName: 'People' })
    const [sheet] = sheets
    expect(sheet?.cells.B1).toMatchObject({ value: 'Name & <role>', style: 1, type: 'inlineStr' })
    expect(sheet?.xml).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>')
    expect(sheet?.xml).toContain('<autoFilter ref="A1:B4"/>')
    expect(parts.get('xl/workbook.xml')).toContain("'People'!$A$1:$B$4")
  })

  test('is as wide as its first rows need, within bounds', async () => {
    const rows = [['1', 'x'.repeat(500), '2026-03-10']]
    const { sheets } = await workbook(rows, [
      column('integer', 'n'),
      column('text', 't'),
      column('date', 'd'),
    ])
    expect([...(sheets[0]?.xml ?? '').matchAll(/width="(\d+)"/g)].map(([, width]) => width)).toEqual([
      '8',
      '60',
      '12',
    ])
  })

  test('without rows has its header', async () => {
    const { sheets, summary } = await workbook([], people)
    expect(sheets.map(({ name, rows }) => [name, rows])).toEqual([['Export', 1]])
    expect(sheets[0]?.xml).toContain('<autoFilter ref="A1:B1"/>')
    expect(summary).toEqual({ truncatedCells: 0, sheets: 1 })
  })

  test('that is full is followed by the next, which repeats the header', async () => {
    const { sheets, summary } = await workbook(persons(7), people, {
      sheetName: 'Deals',
      limits: { rowsPerSheet: 4 },
    })
    expect(sheets.map(({ name, rows }) => [name, rows])).toEqual([
      ['Deals', 4],
      ['Deals (2)', 4],
      ['Deals (3)', 2],
    ])
    expect(sheets.map(({ cells }) => [cells.B1?.value, cells.A2?.value])).toEqual([
      ['Name & <role>', '1'],
      ['Name & <role>', '4'],
      ['Name & <role>', '7'],
    ])
    expect(summary?.sheets).toBe(3)
  })

  test('that is just full is not followed by an empty one', async () => {
    const { sheets } = await workbook(persons(6), people, { limits: { rowsPerSheet: 4 } })
    expect(sheets.map(({ rows }) => rows)).toEqual([4, 4])
  })

  test('ends before its XML is too long', async () => {
    const { sheets } = await workbook(persons(100), people, { limits: { bytesPerSheet: 3000 } })
    expect(sheets.length).toBeGreaterThan(1)
    expect(sheets.reduce((sum, { rows }) => sum + rows - 1, 0)).toBe(100)
    for (const { xml } of sheets) expect(xml.length).toBeLessThan(3500)
  })

  test.each([
    ["It's [a] test: a*b?/\\", "It's  a  test  a b"],
    ["'quoted'", 'quoted'],
    ['', 'Sheet'],
    ['History', 'History 1'],
    [`${'x'.repeat(30)}😀`, 'x'.repeat(30)],
    ['Umsätze & <Kosten>', 'Umsätze & <Kosten>'],
  ])('wanted as %j is named %j', async (sheetName, name) => {
    expect((await workbook([], people, { sheetName })).sheets[0]?.name).toBe(name)
  })

  test('has a name of its own, at most 31 long, even if the first looks like the second', async () => {
    const sheetName = `${'x'.repeat(27)} (2)`
    const { sheets } = await workbook(persons(3), people, { sheetName, limits: { rowsPerSheet: 2 } })
    const names = sheets.map(({ name }) => name)
    expect(names).toEqual([sheetName, `${'x'.repeat(27)} (3)`, `${'x'.repeat(27)} (4)`])
  })

  test('with a cell larger than the buffer, many times over, is whole', async () => {
    const large = '\u0001'.repeat(32_767)
    const rows = Array.from({ length: 5 }, () => Array.from({ length: 8 }, () => large))
    const { sheets } = await workbook(
      rows,
      Array.from({ length: 8 }, () => column('text')),
    )
    expect(Object.values(sheets[0]?.cells ?? {}).filter(({ value }) => value === large)).toHaveLength(40)
  })
})

test('16,384 columns are the most, and more are refused before a row is read', async () => {
  const columns = Array.from({ length: 16_384 }, (_, index) => column('integer', `c${index}`))
  const { sheets } = await workbook([columns.map((_, index) => String(index))], columns)
  expect(sheets[0]?.cells.XFD2?.value).toBe('16383')
  const unread = (async function* (): AsyncGenerator<RowBlock> {
    yield await Promise.reject(new Error('was read'))
  })()
  await expect(collect(xlsx(unread, [...columns, column('text')]))).rejects.toThrow(ValidationError)
  await expect(collect(xlsx(unread, []))).rejects.toThrow('at least one column')
})

test('equal rows give equal bytes, whatever their blocks; a date changes only what says it', async () => {
  const rows = persons(3000)
  const { bytes } = await workbook(rows, people)
  expect((await collect(xlsx(blocksOf(rows, 7), people))).equals(bytes)).toBe(true)
  const dated = await workbook(rows, people, { createdAt: new Date('2026-03-10T12:00:00Z'), title: 'A & B' })
  expect(dated.parts.get('docProps/core.xml')).toContain('2026-03-10T12:00:00Z</dcterms:created>')
  expect(dated.parts.get('docProps/core.xml')).toContain('<dc:title>A &amp; B</dc:title>')
})

test('says in which zone its times are', async () => {
  const { parts } = await workbook([], [column('timestamptz')], { timeZone: 'Europe/Berlin' })
  expect(parts.get('docProps/core.xml')).toContain('Times are in Europe/Berlin.')
})

test('no part has Zip64 headers, which Excel refuses', async () => {
  const { bytes } = await workbook(persons(40_000), people)
  expect(readXlsx(bytes).sheets[0]?.rows).toBe(40_001)
  for (let at = bytes.indexOf('PK\x03\x04'); at >= 0; at = bytes.indexOf('PK\x03\x04', at + 1)) {
    expect(bytes.readUInt16LE(at + 4)).toBe(20)
    expect(bytes.readUInt16LE(at + 28)).toBe(0)
  }
})

test('a row with another number of cells is an error, and closes the source', async () => {
  let closed = false
  const rows = (async function* (): AsyncGenerator<RowBlock> {
    try {
      yield { bytes: Buffer.from('1\ta\n2\n'), rows: 2 }
      yield { bytes: Buffer.from('3\tc\n'), rows: 1 }
    } finally {
      closed = true
    }
  })()
  await expect(collect(xlsx(rows, people))).rejects.toThrow('Row 3 of the sheet has another number of cells')
  expect(closed).toBe(true)
})

async function* endless(seen: { pulled: number; closed: boolean }): AsyncGenerator<RowBlock> {
  const bytes = Buffer.from(persons(5000).map(rowOf).join(''))
  try {
    for (;;) {
      seen.pulled++
      yield { bytes, rows: 5000 }
    }
  } finally {
    seen.closed = true
  }
}

test('a consumer that stops closes the source, which was not read far ahead', async () => {
  const seen = { pulled: 0, closed: false }
  let bytes = 0
  for await (const chunk of xlsx(endless(seen), people)) {
    bytes += chunk.length
    if (bytes > 100_000) break
  }
  expect(seen.closed).toBe(true)
  expect(seen.pulled).toBeLessThan(40)
})

test('an aborted signal ends it and closes the source', async () => {
  const seen = { pulled: 0, closed: false }
  const abort = new AbortController()
  const run = async () => {
    for await (const _ of xlsx(endless(seen), people, {}, abort.signal)) {
      if (seen.pulled > 0) abort.abort(new Error('canceled'))
    }
  }
  await expect(run()).rejects.toThrow('canceled')
  expect(seen.closed).toBe(true)
})

const hasOpenpyxl = isInstalled('/usr/bin/python3', '-c', 'import openpyxl')
const hasOffice = isInstalled('soffice', '--version')

describe('other readers', () => {
  let path: string
  let folder: string
  const columns = [
    column('bigint', 'Größe'),
    column('text'),
    column('decimal'),
    column('boolean'),
    column('date'),
    column('timestamptz'),
    column('time'),
  ]
  const rows = [
    ['1', ' ä & <b>\n😀 ', '12.50', 't', '2026-03-10', '2026-03-10 12:34:56.789123+00', '12:34:56'],
    ['12345678901234567890', '=1+1', null, 'f', '1900-02-28', 'infinity', '24:00:00'],
  ]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-xlsx-'))
    path = join(folder, 'book.xlsx')
    await writeFile(path, (await workbook(rows, columns, { limits: { rowsPerSheet: 2 } })).bytes)
  })
  afterAll(() => rm(folder, { recursive: true }))

  test.skipIf(!hasOpenpyxl)(
    `openpyxl${hasOpenpyxl ? '' : ' (skipped: python3-openpyxl is not installed)'}`,
    () => {
      const script = `
import json, sys, openpyxl
for fast in (False, True):
    book = openpyxl.load_workbook(sys.argv[1], read_only=fast)
    print(json.dumps([[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book], default=str))`
      const read = [
        [
          columns.map(({ header }) => header),
          [1, ' ä & <b>\n😀 ', 12.5, true, '2026-03-10 00:00:00', '2026-03-10 12:34:56.789000', '12:34:56'],
        ],
        [
          columns.map(({ header }) => header),
          ['12345678901234567890', '=1+1', null, false, '1900-02-28', 'infinity', '24:00:00'],
        ],
      ]
      const lines = python(script, path).trim().split('\n')
      expect(lines.map((line) => JSON.parse(line))).toEqual([read, read])
    },
  )

  test.skipIf(!hasOffice)(
    `LibreOffice${hasOffice ? '' : ' (skipped: libreoffice-calc is not installed)'}`,
    async () => {
      const filter = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false'
      const profile = `-env:UserInstallation=file://${folder}/profile`
      execFileSync('soffice', [profile, '--headless', '--convert-to', filter, '--outdir', folder, path], {
        stdio: 'ignore',
      })
      const [, row] = parse(await readFile(join(folder, 'book.csv')), { bom: true }) as string[][]
      expect(row).toEqual([
        '1',
        ' ä & <b>\n😀 ',
        '12.5',
        'TRUE',
        '2026-03-10',
        '2026-03-10 12:34:56.789',
        '12:34:56 PM',
      ])
    },
  )
})

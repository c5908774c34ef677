import { randomFillSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ColumnType } from '../../../src/core/column-type.ts'
import { ValidationError } from '../../../src/core/errors.ts'
import type { RowBlock } from '../../../src/engine/formats/format.ts'
import { compoundFile } from '../../../src/engine/formats/xls/compound-file.ts'
import { XlsLimitError } from '../../../src/engine/formats/xls/errors.ts'
import { sheetName } from '../../../src/engine/formats/xls/sheet-name.ts'
import { type XlsOptions, type XlsSummary, xls } from '../../../src/engine/formats/xls/xls.ts'
import { readXls, workbookStream, type XlsSheet } from '../../support/read-xls.ts'
import { hasXlrd, readWithXlrd } from '../../support/read-xls-xlrd.ts'

type Cell = string | null

const copyEscapes: Record<string, string> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** A row as COPY TEXT writes it. */
function copyRow(cells: readonly Cell[]): string {
  const escaped = cells.map((cell) => cell?.replace(/[\\\b\f\n\r\t\v]/g, (c) => copyEscapes[c]!) ?? '\\N')
  return `${escaped.join('\t')}\n`
}

async function* blocksOf(rows: Iterable<readonly Cell[]>, rowsPerBlock = 1000): AsyncGenerator<RowBlock> {
  let lines: string[] = []
  for (const row of rows) {
    lines.push(copyRow(row))
    if (lines.length === rowsPerBlock) {
      yield { bytes: Buffer.from(lines.join('')), rows: lines.length }
      lines = []
    }
  }
  if (lines.length > 0) yield { bytes: Buffer.from(lines.join('')), rows: lines.length }
}

function columnsOf(...types: readonly ColumnType[]) {
  return types.map((type, i) => ({ header: `Column ${i + 1}`, type }))
}

async function exported(
  rows: Iterable<readonly Cell[]>,
  types: readonly ColumnType[],
  { rowsPerBlock, ...options }: Partial<XlsOptions> & { rowsPerBlock?: number } = {},
): Promise<{ file: Buffer; summary: XlsSummary | undefined }> {
  let summary: XlsSummary | undefined
  const pieces: Buffer[] = []
  const file = xls(blocksOf(rows, rowsPerBlock), columnsOf(...types), {
    sheetName: 'Deals',
    onSummary: (given) => {
      summary = given
    },
    ...options,
  })
  for await (const piece of file) pieces.push(piece)
  return { file: Buffer.concat(pieces), summary }
}

/** Values below the header; null where there is no cell. */
function valuesOf(sheet: XlsSheet) {
  return sheet.rows.slice(1).map((row) => Array.from(row, (cell) => cell?.value ?? null))
}

async function columnBack(values: readonly string[], type: ColumnType) {
  const { file } = await exported(
    values.map((value) => [value]),
    [type],
  )
  return valuesOf(readXls(file)[0]!).map(([value]) => value)
}

const everyType: readonly (readonly [ColumnType, string])[] = [
  ['text', '007'],
  ['integer', '-42'],
  ['bigint', '9007199254740993'],
  ['decimal', '1234.50'],
  ['float', '0.30000000000000004'],
  ['boolean', 't'],
  ['boolean', 'f'],
  ['date', '2026-03-10'],
  ['time', '18:00:00'],
  ['timestamp', '2026-03-10 12:00:00'],
  ['timestamptz', '2026-03-10 12:00:00.123456+05:30'],
  ['interval', '1 day 02:00:00'],
  ['uuid', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
  ['enum', 'won'],
  ['json', '{"a": "\\n"}'],
  ['bytes', '\\xdeadbeef'],
  ['integer[]', '1; 2'],
]

const naughty = [
  '=1+1',
  '+1',
  '@SUM(A1)',
  '007',
  'TRUE',
  '1e5',
  '2026-03-10',
  '\\N',
  '\\',
  '\\\\t',
  'N',
  '\ttab\nline\r\nback\\slash\b\f\v',
  'Ω≈ç√∫˜µ≤',
  'é à ÿ',
  'ÿĀ',
  '田中さんにあげて下さい',
  '👩‍👩‍👧‍👦 🏳️‍🌈 𝕏',
  'مرحبا \u202e abc',
  '\ufeffbom',
  '\ufffe\uffff',
  '\u0001\u001f\u007f\u0080',
  '<b>&amp;</b> _x000B_',
  ' spaces ',
  '',
]

test('every type arrives as what it is, with its format', async () => {
  const { file, summary } = await exported(
    [everyType.map(([, value]) => value)],
    everyType.map(([type]) => type),
  )
  const [sheet] = readXls(file)
  expect(sheet!.rows[1]!.map((cell) => [cell!.type, cell!.value, cell!.format])).toEqual([
    ['text', '007', 'General'],
    ['number', -42, '0'],
    ['text', '9007199254740993', 'General'],
    ['number', 1234.5, 'General'],
    ['number', 0.30000000000000004, 'General'],
    ['boolean', true, 'General'],
    ['boolean', false, 'General'],
    ['number', 46091, 'yyyy\\-mm\\-dd'],
    ['number', 0.75, 'hh:mm:ss'],
    ['number', 46091.5, 'yyyy\\-mm\\-dd\\ hh:mm:ss'],
    ['number', 46091 + 43_200_123 / 86_400_000, 'yyyy\\-mm\\-dd\\ hh:mm:ss.000'],
    ['text', '1 day 02:00:00', 'General'],
    ['text', '3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'General'],
    ['text', 'won', 'General'],
    ['text', '{"a": "\\n"}', 'General'],
    ['text', '\\xdeadbeef', 'General'],
    ['text', '1; 2', 'General'],
  ])
  expect(summary).toEqual({ sheets: 1, truncatedCells: 0 })
})

test('the header is bold, stays in sight, and names the columns', async () => {
  const { file } = await exported([['a', '1']], ['text', 'integer'])
  const [sheet] = readXls(file)
  expect(sheet!.frozenRows).toBe(1)
  expect(sheet!.rows[0]!.map((cell) => [cell!.value, cell!.bold])).toEqual([
    ['Column 1', true],
    ['Column 2', true],
  ])
  expect(sheet!.rows[1]!.map((cell) => cell!.bold)).toEqual([false, false])
})

test('null is no cell, and an empty string is an empty text', async () => {
  const { file } = await exported(
    [
      [null, 'a', null],
      [null, null, null],
      ['', null, 'b'],
    ],
    ['text', 'text', 'text'],
  )
  expect(valuesOf(readXls(file)[0]!)).toEqual([[null, 'a'], [], ['', null, 'b']])
})

describe('numbers', () => {
  test('up to 15 significant digits are numbers, more are text', async () => {
    const values = [
      ['0', 0],
      ['-0.00', 0],
      ['0.1', 0.1],
      ['-99.99', -99.99],
      ['536870911', 536870911],
      ['536870912', 536870912],
      ['-536870912', -536870912],
      ['-536870913', -536870913],
      ['123456789012345', 123456789012345],
      ['1234567890.12345', 1234567890.12345],
      ['0.000000000000000000123456789012345', 1.23456789012345e-19],
      ['1000000000000000000000', 1e21],
      ['1234567890123456', '1234567890123456'],
      ['0.1234567890123456', '0.1234567890123456'],
      ['-9223372036854775808', '-9223372036854775808'],
      ['NaN', 'NaN'],
      ['Infinity', 'Infinity'],
      ['', ''],
      ['-', '-'],
    ] as const
    const back = await columnBack(
      values.map(([text]) => text),
      'decimal',
    )
    expect(back).toEqual(values.map(([, value]) => value))
  })

  test('a decimal of up to 15 digits is the double nearest to it', async () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.integer({ min: 0, max: 999_999_999_999_999 }), fc.integer({ min: 0, max: 15 }))
      .map(([negative, digits, scale]) => {
        const text = String(digits).padStart(scale + 1, '0')
        const point = text.length - scale
        return `${negative ? '-' : ''}${text.slice(0, point)}${scale ? `.${text.slice(point)}` : ''}`
      })
    await fc.assert(
      fc.asyncProperty(fc.array(decimal, { minLength: 1, maxLength: 200 }), async (values) => {
        expect(await columnBack(values, 'decimal')).toEqual(values.map((value) => Number(value) + 0))
      }),
      { numRuns: 30 },
    )
  })

  test('a float keeps all its bits, and becomes text where Excel has no such number', async () => {
    const doubles = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
    await fc.assert(
      fc.asyncProperty(fc.array(doubles, { minLength: 1, maxLength: 200 }), async (values) => {
        const isExcels = (v: number) => v === 0 || (Math.abs(v) >= 2 ** -1022 && Math.abs(v) < 1e308)
        expect(await columnBack(values.map(String), 'float')).toEqual(
          values.map((value) => (isExcels(value) ? value : String(value))),
        )
      }),
      { numRuns: 30 },
    )
    expect(await columnBack(['1e+308', '5e-324', '-Infinity', '1e+20'], 'float')).toEqual([
      '1e+308',
      '5e-324',
      '-Infinity',
      1e20,
    ])
  })
})

describe('dates', () => {
  test('are serials of the 1900 system from 1900-03-01 to 9999-12-31, and text outside', async () => {
    const values = [
      ['1900-03-01', 61],
      ['1970-01-01', 25569],
      ['2000-02-29', 36585],
      ['9999-12-31', 2958465],
      ['1900-02-28', '1900-02-28'],
      ['0099-12-31', '0099-12-31'],
      ['10000-01-01', '10000-01-01'],
      ['2026-03-10 BC', '2026-03-10 BC'],
      ['infinity', 'infinity'],
      ['-infinity', '-infinity'],
    ] as const
    const texts = values.map(([text]) => text)
    expect(await columnBack(texts, 'date')).toEqual(values.map(([, value]) => value))
  })

  test('timestamps keep the wall clock to the millisecond, whatever the zone, and never round it up', async () => {
    const values = [
      ['2026-03-10 00:00:00', 46091],
      ['2026-03-10 18:00:00+00', 46091.75],
      ['2026-03-10 18:00:00-03:30', 46091.75],
      ['1901-01-01 06:00:00+00:53:28', 367.25],
      ['2026-03-10 23:59:59.999999+00', 46091 + 86_399_999 / 86_400_000],
      ['9999-12-31 12:00:00.5', 2958465 + 43_200_500 / 86_400_000],
      ['1900-02-28 23:59:59', '1900-02-28 23:59:59'],
      ['0044-03-15 12:00:00+00 BC', '0044-03-15 12:00:00+00 BC'],
      ['2026-03-10 12:00:00 BC', '2026-03-10 12:00:00 BC'],
      ['12026-03-10 12:00:00+00', '12026-03-10 12:00:00+00'],
      ['infinity', 'infinity'],
    ] as const
    const texts = values.map(([text]) => text)
    expect(await columnBack(texts, 'timestamptz')).toEqual(values.map(([, value]) => value))
  })

  test('times are fractions of a day, and the end of the day is text', async () => {
    expect(await columnBack(['00:00:00', '06:00:00.0015', '24:00:00'], 'time')).toEqual([
      0,
      21_600_001 / 86_400_000,
      '24:00:00',
    ])
  })
})

describe('text', () => {
  test('arrives unchanged: formulas, escapes, controls, every script', async () => {
    expect(await columnBack(naughty, 'text')).toEqual(naughty)
  })

  test('arrives unchanged whatever it holds', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.replaceAll('\0', ''))
    const rows = fc.array(fc.array(fc.option(text), { minLength: 3, maxLength: 3 }), { maxLength: 50 })
    await fc.assert(
      fc.asyncProperty(rows, async (values) => {
        const { file } = await exported(values, ['text', 'json', 'enum'])
        const padded = valuesOf(readXls(file)[0]!).map((row) => [0, 1, 2].map((i) => row[i] ?? null))
        expect(padded).toEqual(values)
      }),
      { numRuns: 50 },
    )
  })

  test('longer than Excel allows is cut visibly, never within a surrogate pair, and counted', async () => {
    const { file, summary } = await exported(
      [
        ['x'.repeat(32_767)],
        ['x'.repeat(32_768)],
        ['é'.repeat(40_000)],
        [`${'x'.repeat(32_765)}😀 and more`],
        [`${'x'.repeat(32_764)}😀 and more`],
        ['\n'.repeat(32_767)],
      ],
      ['text'],
    )
    expect(valuesOf(readXls(file)[0]!).map(([value]) => value)).toEqual([
      'x'.repeat(32_767),
      `${'x'.repeat(32_766)}…`,
      `${'é'.repeat(32_766)}…`,
      `${'x'.repeat(32_765)}…`,
      `${'x'.repeat(32_764)}😀…`,
      '\n'.repeat(32_767),
    ])
    expect(summary).toEqual({ sheets: 1, truncatedCells: 4 })
  })
})

/** Texts that end at, just before and just after the end of the SST record, of both widths. */
function boundaryTexts(fill: number): string[] {
  return [
    'x'.repeat(fill),
    `narrow ${fill}`,
    `wide Ω${fill}`,
    'é'.repeat(9000),
    'Ω'.repeat(9000 + (fill % 3)),
  ]
}

test('texts that cross CONTINUE records arrive unchanged, wherever the cut falls', async () => {
  // The SST record has 8224 bytes: 8 of counts, the header's text (11), then 3 + fill.
  for (let fill = 8224 - 8 - 11 - 3 - 30; fill <= 8224; fill++) {
    const { file } = await exported(
      boundaryTexts(fill).map((text) => [text]),
      ['text'],
    )
    expect(valuesOf(readXls(file)[0]!).map(([value]) => value)).toEqual(boundaryTexts(fill))
  }
})

test('a text is stored once, however often it occurs', async () => {
  const rows = Array.from({ length: 1000 }, () => ['a rather long text that is always the same Ω'])
  const { file } = await exported(rows, ['text'])
  expect(valuesOf(readXls(file)[0]!)).toEqual(rows)
  expect(file.toString('utf16le').split('always the same').length).toBeLessThanOrEqual(2)
  expect(file.length).toBeLessThan(50_000)
})

test('row 65,537 starts a second sheet with the header again', async () => {
  const rows = Array.from({ length: 65_536 }, (_, i) => [
    String(i),
    `A text that is all its own and long enough for DIFAT: ${i * 31}`,
  ])
  const { file, summary } = await exported(rows, ['integer', 'text'])
  // From 109 FAT sectors on the container needs a DIFAT sector.
  expect(file.length).toBeGreaterThan(109 * 128 * 512)
  const sheets = readXls(file)
  expect(sheets.map((sheet) => [sheet.name, sheet.rows.length, sheet.frozenRows])).toEqual([
    ['Deals', 65_536, 1],
    ['Deals (2)', 2, 1],
  ])
  expect(sheets[1]!.rows[0]).toEqual(sheets[0]!.rows[0])
  expect(sheets.flatMap(valuesOf)).toEqual(rows.map(([id, text]) => [Number(id), text]))
  expect(summary).toEqual({ sheets: 2, truncatedCells: 0 })
})

test('a full sheet is not followed by an empty one', async () => {
  const rows = Array.from({ length: 65_535 }, (_, i) => [String(i)])
  const { file, summary } = await exported(rows, ['integer'])
  expect(readXls(file).map((sheet) => sheet.rows.length)).toEqual([65_536])
  expect(summary!.sheets).toBe(1)
})

test('an empty export is a sheet with its header', async () => {
  const { file, summary } = await exported([], ['text', 'date'])
  const sheets = readXls(file)
  expect(sheets.map((sheet) => sheet.rows.map((row) => row.map((cell) => cell!.value)))).toEqual([
    [['Column 1', 'Column 2']],
  ])
  expect(summary).toEqual({ sheets: 1, truncatedCells: 0 })
})

test('the same rows give the same bytes, however they are cut into blocks', async () => {
  const rows = Array.from({ length: 500 }, (_, i) => [String(i), naughty[i % naughty.length]!])
  const whole = await exported(rows, ['integer', 'text'])
  const single = await exported(rows, ['integer', 'text'], { rowsPerBlock: 1 })
  expect(single.file.equals(whole.file)).toBe(true)
})

test('the container holds a stream of any length, past the first DIFAT sectors too', () => {
  const fatSectorFull = 127 * 512 - 512 // with the directory and the FAT itself: exactly one FAT sector
  const difatFull = (109 + 127) * 127 * 512
  for (const length of [
    0,
    1,
    4095,
    4096,
    4097,
    fatSectorFull,
    fatSectorFull + 1,
    difatFull,
    difatFull + 65_536,
    4e7,
  ]) {
    const stream = randomFillSync(Buffer.alloc(length))
    const { header, trailer } = compoundFile('Workbook', length)
    const content = workbookStream(Buffer.concat([header, stream, trailer]))
    // A short stream is padded, or else it would have to lie in the mini stream.
    expect(content.length).toBe(Math.max(4096, length))
    expect(content.subarray(0, length).equals(stream)).toBe(true)
    expect(content.subarray(length).every((byte) => byte === 0)).toBe(true)
  }
})

test('256 columns fit', async () => {
  const row = Array.from({ length: 256 }, (_, i) => String(i))
  const { file } = await exported(
    Array.from({ length: 40 }, () => row),
    row.map(() => 'integer' as const),
  )
  expect(valuesOf(readXls(file)[0]!)[39]).toEqual(row.map(Number))
})

describe('limits', () => {
  const options = { sheetName: 'Deals', onSummary: () => {} }

  test('257 columns are refused before a row is asked for', () => {
    const rows = blocksOf([])
    expect(() => xls(rows, columnsOf(...Array<'text'>(257).fill('text')), options)).toThrow(ValidationError)
    expect(() => xls(rows, [], options)).toThrow('columns: an XLS file needs at least one column')
  })

  test('one row more than the sheets hold is an error that names XLSX', async () => {
    const rows = Array.from({ length: 65_536 }, () => ['a'])
    const error = await exported(rows, ['text'], { maxSheets: 1 }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(XlsLimitError)
    expect(error).toMatchObject({
      code: 'XLS_LIMIT_EXCEEDED',
      limit: 'rows',
      message: 'An XLS file holds at most 65,535 rows. Use the format XLSX instead.',
    })
  })

  test('more bytes than may be held are an error before the first byte', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => [`text ${i}`])
    const pieces: Buffer[] = []
    const write = async () => {
      const file = xls(blocksOf(rows), columnsOf('text'), { ...options, maxBytes: 2 ** 20 })
      for await (const piece of file) pieces.push(piece)
    }
    await expect(write()).rejects.toMatchObject({ code: 'XLS_LIMIT_EXCEEDED', limit: 'bytes' })
    expect(pieces).toEqual([])
  })

  test('a row with too few or too many cells is a fault of the caller, not a wrong file', async () => {
    await expect(exported([['a']], ['text', 'text'])).rejects.toThrow(RangeError)
    await expect(exported([['a', 'b']], ['text'])).rejects.toThrow(RangeError)
  })
})

describe('abort', () => {
  const options = { sheetName: 'Deals', onSummary: () => {} }

  test('while rows come in ends the source and gives no byte', async () => {
    const abort = new AbortController()
    let sourceClosed = false
    async function* rows() {
      try {
        for (let block = 0; ; block++) {
          if (block === 3) abort.abort()
          yield { bytes: Buffer.from('a\n'), rows: 1 }
        }
      } finally {
        sourceClosed = true
      }
    }
    const file = xls(rows(), columnsOf('text'), options, abort.signal)
    await expect(file.next()).rejects.toThrow('aborted')
    expect(sourceClosed).toBe(true)
  })

  test('while bytes go out stops them', async () => {
    const abort = new AbortController()
    const file = xls(blocksOf([['a']]), columnsOf('text'), options, abort.signal)
    expect((await file.next()).done).toBe(false)
    abort.abort()
    await expect(file.next()).rejects.toThrow('aborted')
  })
})

test('sheet names are what Excel allows', () => {
  expect(sheetName('Deals', 0)).toBe('Deals')
  expect(sheetName('Deals', 15)).toBe('Deals (16)')
  expect(sheetName('a[b]c:d*e?f/g\\h', 0)).toBe('a b c d e f g h')
  expect(sheetName("'quoted'", 0)).toBe('quoted')
  expect(sheetName('history', 0)).toBe('history 1')
  expect(sheetName('\n', 0)).toBe('Sheet')
  expect(sheetName(`${'x'.repeat(40)}`, 0)).toBe('x'.repeat(31))
  expect(sheetName(`${'x'.repeat(40)}`, 1)).toBe(`${'x'.repeat(27)} (2)`)
  expect(sheetName(`${'x'.repeat(30)}😀`, 0)).toBe('x'.repeat(30))
})

const reason = hasXlrd ? '' : ' (skipped: /usr/bin/python3 has no xlrd)'

test.skipIf(!hasXlrd)(`xlrd, another reader, reads the same cells${reason}`, async () => {
  const types = everyType.map(([type]) => type)
  const files = [
    await exported([types.map(() => null), everyType.map(([, value]) => value)], types),
    await exported(
      naughty.map((text) => [text]),
      ['text'],
    ),
    await exported(
      [8160, 8199, 8200, 8201, 8202, 8203]
        .flatMap(boundaryTexts)
        .map((text, i) => [`${text}${i}`, String(i / 8)]),
      ['text', 'float'],
    ),
    await exported(
      Array.from({ length: 65_536 }, (_, i) => [String(i), `text ${i}`, i % 2 ? 't' : 'f']),
      ['integer', 'text', 'boolean'],
    ),
    await exported([], ['text']),
  ]
  for (const { file } of files) {
    const ours = readXls(file)
    const theirs = readWithXlrd(file)
    expect(theirs.map((sheet) => sheet.name)).toEqual(ours.map((sheet) => sheet.name))
    for (const [i, sheet] of theirs.entries()) {
      const rows = ours[i]!.rows
      expect(sheet.rows.length).toBe(rows.length)
      const expected = sheet.rows.map((row, r) => row.map((_, c) => xlrdCell(rows[r]![c])))
      expect(sheet.rows).toEqual(expected)
    }
  }
})

function xlrdCell(cell: XlsSheet['rows'][number][number]): [number, string | number] {
  if (!cell) return [0, '']
  if (cell.type === 'text') return [1, cell.value as string]
  if (cell.type === 'boolean') return [4, cell.value ? 1 : 0]
  return [cell.format.includes(':') || cell.format.includes('yy') ? 3 : 2, cell.value as number]
}

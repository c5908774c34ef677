import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../../src/core/dataset.ts'
import { csv } from '../../../src/engine/formats/csv.ts'
import { tsv } from '../../../src/engine/formats/tsv.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { exportFile, tableDataset } from './export-text.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query(String.raw`
    CREATE TABLE two (n integer, name text, amount numeric, won boolean, due date, at timestamptz, tags text[]);
    INSERT INTO two VALUES
      (1, 'a, "b"', 12.50, true, '2026-03-10', '2026-03-10 12:00:00.123456+00', '{x,NULL,"y z"}'),
      (2, NULL, NULL, NULL, NULL, NULL, NULL),
      (3, E'Ω €\n=1', -3, false, '0044-03-15 BC', 'infinity', '{}');
    CREATE TABLE cells (n serial, cell text);
    CREATE TABLE moments (n serial, day date, local timestamp, instant timestamptz, instants timestamptz[], flags boolean[]);
    INSERT INTO moments (day, local, instant, instants, flags) VALUES
      ('2026-07-01', '2026-07-01 00:30:00.5', '2026-06-30 22:30:00.5+00', '{2026-06-30 22:30:00.5+00,NULL}', '{t,NULL,f}'),
      ('infinity', '-infinity', 'infinity', '{}', NULL),
      ('0044-03-15 BC', '0044-03-15 12:00:00 BC', '10000-01-01 00:00:00+00', NULL, '{}');
    CREATE TABLE numbers (n serial, small integer, big bigint, exact numeric);
    INSERT INTO numbers (small, big, exact) VALUES
      (-1, 999999999999999, 123456789012345.00), (0, 9223372036854775807, -1234567890123456), (NULL, NULL, 'NaN');
  `)
  await client.end()
})

afterAll(() => database.drop())

const two = tableDataset('two', {
  n: { type: 'integer', label: 'n' },
  name: { type: 'text', label: 'name' },
  amount: { type: 'decimal', label: 'amount' },
  won: { type: 'boolean', label: 'won' },
  due: { type: 'date', label: 'due' },
  at: { type: 'timestamptz', label: 'at' },
  tags: { type: 'text[]', label: 'tags' },
})

async function made(dataset: Dataset, options: object = {}, format: 'csv' | 'tsv' = 'csv'): Promise<string> {
  return (await exportFile({ url: database.adminUrl, dataset, format, options })).toString()
}

describe('the bytes', () => {
  test.each<[string, object, string]>([
    [
      'by default',
      {},
      'n,name,amount,won,due,at,tags\n1,"a, ""b""",12.50,true,2026-03-10,2026-03-10 12:00:00.123456+00,x; ; y z\n2,,,,,,\n3,"Ω €\n=1",-3,false,0044-03-15 BC,infinity,""\n',
    ],
    [
      'without a header',
      { header: false },
      '1,"a, ""b""",12.50,true,2026-03-10,2026-03-10 12:00:00.123456+00,x; ; y z\n2,,,,,,\n3,"Ω €\n=1",-3,false,0044-03-15 BC,infinity,""\n',
    ],
    [
      'between semicolons, lines ending in CRLF, after a byte order mark',
      { delimiter: ';', lineEnding: 'crlf', bom: true },
      '\ufeffn;name;amount;won;due;at;tags\r\n1;"a, ""b""";12.50;true;2026-03-10;2026-03-10 12:00:00.123456+00;"x; ; y z"\r\n2;;;;;;\r\n3;"Ω €\n=1";-3;false;0044-03-15 BC;infinity;""\r\n',
    ],
    [
      'all in quotes but NULL',
      { quote: 'all', nullText: 'NULL' },
      '"n","name","amount","won","due","at","tags"\n"1","a, ""b""","12.50","true","2026-03-10","2026-03-10 12:00:00.123456+00","x; NULL; y z"\n"2",NULL,NULL,NULL,NULL,NULL,NULL\n"3","Ω €\n=1","-3","false","0044-03-15 BC","infinity",""\n',
    ],
    [
      'all in quotes but numbers and NULL',
      { quote: 'nonnumeric' },
      '"n","name","amount","won","due","at","tags"\n1,"a, ""b""",12.50,"true","2026-03-10","2026-03-10 12:00:00.123456+00","x; ; y z"\n2,,,,,,\n3,"Ω €\n=1",-3,"false","0044-03-15 BC","infinity",""\n',
    ],
    [
      'with words for booleans, and lists as Postgres writes them',
      { booleanText: { true: 'ja', false: "n'ein" }, listSeparator: null },
      'n,name,amount,won,due,at,tags\n1,"a, ""b""",12.50,ja,2026-03-10,2026-03-10 12:00:00.123456+00,"{x,NULL,""y z""}"\n2,,,,,,\n3,"Ω €\n=1",-3,n\'ein,0044-03-15 BC,infinity,{}\n',
    ],
  ])('%s', async (_, options, expected) => {
    expect(await made(two, options)).toBe(expected)
  })

  test('TSV has the same cells between tabs', async () => {
    expect(await made(two, {}, 'tsv')).toBe(
      'n\tname\tamount\twon\tdue\tat\ttags\n1\t"a, ""b"""\t12.50\ttrue\t2026-03-10\t2026-03-10 12:00:00.123456+00\tx; ; y z\n2\t\t\t\t\t\t\n3\t"Ω €\n=1"\t-3\tfalse\t0044-03-15 BC\tinfinity\t""\n',
    )
  })

  test('in UTF-16LE they begin with its byte order mark, in a later part with none', async () => {
    const whole = await exportFile({
      url: database.adminUrl,
      dataset: two,
      format: 'csv',
      options: { encoding: 'utf-16le' },
    })
    expect(whole).toEqual(Buffer.from(`\ufeff${await made(two)}`, 'utf16le'))
    const part = await exportFile({
      url: database.adminUrl,
      dataset: two,
      format: 'csv',
      options: { encoding: 'utf-16le', header: false, bom: false },
    })
    expect(part).toEqual(Buffer.from(await made(two, { header: false }), 'utf16le'))
  })

  test('in Windows-1252 a character that it has not is one question mark', async () => {
    const file = await exportFile({
      url: database.adminUrl,
      dataset: two,
      format: 'csv',
      options: { encoding: 'windows-1252' },
    })
    expect(file.toString('latin1')).toBe((await made(two)).replace('Ω €', '? \x80'))
  })

  test('an empty table is a header', async () => {
    const empty = { ...two, source: { query: 'SELECT * FROM two WHERE false' } }
    expect(await made(empty, { lineEnding: 'crlf' })).toBe('n,name,amount,won,due,at,tags\r\n')
  })

  test('a header is quoted and guarded as cells are', async () => {
    const file = await exportFile({
      url: database.adminUrl,
      dataset: two,
      format: 'csv',
      columns: ['=1+1', 'a "b"', '', ' c,d', '-5'].map((header, index) => ({
        name: ['n', 'name', 'amount', 'won', 'due'][index]!,
        header,
      })),
    })
    expect(file.toString().split('\n')[0]).toBe(`'=1+1,"a ""b""",""," c,d",-5`)
  })
})

test('a default query of plain columns is bare, so that nothing is computed', () => {
  const plan = {
    columns: ['integer', 'decimal', 'date', 'timestamptz', 'json', 'uuid'].map((type) => ({
      name: type,
      header: type,
      type: type as 'integer',
      sql: `t."${type}"`,
    })),
    source: 'x AS t',
    join: '',
    key: [],
    conditions: [],
    from: 'FROM x AS t',
    orderBy: '',
    limit: null,
  }
  const options = {
    delimiter: ',',
    quote: 'minimal',
    nullText: '',
    listSeparator: '; ',
    dateFormat: 'original',
    formulaGuard: true,
    excelSafe: false,
    lineEnding: 'lf',
    booleanText: { true: 'true', false: 'false' },
  }
  expect(csv.copySql(plan, options)).toBe(
    `COPY (SELECT t."integer" AS c0, t."decimal" AS c1, t."date" AS c2, t."timestamptz" AS c3, t."json" AS c4, t."uuid" AS c5 FROM x AS t ) TO STDOUT WITH (FORMAT csv, DELIMITER ',', NULL '')`,
  )
})

test('the content type names the encoding', () => {
  expect(csv.contentType).toBe('text/csv; charset=utf-8')
  expect(csv.contentTypeFor?.({ encoding: 'windows-1252' })).toBe('text/csv; charset=windows-1252')
  expect(tsv.contentTypeFor?.({ encoding: 'utf-16le' })).toBe('text/tab-separated-values; charset=utf-16le')
})

describe('the formula guard', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['=', "'="],
    ['+1+1', "'+1+1"],
    ['-1+1', "'-1+1"],
    ["-2+3+cmd|' /C calc'!D2", "'-2+3+cmd|' /C calc'!D2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    ['\n=1', "'\n=1"],
    ['＝1+1', "'＝1+1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠x', "'＠x"],
    ['-12.5', '-12.5'],
    ['+49170', '+49170'],
    ['-1.234,56', '-1.234,56'],
    ['-1\n=1', "'-1\n=1"],
    ['--1', "'--1"],
    ['-', "'-"],
    ['a=1', 'a=1'],
    [' =1', ' =1'],
    ["'=1", "'=1"],
    ['', ''],
  ])('%j becomes %j', async (cell, expected) => {
    expect(await guardedCell(cell, {})).toBe(expected)
    expect(await guardedCell(cell, { formulaGuard: false })).toBe(cell)
  })

  test('never touches numbers, nor lists of them', async () => {
    const dataset = {
      ...tableDataset('numbers', {
        small: { type: 'integer', label: 's' },
        list: { type: 'integer[]', label: 'l' },
      }),
      source: { query: 'SELECT 1 AS n, -1 AS small, ARRAY[-1, 2] AS list' },
    } satisfies Dataset
    expect(await made(dataset, { header: false })).toBe('-1,-1; 2\n')
  })

  test('computes an expression once', async () => {
    const dataset = {
      ...tableDataset('numbers', {
        drawn: { type: 'text', label: 'd', expr: "CASE WHEN nextval('draws') > 0 THEN '=x' END" },
      }),
      source: { query: 'SELECT n FROM generate_series(1, 3) AS n' },
    } satisfies Dataset
    const client = new pg.Client({ connectionString: database.adminUrl })
    await client.connect()
    try {
      await client.query('CREATE SEQUENCE draws')
      // A read-only snapshot refuses nextval; a plain COPY does not.
      const columns = [
        { name: 'drawn', header: 'drawn', type: 'text' as const, sql: `(${dataset.columns.drawn!.expr})` },
      ]
      const from = 'FROM generate_series(1, 3) AS t'
      const sql = csv.copySql(
        { columns, source: '', join: '', key: [], conditions: [], from, orderBy: '', limit: null },
        { formulaGuard: true, excelSafe: true, quote: 'minimal', delimiter: ',', nullText: '' },
      )
      await client.query(sql.replace(/^COPY \((.*)\) TO STDOUT.*$/, '$1'))
      expect((await client.query('SELECT last_value FROM draws')).rows).toEqual([{ last_value: '3' }])
    } finally {
      await client.end()
    }
  })
})

describe('excelSafe', () => {
  test.each([
    ['00123', '="00123"'],
    ['007', '="007"'],
    ['0', '0'],
    ['-01', '="-01"'],
    ['0.5', '0.5'],
    ['12345678901', '12345678901'],
    ['123456789012', '="123456789012"'],
    ['+491701234567', '="+491701234567"'],
    ['12E5', '="12E5"'],
    ['1e-5', '="1e-5"'],
    ['12 34', '12 34'],
    ['00123\n', '00123\n'],
    ['=1+1', "'=1+1"],
    ['-1+1', "'-1+1"],
    ['1'.repeat(255), `="${'1'.repeat(255)}"`],
    ['1'.repeat(256), '1'.repeat(256)],
  ])('%j becomes %j', async (cell, expected) => {
    expect(await guardedCell(cell, { excelSafe: true })).toBe(expected)
  })

  test('keeps the digits of numbers that Excel would round', async () => {
    const numbers = tableDataset('numbers', {
      small: { type: 'integer', label: 's' },
      big: { type: 'bigint', label: 'b' },
      exact: { type: 'decimal', label: 'e' },
    })
    expect(await made(numbers, { header: false, excelSafe: true })).toBe(
      '-1,999999999999999,"=""123456789012345.00"""\n0,"=""9223372036854775807""","=""-1234567890123456"""\n,,NaN\n',
    )
  })
})

/** The cell that a text becomes, unquoted. */
async function guardedCell(cell: string, options: object): Promise<string> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query('TRUNCATE cells')
  await client.query('INSERT INTO cells (cell) VALUES ($1)', [cell])
  await client.end()
  const dataset = tableDataset('cells', { cell: { type: 'text', label: 'cell' } })
  const file = await made(dataset, { header: false, quote: 'all', ...options })
  return file.slice(1, -2).replaceAll('""', '"')
}

describe('dates', () => {
  const moments = tableDataset('moments', {
    day: { type: 'date', label: 'd' },
    local: { type: 'timestamp', label: 'l' },
    instant: { type: 'timestamptz', label: 'i' },
    instants: { type: 'timestamptz[]', label: 'is' },
    flags: { type: 'boolean[]', label: 'f' },
  })

  test.each<[string, object, string]>([
    [
      'as Postgres has them, in the time zone',
      { timeZone: 'Europe/Berlin' },
      '2026-07-01,2026-07-01 00:30:00.5,2026-07-01 00:30:00.5+02,2026-07-01 00:30:00.5+02; ,true; ; false\ninfinity,-infinity,infinity,"",\n0044-03-15 BC,0044-03-15 12:00:00 BC,10000-01-01 01:00:00+01,,""\n',
    ],
    [
      'as ISO 8601, in the time zone',
      { dateFormat: 'iso8601', timeZone: 'America/St_Johns', nullText: '-' },
      '2026-07-01,2026-07-01T00:30:00,2026-06-30T20:00:00-02:30,2026-06-30T20:00:00-02:30; -,true; -; false\ninfinity,-infinity,infinity,,-\n0044-03-15 BC,0044-03-15 12:00:00 BC,9999-12-31T20:30:00-03:30,-,\n',
    ],
    [
      'for Excel in UTC, whatever the time zone',
      { dateFormat: 'excel', timeZone: 'Asia/Tokyo' },
      '2026-07-01,2026-07-01 12:30:00 AM,2026-06-30 10:30:00 PM,2026-06-30 10:30:00 PM; ,true; ; false\ninfinity,-infinity,infinity,"",\n0044-03-15 BC,0044-03-15 12:00:00 BC,10000-01-01 00:00:00,,""\n',
    ],
    [
      "by a pattern, which can say Close's original",
      { dateFormat: 'pattern', timestampPattern: 'YYYY-MM-DD HH:mm:ss.SSSSSSZ', timeZone: 'Asia/Tokyo' },
      '2026-07-01,2026-07-01 00:30:00.500000,2026-07-01 07:30:00.500000+09:00,2026-07-01 07:30:00.500000+09:00; ,true; ; false\ninfinity,-infinity,infinity,"",\n0044-03-15 BC,0044-03-15 12:00:00 BC,10000-01-01 09:00:00+09,,""\n',
    ],
    [
      'by patterns with words, quotes and no offset where there is none',
      {
        dateFormat: 'pattern',
        timestampPattern: `dddd D. MMMM 'YY [um "h"] h:m:s,SSS a ZZ`,
        datePattern: 'DD.MM.YYYY [(Day\\)]',
      },
      '01.07.2026 (Day\\),"Wednesday 1. July \'26 um ""h"" 12:30:0,500 am","Tuesday 30. June \'26 um ""h"" 10:30:0,500 pm +0000","Tuesday 30. June \'26 um ""h"" 10:30:0,500 pm +0000; ",true; ; false\ninfinity,-infinity,infinity,"",\n0044-03-15 BC,0044-03-15 12:00:00 BC,10000-01-01 00:00:00+00,,""\n',
    ],
  ])('%s', async (_, options, expected) => {
    expect(await made(moments, { header: false, ...options })).toBe(expected)
  })

  test('every token of a pattern, and tokens side by side', async () => {
    const options = {
      header: false,
      dateFormat: 'pattern',
      timestampPattern:
        'YYYY|YY|MMMM|MMM|MM|M|DD|D|dddd|ddd|HH|H|hh|h|mm|m|ss|s|SSSSSS|SSS|A|a|Z|ZZ|ssss|ssSSS|YYYYMMDDHHmmss',
    }
    const one = tableDataset('moments', { instant: { type: 'timestamptz', label: 'i' } })
    const at = {
      ...one,
      source: { query: "SELECT 1 AS n, timestamptz '2026-03-08 15:04:05.006007+00' AS instant" },
    }
    expect(await made(at, options)).toBe(
      '2026|26|March|Mar|03|3|08|8|Sunday|Sun|15|15|03|3|04|4|05|5|006007|006|PM|pm|+00:00|+0000|0505|05006|20260308150405\n',
    )
  })
})

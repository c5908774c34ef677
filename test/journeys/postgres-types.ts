/** One value of a type: as SQL, in CSV, and in JSON where that is not the same text. */
export interface TypeValue {
  readonly sql: string
  readonly csv: string
  readonly json?: unknown
}

/** A column of a database's type, what it is in a dataset, and what its values become. */
export interface TypeCase {
  readonly name: string
  readonly pgType: string
  readonly type: string
  readonly values: readonly TypeValue[]
  /** A value that no typed column of Parquet holds is among them. */
  readonly misfits?: boolean
}

/** A value whose JSON is not its text in CSV. */
const value = (sql: string, csv: string, json: unknown = csv): TypeValue => ({ sql, csv, json })
/** A number: the JSON has the same digits, outside of a string. */
const number = (sql: string, digits = sql): TypeValue => value(`'${sql}'`, digits, { digits })
/** The same text everywhere. */
const same = (text: string): TypeValue => value(`'${text.replaceAll("'", "''")}'`, text)

/** Types that the cases need, and things that they name. */
export const typesSql = `
  CREATE SCHEMA "Typen ""neu""";
  SET search_path = "Typen ""neu""";
  CREATE TYPE mood AS ENUM ('fine', 'so, so', 'with "quotes"');
  CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
  CREATE DOMAIN cents AS numeric(10, 2);
  CREATE DOMAIN tags AS text[];
  CREATE DOMAIN tiny_cents AS cents CHECK (VALUE < 100);
  CREATE TYPE address AS (street text, "Haus-Nr." integer, "note, ""x""" text);
  CREATE DOMAIN home AS address;`

export const typeCases: readonly TypeCase[] = [
  { name: 'int2', pgType: 'smallint', type: 'integer', values: [number('-32768')] },
  { name: 'int4', pgType: 'integer', type: 'integer', values: [number('2147483647')] },
  {
    name: 'int8',
    pgType: 'bigint',
    type: 'bigint',
    values: [number('9223372036854775807'), number('-9223372036854775808'), number('9007199254740993')],
  },
  { name: 'num', pgType: 'numeric(12,2)', type: 'decimal', values: [number('12.50'), number('-0.10')] },
  {
    name: 'num_any',
    pgType: 'numeric',
    type: 'decimal',
    misfits: true,
    values: [
      number('123456789012345678901234567890.12345678901234567890'),
      value(`'NaN'`, 'NaN'),
      value(`'-Infinity'`, '-Infinity'),
    ],
  },
  { name: 'real', pgType: 'real', type: 'float', values: [number('0.1'), value(`'NaN'`, 'NaN')] },
  {
    name: 'double',
    pgType: 'double precision',
    type: 'float',
    values: [
      number('1e300', '1e+300'),
      value(`'Infinity'`, 'Infinity'),
      value(`'-Infinity'`, '-Infinity'),
      value(`'NaN'`, 'NaN'),
      number('-0'),
    ],
  },
  { name: 'money', pgType: 'money', type: 'decimal', values: [number('-1234.50')] },
  {
    name: 'bool',
    pgType: 'boolean',
    type: 'boolean',
    values: [value('true', 'true', true), value('false', 'false', false)],
  },
  { name: 'char5', pgType: 'char(5)', type: 'text', values: [value(`'ab'`, 'ab')] },
  { name: 'varchar', pgType: 'varchar(20)', type: 'text', values: [same('a, "b"\nc\t\\N')] },
  { name: 'text', pgType: 'text', type: 'text', values: [same('=1+1'), same(''), same('ü 😀 \u2028')] },
  { name: 'name', pgType: 'name', type: 'text', values: [same('pg_class')] },
  { name: 'one_char', pgType: '"char"', type: 'text', values: [same('x')] },
  { name: 'bytea', pgType: 'bytea', type: 'bytes', values: [same('\\xdeadbeef00'), same('\\x')] },
  {
    name: 'date',
    pgType: 'date',
    type: 'date',
    misfits: true,
    values: [same('2026-02-28'), same('infinity'), same('0044-03-15 BC'), same('12026-01-01')],
  },
  {
    name: 'time',
    pgType: 'time',
    type: 'time',
    misfits: true,
    values: [same('09:30:00.000001'), same('24:00:00')],
  },
  { name: 'timetz', pgType: 'timetz', type: 'text', values: [same('09:30:00+05:30')] },
  {
    name: 'timestamp',
    pgType: 'timestamp',
    type: 'timestamp',
    misfits: true,
    values: [
      value(`'2026-03-10 12:00:00.123456'`, '2026-03-10 12:00:00.123456', '2026-03-10T12:00:00.123456'),
      same('-infinity'),
      value(`'0044-03-15 12:00:00 BC'`, '0044-03-15 12:00:00 BC', '0044-03-15T12:00:00 BC'),
    ],
  },
  {
    name: 'timestamptz',
    pgType: 'timestamptz',
    type: 'timestamptz',
    misfits: true,
    values: [
      value(`'2026-03-10 12:00:00+02'`, '2026-03-10 10:00:00+00', '2026-03-10T10:00:00+00:00'),
      same('infinity'),
      value(`'0044-03-15 12:00:00+00 BC'`, '0044-03-15 12:00:00+00 BC', '0044-03-15T12:00:00+00:00 BC'),
    ],
  },
  {
    name: 'interval',
    pgType: 'interval',
    type: 'interval',
    values: [
      value(`'1 year 2 days 03:04:05.5'`, 'P1Y2DT3H4M5.5S'),
      value(`'-1 mon'`, 'P-1M'),
      value(`'0'`, 'PT0S'),
    ],
  },
  { name: 'uuid', pgType: 'uuid', type: 'uuid', values: [same('3c88596c-5e88-4811-ab47-0cf06d605e98')] },
  {
    name: 'json',
    pgType: 'json',
    type: 'json',
    values: [
      value(`'{"a" : [1, null], "a": "x"}'`, '{"a" : [1, null], "a": "x"}', { a: 'x' }),
      value(`'null'`, 'null', null),
    ],
  },
  {
    name: 'jsonb',
    pgType: 'jsonb',
    type: 'json',
    values: [value(`'{"b":1.10,"a":"\\u00e9"}'`, '{"a": "é", "b": 1.10}', { a: 'é', b: 1.1 })],
  },
  {
    name: 'inet',
    pgType: 'inet',
    type: 'text',
    values: [same('10.0.0.1'), same('10.1.0.0/16'), same('::1')],
  },
  { name: 'cidr', pgType: 'cidr', type: 'text', values: [same('10.1.0.0/16'), same('::/0')] },
  { name: 'macaddr', pgType: 'macaddr', type: 'text', values: [same('08:00:2b:01:02:03')] },
  { name: 'macaddr8', pgType: 'macaddr8', type: 'text', values: [same('08:00:2b:01:02:03:04:05')] },
  { name: 'bits', pgType: 'bit(4)', type: 'text', values: [same('0010')] },
  { name: 'varbits', pgType: 'varbit', type: 'text', values: [same('101'), same('')] },
  { name: 'tsvector', pgType: 'tsvector', type: 'text', values: [same(`'a' 'cat':1,3A 'it''s'`)] },
  { name: 'tsquery', pgType: 'tsquery', type: 'text', values: [same(`'fat' & !'cat':*`)] },
  {
    name: 'int4range',
    pgType: 'int4range',
    type: 'text',
    values: [value(`'(1,5]'`, '[2,6)'), same('empty'), same('(,)')],
  },
  {
    name: 'tstzrange',
    pgType: 'tstzrange',
    type: 'text',
    values: [value(`'[2026-01-01 00:00+00,)'`, '["2026-01-01 00:00:00+00",)')],
  },
  { name: 'multirange', pgType: 'int4multirange', type: 'text', values: [same('{[1,3),[5,8)}'), same('{}')] },
  { name: 'point', pgType: 'point', type: 'text', values: [same('(1.5,-2)')] },
  { name: 'line', pgType: 'line', type: 'text', values: [same('{1,-1,0}')] },
  { name: 'lseg', pgType: 'lseg', type: 'text', values: [same('[(0,0),(1,1)]')] },
  { name: 'box', pgType: 'box', type: 'text', values: [same('(1,1),(0,0)')] },
  { name: 'path', pgType: 'path', type: 'text', values: [same('((0,0),(1,1),(2,0))')] },
  { name: 'polygon', pgType: 'polygon', type: 'text', values: [same('((0,0),(1,1),(2,0))')] },
  { name: 'circle', pgType: 'circle', type: 'text', values: [same('<(0,0),2>')] },
  { name: 'xml', pgType: 'xml', type: 'text', values: [same('<a b="c">d</a>')] },
  { name: 'oid', pgType: 'oid', type: 'bigint', values: [number('4294967295')] },
  {
    name: 'regclass',
    pgType: 'regclass',
    type: 'text',
    values: [value(`'pg_catalog.pg_class'`, 'pg_class')],
  },
  { name: 'pg_lsn', pgType: 'pg_lsn', type: 'text', values: [same('16/B374D848')] },
  { name: 'jsonpath', pgType: 'jsonpath', type: 'text', values: [same('$."a"[*]?(@ > 1)')] },
  { name: 'mood', pgType: 'mood', type: 'enum', values: [same('so, so'), same('with "quotes"')] },
  { name: 'email', pgType: 'email', type: 'text', values: [same('a@example.org')] },
  { name: 'cents', pgType: 'cents', type: 'decimal', values: [number('1.50')] },
  { name: 'domain_of_domain', pgType: 'tiny_cents', type: 'decimal', values: [number('99.99')] },
  {
    name: 'tags',
    pgType: 'tags',
    type: 'text[]',
    values: [value(`'{a,"b, c"}'`, '{a,"b, c"}', ['a', 'b, c'])],
  },
  {
    name: 'address',
    pgType: 'address',
    type: 'json',
    values: [
      value(
        `ROW('High St, 1 "a"', 7, NULL)`,
        '{"street":"High St, 1 \\"a\\"","Haus-Nr.":7,"note, \\"x\\"":null}',
        {
          street: 'High St, 1 "a"',
          'Haus-Nr.': 7,
          'note, "x"': null,
        },
      ),
    ],
  },
  {
    name: 'home',
    pgType: 'home',
    type: 'json',
    values: [
      value(`ROW('x', 1, '')`, '{"street":"x","Haus-Nr.":1,"note, \\"x\\"":""}', {
        street: 'x',
        'Haus-Nr.': 1,
        'note, "x"': '',
      }),
    ],
  },
  {
    name: 'ints',
    pgType: 'integer[]',
    type: 'integer[]',
    misfits: true,
    values: [
      value(`'{1,NULL,-3}'`, '{1,NULL,-3}', [1, null, -3]),
      value(`'{}'`, '{}', []),
      value(`'{{1,2},{3,NULL}}'`, '{{1,2},{3,NULL}}', [
        [1, 2],
        [3, null],
      ]),
    ],
  },
  {
    name: 'texts',
    pgType: 'text[]',
    type: 'text[]',
    misfits: true,
    values: [
      value(
        String.raw`ARRAY['a"b', 'c\d', '', NULL, 'NULL', 'e,f', ' ']`,
        String.raw`{"a\"b","c\\d","",NULL,"NULL","e,f"," "}`,
        ['a"b', 'c\\d', '', null, 'NULL', 'e,f', ' '],
      ),
      value(`ARRAY[['x"', '{'], ['}', '\\']]`, String.raw`{{"x\"","{"},{"}","\\"}}`, [
        ['x"', '{'],
        ['}', '\\'],
      ]),
    ],
  },
  {
    name: 'moods',
    pgType: 'mood[]',
    type: 'enum[]',
    values: [value(`'{"so, so",fine}'`, '{"so, so",fine}', ['so, so', 'fine'])],
  },
  {
    name: 'moneys',
    pgType: 'money[]',
    type: 'decimal[]',
    values: [value(`'{1.5,NULL}'`, '{1.50,NULL}', [1.5, null])],
  },
  {
    name: 'ranges',
    pgType: 'int4range[]',
    type: 'text[]',
    values: [value(`'{"[1,2)"}'`, '{"[1,2)"}', ['[1,2)'])],
  },
  {
    name: 'jsons',
    pgType: 'jsonb[]',
    type: 'json[]',
    values: [value(`ARRAY['{"a": 1}'::jsonb, NULL]`, '{"{\\"a\\": 1}",NULL}', [{ a: 1 }, null])],
  },
  {
    name: 'addresses',
    pgType: 'address[]',
    type: 'json',
    values: [
      value(`ARRAY[ROW('x', 1, NULL)::address]`, '[{"street":"x","Haus-Nr.":1,"note, \\"x\\"":null}]', [
        { street: 'x', 'Haus-Nr.': 1, 'note, "x"': null },
      ]),
    ],
  },
]

import type { Dataset } from '../../../src/core/dataset.ts'
import { tableDataset } from './export-text.ts'

/** A table with every type of column: plain values, awkward ones, empty ones and none. */
export const everyTypeSql = String.raw`
  CREATE TYPE mood AS ENUM ('fine', '=bad', '');
  CREATE TABLE every_type (
    n integer PRIMARY KEY, txt text, bigi bigint, deci numeric, flo double precision, boo boolean, day date,
    tim time, loc timestamp, ins timestamptz, span interval, uid uuid, moo mood, doc json, docb jsonb, raw bytea,
    txts text[], ints integer[], boos boolean[], inss timestamptz[], moos mood[]);
  INSERT INTO every_type VALUES
  (1, 'plain', 42, 12.50, 0.1, true, '2026-03-10', '09:30:00', '2026-03-10 12:00:00', '2026-03-10 12:00:00.123456+00',
    '1 day 02:00:00', '3c88596c-5e88-4811-ab47-0cf06d605e98', 'fine', '{"a": [1, null]}', '{"b": "x"}', '\xdeadbeef',
    ARRAY['a', 'b'], ARRAY[1, 2], ARRAY[true, false], ARRAY[timestamptz '2026-03-10 12:00:00+00'], ARRAY['fine']::mood[]),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (3, '', -9223372036854775808, 123456789012345678901234567890.123456789, 'NaN', false, 'infinity', '24:00:00',
    '-infinity', 'infinity', '-1 mon', '00000000-0000-0000-0000-000000000000', '', '""', 'null', '', '{}', '{}', '{}', '{}', '{}'),
  (4, E'a "b",\r\n\'c\'; \\ \\. \t\r\n', 9223372036854775807, 'NaN', '-Infinity', true, '0044-03-15 BC', '00:00:00.000001',
    '0044-03-15 12:00:00 BC', '0044-03-15 12:00:00+00 BC', '00:00:00', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '=bad',
    E'{"a": 1,\r\n "a" : "\\u0041\\n"}', '{"q": "\"\\"}', '\x0d0a5c', ARRAY['x,"y', NULL, '', E'\n\\'], ARRAY[NULL, -1],
    ARRAY[NULL, true], ARRAY[NULL, timestamptz 'infinity'], ARRAY['=bad', NULL]::mood[]),
  (5, '=1+1', 0, '-Infinity', 1e-7, false, '12026-01-01', '23:59:59.999999', '12026-01-01 00:00:00',
    '12026-01-01 00:00:00+00', '1.5 seconds', '3c88596c-5e88-4811-ab47-0cf06d605e98', 'fine', '[]', '[]', '\x00',
    ARRAY['=1+1'], ARRAY[-1], ARRAY[NULL]::boolean[], ARRAY[timestamptz '2026-07-01 00:00:00+00', '0044-03-15 12:00:00+00 BC'], '{}'),
  (6, '-12.5', 5, -0.10, '1e300', true, '2026-12-31', '12:00', '1999-12-31 23:59:59.5', '1850-01-01 00:00:00+00', '1 year',
    '3c88596c-5e88-4811-ab47-0cf06d605e98', 'fine', '12345678901234567890.10', '1e400', '\xff', ARRAY['😀 é ｶ'], ARRAY[7],
    ARRAY[true], ARRAY[timestamptz '2026-03-10 12:00:00.1+00'], '{fine}'),
  (7, E'\\.', 1, 1, 1, true, '2026-01-01', '01:00', '2026-01-01', '2026-01-01 00:00:00+00', '1 hour',
    '3c88596c-5e88-4811-ab47-0cf06d605e98', 'fine', '1', '1', '\x01', '{" "}', '{1}', '{t}', '{}', '{}')
`

export const everyType: Dataset = tableDataset('every_type', {
  n: { type: 'integer', label: 'n' },
  txt: { type: 'text', label: 'txt' },
  bigi: { type: 'bigint', label: 'bigi' },
  deci: { type: 'decimal', label: 'deci' },
  flo: { type: 'float', label: 'flo' },
  boo: { type: 'boolean', label: 'boo' },
  day: { type: 'date', label: 'day' },
  tim: { type: 'time', label: 'tim' },
  loc: { type: 'timestamp', label: 'loc' },
  ins: { type: 'timestamptz', label: 'ins' },
  span: { type: 'interval', label: 'span' },
  uid: { type: 'uuid', label: 'uid' },
  moo: { type: 'enum', label: 'moo' },
  doc: { type: 'json', label: 'doc' },
  docb: { type: 'json', label: 'docb' },
  raw: { type: 'bytes', label: 'raw' },
  txts: { type: 'text[]', label: 'txts' },
  ints: { type: 'integer[]', label: 'ints' },
  boos: { type: 'boolean[]', label: 'boos' },
  inss: { type: 'timestamptz[]', label: 'inss' },
  moos: { type: 'enum[]', label: 'moos' },
})

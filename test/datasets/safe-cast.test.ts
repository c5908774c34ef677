import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type ScalarType, scalarTypes } from '../../src/core/column-type.ts'
import { castOf, safeCastSql } from '../../src/datasets/safe-cast.ts'

let client: pg.Client

beforeAll(async () => {
  client = new pg.Client({ connectionString: inject('adminUrl') })
  await client.connect()
  await client.query("SET TimeZone = 'UTC'")
})

afterAll(() => client.end())

/** Every text as the safe cast has it, and as Postgres' own cast does where that is no error. */
async function bothCasts(texts: readonly string[], type: ScalarType, serverVersion: number) {
  const { rows } = await client.query<{ safe: string | null; own: string | null }>(
    `SELECT (${safeCastSql('d.v', type, serverVersion)})::text AS safe,
       CASE WHEN pg_input_is_valid(d.v, $2) THEN d.v::${castOf[type]}::text END AS own
     FROM unnest($1::text[]) WITH ORDINALITY AS d(v, n) ORDER BY d.n`,
    [texts, castOf[type]],
  )
  return rows
}

/** What is valid whatever the server, and must come through. */
const usual: Partial<Record<ScalarType, readonly string[]>> = {
  integer: ['0', '-2147483648', '2147483647', '+7', '007'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  decimal: ['1', '-1.50', '.5', '1e3', '1.', '123456789012345678901234567890.5', 'NaN'],
  float: ['1', '-0.5', '1e300', '1e-300', 'NaN', 'Infinity', '0e999'],
  boolean: ['true', 'f', 'YES', '0'],
  date: ['2024-02-29', '0001-01-01', '9999-12-31'],
  time: ['09:30', '23:59:59.999999'],
  timestamp: ['2026-03-10', '2026-03-10 12:00', '2026-03-10T12:00:00.5'],
  timestamptz: ['2026-03-10T12:00:00Z', '2026-03-10 12:00:00+05:30'],
  interval: ['P1Y2M', 'PT3H', '3 days', '1 month'],
  uuid: ['3C88596c-5e88-4811-ab47-0cf06d605e98'],
  bytes: ['\\x', '\\xDEad'],
}

/** What is not, and must become NULL. */
const bad = [
  'abc',
  '1,5',
  '12abc',
  '2147483648',
  '99999999999999999999',
  '1e999',
  '1e400',
  '2026-02-30',
  '0000-01-01',
  '2026-13-01',
  '25:00',
  '2026-03-10T25:00',
  'P',
  'PT',
  '\\xabc',
  '\\',
  '--1',
  '1e',
  ' ',
  'NULL',
  '{',
  '2026-03-10 12:00+99',
  'yesterday-ish',
  '9'.repeat(2_000),
  `1e-${'9'.repeat(5)}`,
]

const types = scalarTypes.filter((type) => castOf[type] !== 'text' && type !== 'json')

describe.each([
  ['asking the server, from 16 on', 180_000],
  ['by form, before 16', 150_000],
])('%s', (_, serverVersion) => {
  test.for(types)('%s: what is valid is cast, what is not is NULL, nothing is an error', async (type) => {
    const texts = [...(usual[type] ?? []), ...bad]
    const rows = await bothCasts(texts, type, serverVersion)
    for (const [index, { safe, own }] of rows.entries()) {
      if (index < (usual[type]?.length ?? 0)) expect(safe, texts[index]).toBe(own)
      else expect([null, own], texts[index]).toContain(safe)
    }
    expect(rows[0]!.safe).not.toBeNull()
    expect(rows.some(({ safe }) => safe === null)).toBe(true)
  })

  test('no text of any shape is an error', async () => {
    const pieces = fc.constantFrom(
      '0',
      '9',
      '12',
      '31',
      '2026',
      '-',
      '+',
      '.',
      ':',
      ' ',
      'T',
      'Z',
      'e',
      'P',
      'D',
      '\\x',
      'ff',
      'NaN',
      't',
      '29',
      '02',
    )
    const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 50, maxLength: 200 }),
        fc.constantFrom(...types),
        async (texts, type) => {
          for (const { safe, own } of await bothCasts(texts, type, serverVersion))
            expect([null, own]).toContain(safe)
        },
      ),
      { numRuns: 60 },
    )
  })
})

test('JSON that is none is NULL where the server can tell', async () => {
  const rows = await bothCasts(['{"a": 1}', '{', 'null'], 'json', 160_000)
  expect(rows.map(({ safe }) => safe)).toEqual(['{"a": 1}', null, 'null'])
})

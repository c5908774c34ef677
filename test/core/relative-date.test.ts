import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMoment } from '../../src/core/parse-moment.ts'
import { type Moment, resolveMoment } from '../../src/core/relative-date.ts'
import { isTimeZone, openTimeZone } from '../../src/core/time-zone.ts'

const at = (moment: Moment, now: string, timeZone: string) =>
  resolveMoment(moment, { now: new Date(now), timeZone })

describe('a moment', () => {
  test.each<[string, Moment, string, string, string]>([
    [
      'now keeps its milliseconds',
      { now: {} },
      '2026-03-30T12:34:56.789Z',
      'UTC',
      '2026-03-30T12:34:56.789Z',
    ],
    [
      'days keep the time of day over a change of clocks',
      { now: { minus: { days: 1 } } },
      '2026-03-29T12:00:00Z',
      'Europe/Berlin',
      '2026-03-28T13:00:00Z',
    ],
    [
      'hours are exact over it',
      { now: { minus: { hours: 24 } } },
      '2026-03-29T12:00:00Z',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
    ],
    [
      'hours walk through the hour that comes twice',
      { date: { on: '2026-10-25', plus: { hours: 3 } } },
      '2026-01-01T00:00:00Z',
      'Europe/Berlin',
      '2026-10-25T01:00:00Z',
    ],
    [
      'a time that never comes moves on by the gap',
      { now: { plus: { days: 1 } } },
      '2026-03-28T01:30:00Z',
      'Europe/Berlin',
      '2026-03-29T01:30:00Z',
    ],
    [
      'a month after 31 January is the end of February',
      { date: { on: '2026-01-31', plus: { months: 1 } } },
      '2026-01-01T00:00:00Z',
      'UTC',
      '2026-02-28T00:00:00Z',
    ],
    [
      'a year after 29 February is the 28th',
      { date: { on: '2024-02-29', plus: { years: 1 } } },
      '2026-01-01T00:00:00Z',
      'UTC',
      '2025-02-28T00:00:00Z',
    ],
    [
      'the shift comes before the edge: the beginning of last month',
      { now: { minus: { months: 1 }, startOf: 'month' } },
      '2026-03-31T12:00:00Z',
      'UTC',
      '2026-02-01T00:00:00Z',
    ],
    [
      'next goes on from there',
      { now: { startOf: 'week', next: { plus: { hours: 9 } } } },
      '2026-03-29T12:00:00Z',
      'UTC',
      '2026-03-23T09:00:00Z',
    ],
    [
      'weeks begin on Monday',
      { now: { endOf: 'week' } },
      '2026-03-29T12:00:00Z',
      'UTC',
      '2026-03-29T23:59:59.999999Z',
    ],
    ['a quarter', { now: { startOf: 'quarter' } }, '2026-06-30T23:59:59Z', 'UTC', '2026-04-01T00:00:00Z'],
    [
      'the end of a quarter',
      { now: { endOf: 'quarter' } },
      '2026-11-30T23:59:59Z',
      'UTC',
      '2026-12-31T23:59:59.999999Z',
    ],
    [
      'the end of a year',
      { now: { endOf: 'year' } },
      '2026-12-31T23:30:00Z',
      'Asia/Tokyo',
      '2027-12-31T14:59:59.999999Z',
    ],
    [
      'a day that begins at one o’clock',
      { date: { on: '2018-11-04' } },
      '2026-01-01T00:00:00Z',
      'America/Sao_Paulo',
      '2018-11-04T03:00:00Z',
    ],
    [
      'the end of a day whose last hour comes twice is the second one',
      { date: { on: '2018-02-17', endOf: 'day' } },
      '2026-01-01T00:00:00Z',
      'America/Sao_Paulo',
      '2018-02-18T02:59:59.999999Z',
    ],
    [
      'a day that Samoa left out is the one after',
      { date: { on: '2011-12-30' } },
      '2026-01-01T00:00:00Z',
      'Pacific/Apia',
      '2011-12-30T10:00:00Z',
    ],
    [
      'a fixed instant moves too',
      { instant: { at: '2026-03-31T01:00:00+02:00', startOf: 'month' } },
      '2026-01-01T00:00:00Z',
      'UTC',
      '2026-03-01T00:00:00Z',
    ],
    [
      'before 1900 offsets have seconds',
      { date: { on: '1880-02-17' } },
      '2026-01-01T00:00:00Z',
      'Europe/Berlin',
      '1880-02-16T23:06:32Z',
    ],
    [
      'nothing is before year 1',
      { now: { minus: { years: 1e9 } } },
      '2026-01-01T00:00:00Z',
      'UTC',
      '0001-01-01T00:00:00Z',
    ],
    [
      'nothing is after year 9999',
      { now: { plus: { years: 1e9, seconds: 1e9 } } },
      '2026-01-01T00:00:00Z',
      'Europe/Berlin',
      '9999-12-31T23:59:59.999999Z',
    ],
  ])('%s', (_, moment, now, timeZone, instant) => {
    expect(at(moment, now, timeZone).instant).toBe(instant)
  })

  test('is an instant, a wall clock and a day', () => {
    expect(at({ now: {} }, '2026-03-30T23:30:00Z', 'Asia/Kathmandu')).toEqual({
      instant: '2026-03-30T23:30:00Z',
      local: '2026-03-31T05:15:00',
      date: '2026-03-31',
    })
  })
})

test('a wall clock read at an instant leads back to it, or to the first of two', () => {
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Asia/Tehran',
    'UTC',
  )
  const seconds = fc.integer({ min: -2_000_000_000, max: 4_000_000_000 })
  fc.assert(
    fc.property(zone, seconds, (name, second) => {
      const open = openTimeZone(name)
      const instant = BigInt(second) * 1_000_000n
      const back = open.instantOf(open.wallOf(instant))
      expect(open.wallOf(back)).toBe(open.wallOf(instant))
      expect(back <= instant).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('adding months lands on the same day or a month’s last, as Date in UTC says it', () => {
  const days = fc.date({ min: new Date('1600-01-01'), max: new Date('2900-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(days, fc.integer({ min: 0, max: 500 }), (now, months) => {
      const expected = new Date(now)
      expected.setUTCDate(1)
      expected.setUTCMonth(expected.getUTCMonth() + months)
      const lastDay = new Date(Date.UTC(2000, 0, 1))
      lastDay.setUTCFullYear(expected.getUTCFullYear(), expected.getUTCMonth() + 1, 0)
      expected.setUTCDate(Math.min(now.getUTCDate(), lastDay.getUTCDate()))
      const { instant } = resolveMoment({ now: { plus: { months } } }, { now, timeZone: 'UTC' })
      expect(Date.parse(instant)).toBe(expected.getTime())
    }),
  )
})

test.each([
  [{}, 'value', "must be an object with exactly one key, 'now', 'date' or 'instant'"],
  [
    { now: {}, date: { on: '2026-01-01' } },
    'value',
    "must be an object with exactly one key, 'now', 'date' or 'instant'",
  ],
  [{ now: null }, 'value.now', 'must be an object'],
  [
    { now: { on: '2026-01-01' } },
    'value.now',
    "Unknown key 'on'. Known are: plus, minus, startOf, endOf, next",
  ],
  [{ now: { plus: {}, minus: {} } }, 'value.now', 'can have plus or minus, not both'],
  [{ now: { startOf: 'day', endOf: 'day' } }, 'value.now', 'can have startOf or endOf, not both'],
  [{ now: { startOf: 'hour' } }, 'value.now.startOf', 'must be one of: day, week, month, quarter, year'],
  [{ now: { minus: { days: 1.5 } } }, 'value.now.minus.days', 'must be a whole number from 0 to 1000000000'],
  [{ now: { minus: { days: -1 } } }, 'value.now.minus.days', 'must be a whole number from 0 to 1000000000'],
  [
    { now: { minus: { fortnights: 1 } } },
    'value.now.minus',
    "Unknown unit 'fortnights'. Known are: years, quarters, months, weeks, days, hours, minutes, seconds",
  ],
  [
    { now: { next: { next: { next: { next: {} } } } } },
    'value.now.next.next.next.next',
    'is more than 4 steps deep',
  ],
  [{ date: { on: '2026-02-29' } }, 'value.date.on', 'must be a date such as 2026-01-31'],
  [{ date: '2026-01-01' }, 'value.date', 'must be an object'],
  [
    { instant: { at: '2026-01-01T00:00:00' } },
    'value.instant.at',
    'must be a moment with its offset, such as 2026-01-31T09:30:00Z',
  ],
])('%j is no moment', (input, path, message) => {
  const issues: unknown[] = []
  const report = (...issue: [string, unknown]) => {
    issues.push(issue)
    return undefined
  }
  parseMoment(input, 'value', report)
  expect(issues).toEqual([[path, message]])
})

test('a time zone is an IANA name', () => {
  expect(['UTC', 'Europe/Berlin', 'Etc/GMT+5'].every(isTimeZone)).toBe(true)
  expect(['', '+01:00', 'Europe/Berlim', 'Mars', "UTC'"].some(isTimeZone)).toBe(false)
})

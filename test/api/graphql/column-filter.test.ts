import { afterAll, beforeAll, expect, test } from 'vitest'
import { calendarUnits } from '../../../src/core/relative-date.ts'
import { crmDatasets } from '../../../src/datasets/crm/datasets.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { acceptExport, createExport } from '../../support/exports.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 100, workers: 0 })
})

afterAll(() => app.stop())

interface Question {
  operator: string
  takes: 'VALUE' | 'VALUES' | 'RANGE' | 'TEXT' | 'BOOLEAN'
}
interface Column {
  name: string
  kind: string
  example: unknown
  filters: Question[]
}
const estimate =
  'query ($input: CreateExportInput!) { estimateExport(input: $input) { rows } previewExport(input: $input, rows: 1) { rows } }'

/** What a form would send that knows of a dataset nothing but what the API says. */
function conditionsOf({ name, kind, example, filters }: Column): object[] {
  const values = {
    VALUE: example,
    VALUES: [example],
    RANGE: { from: example, to: example },
    TEXT: 'a',
    BOOLEAN: true,
  }
  return filters.map(({ operator, takes }) => ({
    field: { column: name, is: { [kind]: { [operator]: values[takes] } } },
  }))
}

test('what datasets say of their columns is enough to ask every column every question', async () => {
  const { data } = await app.graphql<{ datasets: { name: string; columns: Column[] }[] }>(
    '{ datasets { name columns { name kind example filters { operator takes } } } }',
  )
  expect(data?.datasets.map(({ name }) => name).toSorted()).toEqual(
    crmDatasets.map(({ name }) => name).toSorted(),
  )
  for (const { name, columns } of data!.datasets) {
    const or = columns.flatMap(conditionsOf)
    expect(or.length).toBeGreaterThan(columns.length)
    for (let from = 0; from < or.length; from += 200) {
      const input = { dataset: name, filter: { or: or.slice(from, from + 200) } }
      const answer = await app.graphql<{ estimateExport: { rows: number } }>(estimate, { input })
      expect(answer.errors, name).toBeUndefined()
    }
  }
})

test('a column that is asked as another kind of column is refused with the kind that it is of', async () => {
  const filter = {
    and: [
      { search: 'a' },
      { not: { field: { column: 'amount', is: { text: { contains: '1' } } } } },
      {
        relation: { name: 'contacts', where: { field: { column: 'email', is: { uuid: { isNull: true } } } } },
      },
      { field: { column: 'drivers', is: { text: { eq: 'x' } } } },
    ],
  }
  const { issues } = await createExport(app, { dataset: 'deals', filter })
  expect(issues).toEqual([
    {
      path: 'filter.and.1.not.field.is.text',
      message: expect.stringContaining("'amount' is of the kind 'number' (decimal). It takes: eq, "),
    },
    {
      path: 'filter.and.2.relation.where.field.is.uuid',
      message: expect.stringContaining("'email' is of the kind 'text' (text). It takes: "),
    },
    {
      path: 'filter.and.3.field.is.text',
      message: "'drivers' is of the kind 'textList' (text[]). It takes: isNull, hasAny, hasAll, hasNone",
    },
  ])
})

test('what is wrong with a value is said with its place in the input, by every door of GraphQL', async () => {
  const input = {
    dataset: 'deals',
    filter: {
      or: [
        { field: { column: 'deal_status', is: { enum: { in: ['Closed Won', 'Closed Wo'] } } } },
        {
          field: {
            column: 'proposal_due',
            is: { date: { between: { from: { now: { minus: { days: -1 } } }, to: { on: '2026-01-31' } } } },
          },
        },
      ],
    },
  }
  const paths = ['filter.or.0.field.is.enum.in.1', 'filter.or.1.field.is.date.between.from.now.minus.days']
  const { issues } = await createExport(app, input)
  expect(issues?.map(({ path }) => path)).toEqual(paths)
  expect(issues?.[0]?.message).toMatch(/^Unknown value 'Closed Wo'. Did you mean 'Closed Won'/)
  for (const field of ['previewExport(input: $input) { text }', 'estimateExport(input: $input) { rows }']) {
    const { errors } = await app.graphql(`query ($input: CreateExportInput!) { ${field} }`, { input })
    expect(errors?.[0]?.extensions?.issues).toMatchObject(paths.map((path) => ({ path })))
  }
})

test.each([
  ['text for a number', { number: { gte: 'abc' } }, /A Decimal is a number such as 1250.5/],
  ['a list for a number', { number: { gte: [1, 2] } }, /A Decimal is a number/],
  ['a day that there is not', { date: { eq: { on: '2026-02-30' } } }, /A Date is a day such as 2026-01-31/],
  ['a bare day', { date: { eq: '2026-01-31' } }, /Expected value of type "DateValue" to be an object/],
  [
    'a day and a moment',
    { date: { eq: { on: '2026-01-31', now: {} } } },
    /exactly one field must be specified/,
  ],
  ['a moment of day only', { timestamp: { gte: { at: '2026-01-31' } } }, /A Timestamp is a moment such as/],
  ['a unit that there is not', { date: { gte: { now: { startOf: 'DECADE' } } } }, /CalendarUnit/],
  [
    'a word of text for a number',
    { number: { contains: '1' } },
    /"NumberFilter" not to include unknown field "contains"/,
  ],
  ['two questions', { number: { gte: 1, lte: 2 } }, /exactly one field must be specified/],
  ['two kinds', { number: { gte: 1 }, text: { eq: 'a' } }, /exactly one field must be specified/],
  ['no value', { number: { gte: null } }, /must be non-null/i],
  ['half of a range', { number: { between: { from: 1 } } }, /"to"/],
  ['no UUID', { uuid: { eq: 'x' } }, /A UUID is a UUID such as/],
])('%s does not get as far as the dataset', async (_what, is, message) => {
  const input = { dataset: 'no such dataset', filter: { field: { column: 'x', is } } }
  const { errors } = await app.graphql(estimate, { input })
  expect(errors?.[0]).toMatchObject({
    message: expect.stringMatching(message),
    extensions: { code: 'BAD_REQUEST' },
  })
})

test('a value that does not fit is found in a document too, with its line and column', async () => {
  const { errors } = await app.graphql(`{
    estimateExport(input: {dataset: "deals", filter: {field: {column: "amount", is: {number: {gte: "abc"}}}}}) { rows }
    previewExport(input: {dataset: "deals", filter: {field: {column: "created_at", is: {timestamp: {gte: {at: "today"}}}}}}) { text }
  }`)
  expect(errors).toMatchObject([
    { message: expect.stringMatching(/^A Decimal is /), locations: [{ line: 2 }] },
    { message: expect.stringMatching(/^A Timestamp is /), locations: [{ line: 3 }] },
  ])
})

test('numbers keep their digits, days and moments are resolved once, and retries see the same', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'deals',
    columns: [{ name: 'id' }],
    filter: {
      and: [
        { field: { column: 'amount', is: { number: { lt: '12345678901234567890.12' } } } },
        {
          field: {
            column: 'proposal_due',
            is: { date: { in: [{ on: '2026-02-01' }, { on: '2026-01-31' }] } },
          },
        },
        {
          field: {
            column: 'created_at',
            is: {
              timestamp: {
                between: { from: { on: '2026-01-31' }, to: { at: '2026-02-01T09:30:00+01:00' } },
              },
            },
          },
        },
        { field: { column: 'created_at', is: { timestamp: { lt: { now: { startOf: 'YEAR' } } } } } },
      ],
    },
    options: { timeZone: 'Europe/Berlin' },
  })
  const { data } = await app.graphql<{ export: { createdAt: string; spec: { filter: { and: unknown[] } } } }>(
    'query ($id: ID!) { export(id: $id) { createdAt spec { filter } } }',
    { id },
  )
  const accepted = new Date(data!.export.createdAt)
  const year = Number(accepted.toLocaleString('en', { timeZone: 'Europe/Berlin', year: 'numeric' }))
  expect(data!.export.spec.filter.and).toEqual([
    { field: { column: 'amount', operator: 'lt', value: '12345678901234567890.12' } },
    { field: { column: 'proposal_due', operator: 'in', value: ['2026-01-31', '2026-02-01'] } },
    {
      field: {
        column: 'created_at',
        operator: 'between',
        value: { from: '2026-01-30T23:00:00Z', to: '2026-02-01T08:30:00Z' },
      },
    },
    { field: { column: 'created_at', operator: 'lt', value: `${year - 1}-12-31T23:00:00Z` } },
  ])
})

test('a number in the document itself keeps all its digits', async () => {
  const query = `mutation { createExport(input: {dataset: "deals", filter: {field: {column: "amount", is: {number: {lt: 12345678901234567890.12}}}}}) {
    ... on CreateExportSuccess { export { spec { filter } } } } }`
  const { data } = await app.graphql(query)
  expect(data).toMatchObject({
    createExport: { export: { spec: { filter: { field: { value: '12345678901234567890.12' } } } } },
  })
})

/** As deep as the core lets a filter be, with the deepest value at its end. */
const deepest = (literal: boolean) => {
  const unit = calendarUnits[0].toUpperCase()
  const key = (name: string) => (literal ? name : `"${name}"`)
  const startOf = `${key('startOf')}: ${literal ? unit : `"${unit}"`}`
  const shift = `{${startOf}, ${key('next')}: `.repeat(3)
  const moment = `{${key('now')}: ${shift}{${key('minus')}: {${key('days')}: 1}}}}}}`
  const range = `{${key('from')}: ${moment}, ${key('to')}: ${moment}}`
  const leaf = `{${key('field')}: {${key('column')}: "created_at", ${key('is')}: {${key('timestamp')}: {${key('between')}: ${range}}}}}`
  return `{${key('and')}: [`.repeat(11) + leaf + ']}'.repeat(11)
}

test('the deepest filter passes the bounds of operations, as a variable and written out', async () => {
  const byVariable = await app.graphql(estimate, {
    input: { dataset: 'deals', filter: JSON.parse(deepest(false)) },
  })
  expect(byVariable.errors).toBeUndefined()
  const written = await app.graphql(
    `{ estimateExport(input: {dataset: "deals", filter: ${deepest(true)}}) { rows } }`,
  )
  expect(written.errors).toBeUndefined()
  const tooDeep = { and: [JSON.parse(deepest(false))] }
  const { issues } = await createExport(app, { dataset: 'deals', filter: tooDeep })
  expect(issues?.[0]?.message).toBe('is more than 12 levels deep')
})

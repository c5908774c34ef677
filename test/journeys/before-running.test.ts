import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, download, settle } from '../support/exports.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 500 })
})

afterAll(() => app.stop())

interface Preview {
  previewExport: {
    columns: { name: string; header: string }[]
    rows: (string | null)[][]
    text: string | null
  }
}

const preview = `query ($input: CreateExportInput!, $rows: Int) {
  previewExport(input: $input, rows: $rows) { columns { name header } rows text }
}`

interface Estimate {
  estimateExport: { rows: number; rowsExact: boolean; bytes: number; seconds: number; basis: string }
}

const estimate = `query ($input: CreateExportInput!) {
  estimateExport(input: $input) { rows rowsExact bytes seconds basis }
}`

const input = {
  dataset: 'deals',
  columns: [{ name: 'id' }, { name: 'amount', label: 'Value' }, { name: 'summary' }],
  filter: { field: { column: 'amount', is: { number: { isNull: false } } } },
  sort: [{ column: 'amount', direction: 'DESC' }],
}

test('a preview begins as the file does', async () => {
  const { data } = await app.graphql<Preview>(preview, { input, rows: 3 })
  const { id } = await acceptExport(app, input)
  const file = (await download((await settle(app, id)).files[0]!.url)).toString()
  const { text, rows, columns } = data!.previewExport
  expect(columns.map(({ header }) => header)).toEqual(['id', 'Value', 'summary'])
  expect(rows).toHaveLength(3)
  expect(file.startsWith(text!)).toBe(true)
  expect(text!.length).toBeGreaterThan(50)
  expect(rows[0]?.[0]).toBe(file.split('\n')[1]?.split(',')[0])
})

test('a preview makes no export and refuses what createExport would refuse', async () => {
  const count = 'query { exports { totalCount } }'
  const before = await app.graphql(count)
  await app.graphql(preview, { input })
  const wrong = await app.graphql(preview, { input: { dataset: 'deals', columns: [{ name: 'nope' }] } })
  expect(wrong.errors?.[0]?.extensions).toMatchObject({
    code: 'VALIDATION_FAILED',
    issues: [{ path: 'columns.0.name' }],
  })
  const tooMany = await app.graphql(preview, { input, rows: 101 })
  expect(tooMany.errors?.[0]?.message).toContain('from 1 to 100')
  expect((await app.graphql(count)).data).toEqual(before.data)
})

test('an estimate counts what is cheap to count, and learns bytes and pace from past exports', async () => {
  const spec = { dataset: 'deals', columns: [{ name: 'id' }, { name: 'created_at' }] }
  const first = await app.graphql<Estimate>(estimate, { input: { ...spec, compression: 'GZIP' } })
  expect(first.data?.estimateExport).toMatchObject({ rows: 500, rowsExact: true, basis: 'ASSUMED' })
  const { id } = await acceptExport(app, { ...spec, compression: 'GZIP' })
  const { bytes } = await settle(app, id)
  const second = await app.graphql<Estimate>(estimate, { input: { ...spec, compression: 'GZIP' } })
  expect(second.data?.estimateExport).toMatchObject({ rows: 500, rowsExact: true, basis: 'PAST_RUNS', bytes })
  expect(second.data?.estimateExport.seconds).toBeGreaterThan(0)
})

test('a limit takes the first rows of the order', async () => {
  const { id } = await acceptExport(app, { ...input, limit: 7 })
  const last = await settle(app, id)
  expect(last).toMatchObject({ rowsExported: 7, rowsTotal: 7 })
  const all = await acceptExport(app, input)
  const whole = (await download((await settle(app, all.id)).files[0]!.url)).toString()
  expect(whole.startsWith((await download(last.files[0]!.url)).toString())).toBe(true)
})

import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import { acceptExport, download, type ExportState, watchExport } from '../support/exports.ts'
import { storedFiles } from '../support/stored-files.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 30_000 })
})

afterAll(() => app.stop())

test('createExport answers at once, pushes every state, and ends in a file that equals COPY byte for byte', async () => {
  const columns = [
    'id',
    'name',
    'amount',
    'deal_status',
    'created_at',
    'deal_analyzed',
    'scorecard',
    'summary',
  ]
  const accepted = await acceptExport(app, {
    dataset: 'deals',
    columns: columns.map((name) => ({ name })),
    options: { formulaGuard: false },
  })
  expect(accepted).toMatchObject({ status: 'PENDING', progress: 0, number: 1, files: [] })

  const states: ExportState[] = []
  for await (const state of watchExport(app, accepted.id)) states.push(state)
  const last = states.at(-1)!
  expect(last).toMatchObject({
    status: 'COMPLETED',
    stage: 'DONE',
    progress: 100,
    rowsExported: 30_000,
    rowsTotal: 30_000,
    rowsTotalExact: true,
    attempt: 1,
    error: null,
  })
  for (const [index, state] of states.entries()) {
    const before = states[index - 1]
    if (!before) continue
    expect(state.version).toBeGreaterThan(before.version)
    expect(state.progress).toBeGreaterThanOrEqual(before.progress)
    expect(state.rowsExported).toBeGreaterThanOrEqual(before.rowsExported)
  }
  expect(states.filter(({ progress }) => progress === 100)).toEqual([last])

  const [file] = last.files
  const bytes = await download(file!.url)
  const expected = await copyText(
    app.database.ownerUrl,
    `SELECT id, name, amount, deal_status, created_at, deal_analyzed::text, scorecard, summary
     FROM crm.deals WHERE organization_id = 'demo'`,
  )
  expect(bytes.toString()).toBe(`${columns.join(',')}\n${expected}`)
  expect(parse(bytes)).toHaveLength(30_001)
  expect(file).toMatchObject({ rows: 30_000, bytes: bytes.length, contentType: 'text/csv; charset=utf-8' })
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(file!.sha256)
})

test('a subscription to an export that has ended gives its last state and completes', async () => {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  for await (const _ of watchExport(app, id));
  const states: ExportState[] = []
  for await (const state of watchExport(app, id)) states.push(state)
  expect(states.map(({ status }) => status)).toEqual(['COMPLETED'])
})

test('filter and sort decide which rows come, and in which order', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'deals',
    columns: [{ name: 'id' }, { name: 'amount', label: 'Deal value' }],
    filter: {
      and: [
        { field: { column: 'deal_status', is: { enum: { in: ['Closed Won', 'Negotiation'] } } } },
        { not: { field: { column: 'amount', is: { number: { lt: 90_000 } } } } },
      ],
    },
    sort: [{ column: 'amount', direction: 'DESC', nulls: 'LAST' }],
  })
  let last: ExportState | undefined
  for await (const state of watchExport(app, id)) last = state
  const expected = await copyText(
    app.database.ownerUrl,
    `SELECT id, amount FROM crm.deals
     WHERE organization_id = 'demo' AND deal_status IN ('Closed Won', 'Negotiation') AND (amount < 90000) IS NOT TRUE
     ORDER BY amount DESC NULLS LAST, id DESC`,
  )
  expect(expected.length).toBeGreaterThan(1_000)
  expect((await download(last!.files[0]!.url)).toString()).toBe(`id,Deal value\n${expected}`)
})

test('storage holds the published files and nothing else', async () => {
  const published = await copyText(
    app.database.ownerUrl,
    'SELECT storage_key FROM sluice.export_files ORDER BY 1',
  )
  const keys = published.trim().split('\n')
  expect(keys.length).toBeGreaterThanOrEqual(3)
  expect(storedFiles(app)).toEqual(keys.map((key) => `objects/${key}`))
})

import { readdirSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { crmDatasets } from '../../src/datasets/crm/datasets.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, createExport, download, settle } from '../support/exports.ts'
import { sql } from '../support/sql.ts'

/** The demo's deals, with what only JavaScript says of them. */
const pitches = defineDataset({
  name: 'pitches',
  label: 'Pitches',
  source: { table: { schema: 'crm', name: 'deals' } },
  key: ['id'],
  tenant: { column: 'organization_id' },
  columns: {
    id: { type: 'text', label: 'ID' },
    title: { type: 'text', label: 'Title', column: 'name' },
    amount: { type: 'decimal', label: 'Amount' },
    pitch: {
      type: 'text',
      label: 'Pitch',
      compute: {
        from: ['title', 'amount'],
        value: ({ title, amount }) => (amount === null ? null : `${String(title).toUpperCase()}: ${amount}`),
      },
    },
    size: {
      type: 'enum',
      label: 'Size',
      hidden: true,
      options: [
        { value: 'small', label: { en: 'Small', de: 'Klein' } },
        { value: 'large', label: { en: 'Large', de: 'Groß' } },
      ],
      compute: { from: ['amount'], value: ({ amount }) => (Number(amount) < 20_000 ? 'small' : 'large') },
    },
    breaks: {
      type: 'integer',
      label: 'Breaks in the middle',
      hidden: true,
      compute: {
        from: ['id'],
        value({ id }) {
          if (id === brokenId) throw new Error('a secret of the operator')
          return 1
        },
      },
    },
  },
  defaultSort: [{ column: 'id', direction: 'asc', nulls: 'last' }],
})
let brokenId: string

const pitchedContacts = defineDataset({
  name: 'pitched',
  label: 'Pitched',
  source: { table: { schema: 'crm', name: 'deals' } },
  key: ['id'],
  tenant: { column: 'organization_id' },
  columns: { id: { type: 'text', label: 'ID' } },
  relations: { same: { kind: 'one', dataset: 'pitches', label: 'Same', on: [['id', 'id']] } },
})

let app: TestApp

beforeAll(async () => {
  const datasets = createRegistry([...crmDatasets, pitches, pitchedContacts])
  app = await startApp({ deals: 2_000, partRows: 500, overrides: { datasets } })
})

afterAll(() => app.stop())

async function expectedRows(): Promise<{ id: string; pitch: string | null }[]> {
  const deals = await sql<{ id: string; name: string; amount: string | null }>(
    app.database.ownerUrl,
    `SELECT id, name, amount FROM crm.deals WHERE organization_id = 'demo' ORDER BY id`,
  )
  return deals.map(({ id, name, amount }) => ({
    id,
    pitch: amount === null ? null : `${name.toUpperCase()}: ${amount}`,
  }))
}

test('a function runs over every row of every part, once, in order', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'pitches',
    columns: [{ name: 'id' }, { name: 'pitch' }],
    options: { formulaGuard: false },
  })
  const last = await settle(app, id)
  expect(last).toMatchObject({ status: 'COMPLETED', rowsExported: 2_000, parts: { total: 4 } })
  const rows = parse<{ id: string; pitch: string }>(await download(last.files[0]!.url), { columns: true })
  const expected = await expectedRows()
  expect(expected.some(({ pitch }) => pitch === null)).toBe(true)
  expect(rows).toEqual(expected.map((row) => ({ id: row.id, pitch: row.pitch ?? '' })))
})

test('a computed enumeration is written as its labels where they are asked for', async () => {
  const { id } = await acceptExport(app, {
    dataset: 'pitches',
    columns: [{ name: 'amount' }, { name: 'size' }],
    values: 'LABELS',
    language: 'de',
  })
  const last = await settle(app, id)
  const rows = parse<{ amount: string; size: string }>(await download(last.files[0]!.url), { columns: true })
  expect(rows).toHaveLength(2_000)
  expect(new Set(rows.map(({ size }) => size))).toEqual(new Set(['Klein', 'Groß']))
  expect(rows.every(({ amount, size }) => Number(amount) < 20_000 === (size === 'Klein'))).toBe(true)
})

test('an exception fails the export, says in which row, and leaves no file', async () => {
  brokenId = (await expectedRows())[1_700]!.id
  const { id } = await acceptExport(app, { dataset: 'pitches', columns: [{ name: 'breaks' }] })
  const last = await settle(app, id)
  expect(last).toMatchObject({
    status: 'FAILED',
    files: [],
    error: {
      code: 'COMPUTE_FAILED',
      message: `The computed column 'breaks' failed on the row with id '${brokenId}': its function threw Error.`,
      retryable: false,
    },
  })
  const uuid = Buffer.from(id, 'base64').toString().replace('Export:', '')
  const files = readdirSync(app.dataDir, { recursive: true, withFileTypes: true })
  expect(files.filter((file) => file.isFile() && file.parentPath.includes(uuid))).toEqual([])
})

test('a preview shows what the file would hold', async () => {
  const { data } = await app.graphql<{ previewExport: { rows: string[][]; text: string } }>(
    `query ($input: CreateExportInput!) { previewExport(input: $input, rows: 3) { rows text } }`,
    {
      input: {
        dataset: 'pitches',
        columns: [{ name: 'pitch' }, { name: 'amount' }],
        options: { header: false },
      },
    },
  )
  const expected = (await expectedRows()).slice(0, 3)
  expect(data?.previewExport.rows.map(([pitch]) => pitch)).toEqual(expected.map(({ pitch }) => pitch))
  expect(data?.previewExport.text.trimEnd().split('\n')).toHaveLength(3)
})

test('no filter or sort can use it, and the dataset says so', async () => {
  const { data } = await app.graphql<{ dataset: { columns: object[] } }>(
    `{ dataset(name: "pitches") { columns { name isComputed isSortable filters { operator } } } }`,
  )
  expect(data?.dataset.columns).toContainEqual({
    name: 'pitch',
    isComputed: true,
    isSortable: false,
    filters: [],
  })
  const answer = await createExport(app, {
    dataset: 'pitches',
    filter: { field: { column: 'pitch', is: { text: { isNull: true } } } },
    sort: [{ column: 'pitch' }],
  })
  expect(answer.issues).toEqual([
    {
      path: 'filter.field.column',
      message: "'pitch' is computed for each row of a file: no filter can ask for it",
    },
    {
      path: 'sort.0.column',
      message: "'pitch' is computed for each row of a file: nothing can be sorted by it",
    },
  ])
})

test('exports of other datasets cannot have it', async () => {
  const answer = await createExport(app, {
    dataset: 'pitched',
    columns: [{ name: 'same.pitch' }, { name: 'same', columns: [{ name: 'id' }, { name: 'pitch' }] }],
  })
  expect(answer.issues?.map(({ message }) => message)).toEqual([
    "'same.pitch' is computed: it goes into exports of pitches only",
    "'pitch' is computed: it goes into exports of pitches only",
  ])
})

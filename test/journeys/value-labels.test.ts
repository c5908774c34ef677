import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { crmDatasets } from '../../src/datasets/crm/datasets.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, createExport, download, settle } from '../support/exports.ts'

let app: TestApp

const moods = defineDataset({
  name: 'moods',
  label: 'Moods',
  source: {
    query: `SELECT * FROM (VALUES
      (1, 'ok', ARRAY['ok', 'bad', 'odd']), (2, 'bad', ARRAY[]::text[]), (3, 'odd', NULL), (4, NULL, ARRAY[NULL, 'ok'])
    ) AS v(id, mood, history)`,
  },
  key: ['id'],
  tenant: { shared: true },
  columns: {
    id: { type: 'integer', label: 'Id' },
    mood: { type: 'enum', label: { en: 'Mood', de: 'Laune' }, options: options() },
    history: { type: 'enum[]', label: 'History', options: options() },
  },
})

function options() {
  return [
    { value: 'ok', label: { en: "It's fine", de: 'Geht\'s "gut"' } },
    { value: 'bad', label: { en: 'Not well' } },
  ]
}

beforeAll(async () => {
  app = await startApp({
    deals: 300,
    overrides: { datasets: createRegistry([...crmDatasets, moods]) },
  })
})

afterAll(() => app.stop())

async function fileOf(input: object): Promise<string> {
  const { id } = await acceptExport(app, input)
  const last = await settle(app, id)
  expect(last.error).toBeNull()
  return (await download(last.files[0]!.url)).toString()
}

const labels = { dataset: 'moods', values: 'LABELS', sort: [{ column: 'id' }] }

test('enumerations and lists of them hold labels in the language, else English, else the value', async () => {
  expect(await fileOf({ ...labels, language: 'de' })).toBe(
    [
      'id,mood,history',
      '1,"Geht\'s ""gut""","Geht\'s ""gut""; Not well; odd"',
      '2,Not well,""',
      '3,odd,',
      '4,,"; Geht\'s ""gut"""',
      '',
    ].join('\n'),
  )
  expect((await fileOf({ ...labels, language: 'de-AT' })).split('\n')[1]).toContain('Geht')
  expect((await fileOf({ ...labels, language: 'fr' })).split('\n')[1]).toBe(
    "1,It's fine,It's fine; Not well; odd",
  )
  expect((await fileOf({ ...labels })).split('\n')[1]).toBe("1,It's fine,It's fine; Not well; odd")
  expect((await fileOf({ ...labels, values: 'STORED', language: 'de' })).split('\n')[1]).toBe(
    '1,ok,ok; bad; odd',
  )
})

test('JSON has them too, as lists', async () => {
  expect(JSON.parse(await fileOf({ ...labels, language: 'de', format: 'JSON' }))).toEqual([
    { id: 1, mood: 'Geht\'s "gut"', history: ['Geht\'s "gut"', 'Not well', 'odd'] },
    { id: 2, mood: 'Not well', history: [] },
    { id: 3, mood: 'odd', history: null },
    { id: 4, mood: null, history: [null, 'Geht\'s "gut"'] },
  ])
})

test('filters and sorts stay on stored values', async () => {
  const file = await fileOf({
    ...labels,
    filter: { field: { column: 'mood', is: { enum: { in: ['bad', 'ok'] } } } },
    sort: [{ column: 'mood', direction: 'ASC' }],
    columns: [{ name: 'mood' }],
  })
  expect(file).toBe("mood\nNot well\nIt's fine\n")
  const answer = await createExport(app, {
    ...labels,
    filter: { field: { column: 'mood', is: { enum: { eq: 'Not well' } } } },
  })
  expect(answer.issues?.map(({ path }) => path)).toEqual(['filter.field.is.enum.eq'])
})

test('columns of related rows have labels as well', async () => {
  const rows: Record<string, string>[] = parse(
    await fileOf({
      dataset: 'contacts',
      values: 'LABELS',
      language: 'de',
      columns: [{ name: 'id' }, { name: 'deals.deal_status' }],
      options: { listSeparator: ';' },
      sort: [{ column: 'id' }],
    }),
    { columns: true },
  )
  const written = new Set(rows.flatMap((row) => row['deals.deal_status']!.split(';')).filter(Boolean))
  expect(written).toContain('Gewonnen')
  expect(written).not.toContain('Closed Won')
})

test('every format takes them', async () => {
  for (const format of ['TSV', 'NDJSON', 'XLSX', 'XLS', 'PARQUET']) {
    const { id } = await acceptExport(app, { ...labels, format })
    expect(await settle(app, id)).toMatchObject({ status: 'COMPLETED', rowsExported: 4 })
  }
})

test('a request for labels in another language is another export', async () => {
  const first = await createExport(app, { ...labels, language: 'de', dedupeWithinSeconds: 600 })
  const second = await createExport(app, { ...labels, language: 'en', dedupeWithinSeconds: 600 })
  const third = await createExport(app, { ...labels, language: 'DE', dedupeWithinSeconds: 600 })
  expect(second.export?.id).not.toBe(first.export?.id)
  expect(third).toMatchObject({ deduped: true, export: { id: first.export?.id } })
})

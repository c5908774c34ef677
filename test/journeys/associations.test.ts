import { parse } from 'csv-parse/sync'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, createExport, download, settle } from '../support/exports.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 400 })
})

afterAll(() => app.stop())

async function exportedRows(input: object): Promise<Record<string, string>[]> {
  const { id } = await acceptExport(app, { options: { formulaGuard: false }, ...input })
  const last = await settle(app, id)
  expect(last.error).toBeNull()
  return parse(await download(last.files[0]!.url), { columns: true })
}

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: app.database.ownerUrl })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

test('columns over a relation to one row are that row’s values', async () => {
  const rows = await exportedRows({
    dataset: 'deals',
    columns: [{ name: 'id' }, { name: 'company.name', label: 'Company' }],
    sort: [{ column: 'id' }],
  })
  const expected = await query<{ id: string; name: string | null }>(
    `SELECT d.id, c.name FROM crm.deals d LEFT JOIN crm.companies c ON c.organization_id = d.organization_id AND c.id = d.company_id
     WHERE d.organization_id = 'demo' ORDER BY d.id`,
  )
  expect(rows.filter((row) => row.Company !== '').length).toBeGreaterThan(100)
  expect(rows).toEqual(expected.map(({ id, name }) => ({ id, Company: name ?? '' })))
})

test('columns over a relation to many rows are joined in the order of their keys, also two relations away', async () => {
  const rows = await exportedRows({
    dataset: 'companies',
    columns: [{ name: 'id' }, { name: 'contacts.email' }, { name: 'deals.company.name' }],
    options: { formulaGuard: false, listSeparator: ';' },
    sort: [{ column: 'id' }],
  })
  const expected = await query<{ id: string; emails: string | null; names: string | null }>(
    `SELECT c.id,
       (SELECT string_agg(p.email, ';' ORDER BY p.id) FROM crm.contacts p WHERE p.organization_id = 'demo' AND p.company_id = c.id) AS emails,
       (SELECT string_agg(k.name, ';' ORDER BY d.id) FROM crm.deals d JOIN crm.companies k ON k.organization_id = 'demo' AND k.id = d.company_id
        WHERE d.organization_id = 'demo' AND d.company_id = c.id) AS names
     FROM crm.companies c WHERE c.organization_id = 'demo' ORDER BY c.id`,
  )
  expect(expected.filter(({ emails }) => emails?.includes(';')).length).toBeGreaterThan(5)
  expect(rows).toEqual(
    expected.map(({ id, emails, names }) => ({
      id,
      'contacts.email': emails ?? '',
      'deals.company.name': names ?? '',
    })),
  )
})

test('a relation as a column nests its rows as JSON, to the depth that is asked for', async () => {
  const rows = await exportedRows({
    dataset: 'companies',
    columns: [
      { name: 'id' },
      {
        name: 'deals',
        columns: [
          { name: 'id' },
          { name: 'amount', label: 'value' },
          { name: 'company', columns: [{ name: 'name' }] },
        ],
      },
    ],
    sort: [{ column: 'id' }],
  })
  const deals = await query<{ company_id: string; id: string; amount: string | null; name: string | null }>(
    `SELECT d.company_id, d.id, d.amount, c.name FROM crm.deals d JOIN crm.companies c ON c.organization_id = d.organization_id AND c.id = d.company_id
     WHERE d.organization_id = 'demo' ORDER BY d.id`,
  )
  const expected = new Map<string, unknown[]>()
  for (const { company_id, id, amount, name } of deals) {
    const nested = { id, value: amount === null ? null : Number(amount), company: { name } }
    expected.set(company_id, [...(expected.get(company_id) ?? []), nested])
  }
  expect(expected.size).toBeGreaterThan(10)
  for (const row of rows) expect(JSON.parse(row.deals!)).toEqual(expected.get(row.id!) ?? [])
})

test('an expanded relation makes a row for each related row, and keeps rows without any', async () => {
  const rows = await exportedRows({
    dataset: 'companies',
    columns: [{ name: 'id' }, { name: 'contacts.id' }, { name: 'contacts.email' }, { name: 'name' }],
    expand: 'contacts',
    sort: [{ column: 'id' }],
  })
  const expected = await query<{ id: string; contact: string | null; email: string | null; name: string }>(
    `SELECT c.id, p.id AS contact, p.email, c.name FROM crm.companies c
     LEFT JOIN crm.contacts p ON p.organization_id = 'demo' AND p.company_id = c.id
     WHERE c.organization_id = 'demo' ORDER BY c.id, p.id`,
  )
  expect(expected.length).toBeGreaterThan(new Set(expected.map(({ id }) => id)).size)
  expect(rows).toEqual(
    expected.map(({ id, contact, email, name }) => ({
      id,
      'contacts.id': contact ?? '',
      'contacts.email': email ?? '',
      name,
    })),
  )
})

test('headers are labels in the language that is asked for', async () => {
  const columns = [{ name: 'name' }, { name: 'company.name' }, { name: 'amount', label: 'mine' }]
  const [german] = await exportedRows({ dataset: 'deals', columns, headers: 'LABELS', language: 'de-AT' })
  const [english] = await exportedRows({ dataset: 'deals', columns, headers: 'LABELS' })
  expect(Object.keys(english!)).toEqual(['Deal name', 'Company: Company name', 'mine'])
  expect(Object.keys(german!)).toEqual(['Deal-Name', 'Unternehmen: Unternehmensname', 'mine'])
})

test('what is wrong with a related column is said with its path', async () => {
  const answer = await createExport(app, {
    dataset: 'companies',
    columns: [
      { name: 'contacts.emial' },
      { name: 'id', columns: [{ name: 'name' }] },
      { name: 'deals', columns: [{ name: 'nope' }] },
    ],
    expand: 'company',
  })
  expect(answer.issues?.map(({ path }) => path)).toEqual([
    'columns.0.name',
    'columns.1.columns',
    'columns.2.columns.0.name',
    'expand',
  ])
})

test('related rows of another organization never appear, whatever ids they have', async () => {
  const other = await app.addOrganization('other')
  await query(
    `INSERT INTO crm.companies (organization_id, id, name, created_at, updated_at)
     SELECT 'other', id, 'Alien', created_at, updated_at FROM crm.companies WHERE organization_id = 'demo'`,
  )
  const { id } = await acceptExport(
    app,
    { dataset: 'companies', columns: [{ name: 'name' }, { name: 'deals.id' }] },
    other.key,
  )
  const theirs = await settle(app, id, other.key)
  const text = (await download(theirs.files[0]!.url)).toString()
  expect(new Set(text.trim().split('\n').slice(1))).toEqual(new Set(['Alien,""']))
  const ours = await exportedRows({ dataset: 'deals', columns: [{ name: 'company.name' }] })
  expect(ours.some((row) => row['company.name'] === 'Alien')).toBe(false)
})

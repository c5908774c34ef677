import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { LazyBeginClient } from '../../../src/platform/db/lazy-begin-client.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { acceptExport } from '../../support/exports.ts'
import { sql } from '../../support/sql.ts'

/** `npm run test:lists` says 1,000,000. */
const exportsInList = Number(process.env.LIST_ROWS ?? 50_000)
const pageSize = 50
let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 0, workers: 0 })
  const other = await app.addOrganization('neighbour')
  await acceptExport(app, { dataset: 'deals' })
  await acceptExport(app, { dataset: 'deals' }, other.key)
  // Half of all have one name and a failure is rare: what a list that reads too much would stumble over.
  await copyExports(app.organizationId, exportsInList, {
    name: `CASE WHEN n % 2 = 0 THEN 'Deals' ELSE 'Report ' || n % 1000 END`,
    dataset: `CASE WHEN n % 5 = 0 THEN 'contacts' WHEN n % 5 = 1 THEN 'companies' ELSE 'deals' END`,
    status: `CASE WHEN n % 15000 = 7 THEN 'failed' WHEN n % 3 = 0 THEN 'expired' ELSE 'completed' END`,
  })
  await copyExports(other.organizationId, 5_000, { status: `'failed'` })
  await sql(app.database.adminUrl, 'VACUUM (ANALYZE) sluice.exports')
}, 600_000)

afterAll(() => app.stop())

/** Fills an organization's list with copies of its one export. */
async function copyExports(organizationId: string, count: number, changes: object): Promise<void> {
  const changed: Record<string, string> = {
    id: 'gen_random_uuid()',
    number: 'n',
    created_at: `timestamptz '2026-01-01' + n * interval '20 s'`,
    ...changes,
  }
  const columns = await sql<{ name: string }>(
    app.database.ownerUrl,
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = 'sluice' AND table_name = 'exports' AND is_generated = 'NEVER'`,
  )
  await sql(
    app.database.ownerUrl,
    `INSERT INTO sluice.exports (${columns.map(({ name }) => name).join(', ')})
     SELECT ${columns.map(({ name }) => changed[name] ?? `e.${name}`).join(', ')}
     FROM sluice.exports e, generate_series(2, ${count}) n WHERE organization_id = '${organizationId}'`,
  )
}

interface PageInfo {
  startCursor: string | null
  endCursor: string | null
}

async function list(args: object): Promise<{ edges: { node: { id: string } }[]; pageInfo: PageInfo }> {
  const { data, errors } = await app.graphql<{ exports: Awaited<ReturnType<typeof list>> }>(
    `query ($first: Int, $last: Int, $after: String, $before: String, $filter: ExportFilter, $orderBy: ExportOrder) {
       exports(first: $first, last: $last, after: $after, before: $before, filter: $filter, orderBy: $orderBy) {
         edges { node { id } } pageInfo { startCursor endCursor } } }`,
    args,
  )
  if (!data) throw new Error(JSON.stringify(errors))
  return data.exports
}

/** The statement by which a list was read, with its values. */
async function statementOf(
  args: object,
): Promise<{ text: string; values: unknown[]; page: Awaited<ReturnType<typeof list>> }> {
  // What is asked, not the message in which it goes.
  const query = vi.spyOn(LazyBeginClient.prototype, 'query')
  try {
    const page = await list(args)
    const reads = (query.mock.calls as unknown as [string, unknown[]][]).filter(
      ([text]) => typeof text === 'string' && text.includes('from sluice.exports'),
    )
    expect(reads).toHaveLength(1)
    const [[text, values]] = reads as [[string, unknown[]]]
    return { text, values, page }
  } finally {
    query.mockRestore()
  }
}

interface PlanNode {
  'Node Type': string
  'Index Name'?: string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: PlanNode[]
}

/** What Postgres did for it: the nodes that read the table, and how many rows they touched. */
async function reading(text: string, values: unknown[]): Promise<{ scans: string[]; rows: number }> {
  const client = new pg.Client({ connectionString: app.database.appUrl })
  await client.connect()
  try {
    const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values)
    const scans = nodesOf(rows[0]['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'])
    return {
      scans: scans.map((node) => `${node['Node Type']} ${node['Index Name'] ?? ''}`),
      rows: scans.reduce(
        (sum, node) =>
          sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
        0,
      ),
    }
  } finally {
    await client.end()
  }
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

/** A cursor deep in the list: of a row in the middle of it. */
async function middle(field: 'CREATED_AT' | 'NAME'): Promise<string> {
  const [row] = await sql<{ id: string; name: string; created_at: Date }>(
    app.database.ownerUrl,
    `SELECT id, name, created_at FROM sluice.exports WHERE organization_id = '${app.organizationId}' AND number = ${exportsInList / 2}`,
  )
  const value = field === 'NAME' ? row!.name : row!.created_at.toISOString()
  return Buffer.from(JSON.stringify([value, row!.id])).toString('base64url')
}

const filters: [string, object | null, number][] = [
  ['no filter', null, 1],
  ['a rare status', { status: ['FAILED'] }, 1],
  ['rare statuses', { status: ['FAILED', 'CANCELED', 'PENDING'] }, 3],
  ['a dataset', { dataset: ['contacts'] }, 6],
  ['datasets that are not there', { dataset: ['nothing', 'none'] }, 12],
  ['a dataset and rare statuses', { dataset: ['companies'], status: ['FAILED', 'CANCELED'] }, 2],
]
const orders = [
  { field: 'CREATED_AT', direction: 'DESC' },
  { field: 'CREATED_AT', direction: 'ASC' },
  { field: 'NAME', direction: 'ASC' },
  { field: 'NAME', direction: 'DESC' },
] as const

test.each(
  orders.flatMap((orderBy) => filters.map(([what, filter, lists]) => ({ orderBy, what, filter, lists }))),
)(
  'ordered by $orderBy.field $orderBy.direction, with $what, the first, a middle and the last page are one query that reads an index and no more rows than the page has',
  async ({ orderBy, filter, lists }) => {
    const cursor = await middle(orderBy.field)
    for (const where of [
      { first: pageSize },
      { first: pageSize, after: cursor },
      { last: pageSize, before: cursor },
      { last: pageSize },
    ]) {
      const { text, values } = await statementOf({ ...where, filter, orderBy })
      const { scans, rows } = await reading(text, values)
      expect(scans).not.toEqual([])
      for (const scan of scans) expect(scan).toMatch(/^Index (Only )?Scan exports_/)
      expect(rows).toBeLessThanOrEqual((pageSize + 1) * lists)
    }
  },
)

test('a range of dates is part of the index condition, also deep in the list', async () => {
  const filter = { createdAfter: '2026-01-02T00:00:00Z', createdBefore: '2026-01-09T00:00:00Z' }
  const { text, values, page } = await statementOf({ first: pageSize, filter })
  expect(page.edges).toHaveLength(pageSize)
  const { scans, rows } = await reading(text, values)
  expect(scans).toEqual(['Index Scan exports_list'])
  expect(rows).toBeLessThanOrEqual(pageSize + 1)
})

test('the rows found by index are those found without one', async () => {
  const page = await list({ first: pageSize, filter: { status: ['FAILED', 'PENDING'] }, orderBy: orders[3] })
  const expected = await sql<{ id: string }>(
    app.database.ownerUrl,
    `SELECT id FROM sluice.exports WHERE organization_id || '' = '${app.organizationId}' AND status || '' IN ('failed', 'pending')
     ORDER BY name || '' DESC, id DESC LIMIT ${pageSize}`,
  )
  expect(expected.length).toBeGreaterThan(1)
  expect(page.edges.map(({ node }) => node.id)).toEqual(
    expected.map(({ id }) => Buffer.from(`Export:${id}`).toString('base64')),
  )
})

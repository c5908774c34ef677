import { type Case, medianOf, seconds } from '../case.ts'
import { deals } from '../deals.ts'
import { ask } from '../graphql.ts'
import type { Service } from '../service.ts'
import { sql } from '../sql.ts'

const few = 1_000
const asks = 60
const firstExportAt = Date.parse('2026-01-01T00:00:00Z')
/** Between two exports. */
const stepMs = 20_000

export const listPages: Case = {
  name: 'list-pages',
  sentence: `pages of a list of as many exports as there are deals, at any depth, against a list of ${few}`,
  async measure(bench) {
    // A database without deals, for this case alone: a million exports would be in the others' way.
    await bench.dropData(0)
    const service = await bench.service({}, 0)
    try {
      const { id } = await service.client.createExport(deals)
      await service.client.finished(id)
      const many = bench.rows
      await addExports(service, 2, few)
      const before = await pageTimes(service, few)
      bench.log(`list-pages: ${few}: ${shown(before)}`)
      const added = await seconds(() => addExports(service, few + 1, many))
      bench.log(`list-pages: ${many} exports added in ${added.toFixed(0)} s`)
      const after = await pageTimes(service, many)
      bench.log(`list-pages: ${many}: ${shown(after)}`)
      const ratios = [...after].map(([page, ms]) => ({ page, ratio: ms / before.get(page)! }))
      const slowest = ratios.reduce((a, b) => (b.ratio > a.ratio ? b : a))
      return [
        {
          what: `Page of ${many} exports that lost most`,
          unit: `× the same of ${few}`,
          values: [slowest.ratio],
          bar: { atMost: 1.5 },
          note: `${slowest.page}; median of all ${medianOf(ratios.map(({ ratio }) => ratio)).toFixed(2)}`,
        },
      ]
    } finally {
      await bench.dropData(0)
    }
  },
}

/** Fills the list with copies of its one export; one of ten has failed. */
async function addExports({ ownerUrl }: Service, from: number, to: number): Promise<void> {
  const changed: Record<string, string> = {
    id: 'gen_random_uuid()',
    number: 'n',
    idempotency_key: 'NULL',
    status: `CASE WHEN n % 10 = 7 THEN 'failed' ELSE 'completed' END`,
    created_at: `to_timestamp(${firstExportAt / 1000} + n * ${stepMs / 1000})`,
  }
  const columns = await sql<{ name: string }>(
    ownerUrl,
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = 'sluice' AND table_name = 'exports' AND is_generated = 'NEVER'`,
  )
  await sql(
    ownerUrl,
    `INSERT INTO sluice.exports (${columns.map(({ name }) => name).join(', ')})
     SELECT ${columns.map(({ name }) => changed[name] ?? `e.${name}`).join(', ')}
     FROM (SELECT * FROM sluice.exports ORDER BY number LIMIT 1) AS e, generate_series(${from}, ${to}) AS n`,
  )
  await sql(ownerUrl, 'VACUUM (ANALYZE) sluice.exports')
}

interface Page {
  readonly exports: { readonly edges: readonly unknown[]; readonly pageInfo: { readonly endCursor: string } }
}

function pageOf(service: Service, variables: object): Promise<Page> {
  return ask<Page>(
    service,
    `query ($first: Int, $last: Int, $after: String, $filter: ExportFilter) {
       exports(first: $first, last: $last, after: $after, filter: $filter) {
         edges { node { id number name status progress createdAt files { name } } }
         pageInfo { endCursor } } }`,
    variables,
  )
}

/** Milliseconds of each kind of page, median. They take turns. */
async function pageTimes(service: Service, count: number): Promise<Map<string, number>> {
  const middle = new Date(firstExportAt + (count / 2) * stepMs).toISOString()
  const { exports } = await pageOf(service, { first: 1, filter: { createdBefore: middle } })
  const after = exports.pageInfo.endCursor
  const filter = { status: ['FAILED'] }
  const pages = {
    first: { first: 20 },
    middle: { first: 20, after },
    last: { last: 20 },
    'first with a filter': { first: 20, filter },
    'middle with a filter': { first: 20, after, filter },
    'last with a filter': { last: 20, filter },
  }
  const times = new Map<string, number[]>()
  for (let turn = -asks / 10; turn < asks; turn += 1) {
    for (const [page, variables] of Object.entries(pages)) {
      const startedAt = performance.now()
      const { exports } = await pageOf(service, variables)
      const ms = performance.now() - startedAt
      if (exports.edges.length !== 20)
        throw new Error(`The ${page} page has ${exports.edges.length} exports.`)
      if (turn >= 0) times.set(page, [...(times.get(page) ?? []), ms])
    }
  }
  return new Map([...times].map(([page, values]) => [page, medianOf(values)]))
}

function shown(times: Map<string, number>): string {
  return [...times].map(([page, ms]) => `${page} ${ms.toFixed(1)} ms`).join(', ')
}

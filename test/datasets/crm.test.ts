import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ColumnType, isList, type ScalarType, scalarOf } from '../../src/core/column-type.ts'
import { type Column, type Dataset, keyOf, type Relation } from '../../src/core/dataset.ts'
import { quoteIdentifier, quoteTable } from '../../src/core/sql.ts'
import { onDay } from '../../src/core/today.ts'
import { crmDatasets } from '../../src/datasets/crm/datasets.ts'
import { loadDynamicColumns } from '../../src/datasets/dynamic-columns.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { type CrmDatabase, openCrmDatabase } from './crm-database.ts'

const registry = createRegistry(crmDatasets.map((dataset) => onDay(dataset, '2026-11-21')))
let crm: CrmDatabase

beforeAll(async () => {
  crm = await openCrmDatabase()
  await crm.fill('org_one', 200)
  // The same ids in another organization: whatever forgets to compare organizations finds too much.
  await crm.fill('org_two', 200)
})

afterAll(() => crm?.close())

const dynamicColumnsOf = (dataset: Dataset, tenant = 'org_one') =>
  loadDynamicColumns(crm.query, dataset, tenant)

const sourceOf = (dataset: Dataset) =>
  'table' in dataset.source ? quoteTable(dataset.source.table) : `(${dataset.source.query})`
const select = (name: string, column: Column) => column.expr ?? `t.${quoteIdentifier(name)}`
const pairs = (on: Relation['on'], left: string, right: string) =>
  on.map(([a, b]) => `${left}.${quoteIdentifier(a)} = ${right}.${quoteIdentifier(b)}`).join(' AND ')

const postgresTypes: Readonly<Record<ScalarType, string>> = {
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  decimal: 'numeric',
  float: 'double precision',
  boolean: 'boolean',
  date: 'date',
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  interval: 'interval',
  uuid: 'uuid',
  enum: 'text',
  json: 'jsonb',
  bytes: 'bytea',
}
const postgresType = (type: ColumnType) => postgresTypes[scalarOf(type)] + (isList(type) ? '[]' : '')

const datasets = registry.all().map((dataset) => [dataset.name, dataset] as const)
const relations = crmDatasets.flatMap((dataset) =>
  Object.entries(dataset.relations ?? {}).map(
    ([name, relation]) => [dataset.name, name, dataset, relation] as const,
  ),
)

describe('the CRM datasets', () => {
  it.each(datasets)('%s: every column holds what it is declared to hold', async (_, dataset) => {
    const columns = [...Object.entries(dataset.columns), ...(await dynamicColumnsOf(dataset))]
    const targets = columns.flatMap(([name, column]) => [
      `count(${select(name, column)}) > 0 AS ${quoteIdentifier(`has ${name}`)}`,
      `min(pg_typeof(${select(name, column)})::text) AS ${quoteIdentifier(name)}`,
    ])
    const rows = await crm.query(
      `SELECT ${targets.join(', ')} FROM ${sourceOf(dataset)} t WHERE t.organization_id = 'org_one'`,
    )
    const expected = columns.flatMap(([name, column]) => [
      [`has ${name}`, true],
      [name, postgresType(column.type)],
    ])
    expect(rows[0]).toEqual(Object.fromEntries(expected))
  })

  it.each(datasets)('%s: an enumeration has a word for every value there is', async (_, dataset) => {
    for (const [name, column] of [...Object.entries(dataset.columns), ...(await dynamicColumnsOf(dataset))]) {
      if (column.type !== 'enum') continue
      const rows = await crm.query(
        `SELECT DISTINCT ${select(name, column)} AS value FROM ${sourceOf(dataset)} t WHERE organization_id = 'org_one'`,
      )
      const known = column.options?.map(({ value }) => value)
      const used = rows.map(({ value }) => value).filter((value) => value !== null)
      expect(known, name).toEqual(expect.arrayContaining(used))
    }
  })

  it.each(relations)(
    '%s.%s joins rows, and only its own organization’s',
    async (_, __, dataset, relation) => {
      const target = registry.get(relation.dataset)!
      const { through } = relation
      const link = through
        ? `JOIN ${quoteTable(through.table)} l ON ${pairs(relation.on, 't', 'l')}
          AND l.${quoteIdentifier(through.tenantColumn!)} = t.organization_id AND ${through.where ?? 'true'}
        JOIN ${sourceOf(target)} r ON ${pairs(through.on, 'l', 'r')}`
        : `JOIN ${sourceOf(target)} r ON ${pairs(relation.on, 't', 'r')}`
      const key = keyOf(dataset)
        .map((name) => `t.${quoteIdentifier(name)}`)
        .join(', ')
      const rows = await crm.query(
        `SELECT count(*)::int AS joined, max(n)::int AS most FROM (
        SELECT ${key}, count(*) AS n FROM ${sourceOf(dataset)} t ${link} AND r.organization_id = t.organization_id
        WHERE t.organization_id = 'org_one' GROUP BY ${key}) AS rows`,
      )
      expect(rows[0]!.joined).toBeGreaterThan(0)
      if (relation.kind === 'one') expect(rows[0]!.most).toBe(1)
    },
  )

  it('look up only rows of their own organization inside expressions', async () => {
    const rows = await crm.query(
      `SELECT (SELECT sum(${registry.get('companies')!.columns.num_contacts!.expr})::int FROM crm.companies t WHERE t.organization_id = $1) AS by_expression,
        (SELECT count(*)::int FROM crm.contacts WHERE organization_id = $1 AND company_id IS NOT NULL) AS by_hand`,
      ['org_one'],
    )
    expect(rows[0]!.by_expression).toBe(rows[0]!.by_hand)
    expect(rows[0]!.by_hand).toBeGreaterThan(50)
  })

  it('give an organization without a catalog no dynamic columns', async () => {
    expect(await dynamicColumnsOf(registry.get('deals')!, 'org_nowhere')).toEqual(new Map())
  })

  it('point dialects only at columns and relations that exist', async () => {
    const wrong: string[] = []
    for (const dataset of crmDatasets) {
      for (const [dialect, view] of Object.entries(dataset.dialects ?? {})) {
        const { associations, related, lists, ...columns } = view as Record<string, Record<string, string>>
        for (const name of [
          ...Object.values(associations ?? {}),
          ...Object.values(related ?? {}),
          lists ?? [],
        ].flat()) {
          if (!Object.hasOwn(dataset.relations ?? {}, String(name)))
            wrong.push(`${dataset.name}.${dialect}: ${name}`)
        }
        const { properties = {}, fields = {}, smartFields = {}, filters = {}, aliases = {} } = columns
        for (const name of Object.values({
          ...properties,
          ...fields,
          ...smartFields,
          ...filters,
          ...aliases,
        })) {
          if (!Object.hasOwn(dataset.columns, name)) wrong.push(`${dataset.name}.${dialect}: ${name}`)
        }
      }
    }
    expect(wrong).toEqual([])
  })

  it('export sixteen columns of a deal when none are named, about 400 bytes a row', async () => {
    const names = registry.get('deals')!.defaultColumns!
    expect(names).toHaveLength(16)
    const rows = await crm.query(
      `SELECT avg(octet_length(cells::text))::int AS bytes FROM (SELECT ${names.join(', ')} FROM crm.deals WHERE organization_id = 'org_one') AS cells`,
    )
    expect(rows[0]!.bytes).toBeGreaterThan(330)
    expect(rows[0]!.bytes).toBeLessThan(470)
  })
})

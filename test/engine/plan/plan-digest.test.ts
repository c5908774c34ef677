import { expect, test } from 'vitest'
import type { Dataset } from '../../../src/core/dataset.ts'
import { planDigest, planQuery } from '../../../src/engine/plan/plan-query.ts'

const dataset = (expr: string, value: (row: object) => unknown = () => 1): Dataset => ({
  name: 'orders',
  label: 'Orders',
  source: { table: { schema: 'shop', name: 'orders' } },
  key: ['id'],
  tenant: { column: 'org' },
  columns: {
    id: { type: 'integer', label: 'ID' },
    total: { type: 'decimal', label: 'Total', expr },
    made: { type: 'integer', label: 'Made', compute: { from: ['id'], value } },
  },
})

function digestOf(declared: Dataset, tenant = 'a'): string {
  const columns = Object.keys(declared.columns).map((name) => ({ name, header: name }))
  const context = { dataset: declared, findDataset: () => undefined, tenant }
  return planDigest(planQuery({ columns, filter: null, sort: [] }, context))
}

test('parts of one declaration have one plan, and one that was changed meanwhile has another', () => {
  expect(digestOf(dataset('t.total'))).toBe(digestOf(dataset('t.total')))
  const plans = [
    digestOf(dataset('t.total')),
    digestOf(dataset('t.total * 2')),
    digestOf(dataset('t.total', () => 2)),
    digestOf(dataset('t.total'), 'b'),
  ]
  expect(new Set(plans).size).toBe(plans.length)
})

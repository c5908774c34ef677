import { describe, expect, it } from 'vitest'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { createRegistry } from '../../src/datasets/registry.ts'

function dataset(name: string, related?: string) {
  return defineDataset({
    name,
    label: name,
    source: { table: { schema: 'public', name } },
    key: ['id'],
    tenant: { shared: true },
    columns: { id: { type: 'integer', label: 'ID' } },
    ...(related
      ? { relations: { other: { kind: 'many', dataset: related, label: 'Other', on: [['id', 'other_id']] } } }
      : {}),
  })
}

describe('createRegistry', () => {
  it('gives datasets by name and all of them in their order', () => {
    const orders = dataset('orders', 'lines')
    const lines = dataset('lines')
    const registry = createRegistry([orders, lines])
    expect(registry.get('lines')).toBe(lines)
    expect(registry.all()).toEqual([orders, lines])
  })

  it.each(['__proto__', 'constructor', 'toString', 'Orders', 'orders ', ''])(
    'knows no dataset %j',
    (name) => {
      expect(createRegistry([dataset('orders')]).get(name)).toBeUndefined()
    },
  )

  it('refuses names that are declared twice and relations to nowhere, all in one error', () => {
    expect(() => createRegistry([dataset('orders', 'lines'), dataset('orders')])).toThrow(
      "orders: is declared twice; orders.relations.other.dataset: no dataset 'lines'",
    )
  })
})

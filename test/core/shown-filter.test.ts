import { expect, test } from 'vitest'
import type { Access } from '../../src/core/access.ts'
import type { Dataset } from '../../src/core/dataset.ts'
import type { Filter } from '../../src/core/filter.ts'
import { resolveFilter } from '../../src/core/resolve-filter.ts'
import { lacksValues, shownFilter } from '../../src/core/shown-filter.ts'

const family = { label: 'Own', catalog: 'SELECT', expr: ':id' }
const contacts: Dataset = {
  name: 'contacts',
  label: 'Contacts',
  source: { table: { schema: 'crm', name: 'contacts' } },
  tenant: { shared: true },
  columns: {
    city: { type: 'text', label: 'City' },
    email: { type: 'text', label: 'E-mail', pii: true },
  },
  dynamicColumns: [
    { ...family, prefix: 'own_' },
    { ...family, prefix: 'own_private_', pii: true },
    { ...family, prefix: 'health_', pii: true },
  ],
  searchable: ['city'],
}
const withoutPersonal: Access = { scopes: ['exports:read'], limits: { datasets: null, columns: {} } }
const findDataset = (name: string) => (name === 'contacts' ? contacts : undefined)
const seen = (filter: Filter, access = withoutPersonal, dataset = 'contacts') =>
  shownFilter({ dataset, filter }, { access, findDataset })
const ask = (column: string, value: string | null = 'x') => ({
  field: { column, operator: 'eq' as const, value },
})

test.each([
  ['city', 'x'],
  ['own_size', 'x'],
  ['email', null],
  ['health_insurance', null],
  // The organization may have `own_` with the id `private_x`, or `own_private_` with `x`.
  ['own_private_x', null],
  // Not declared any more: it may have been anything.
  ['gone', null],
  ['constructor', null],
])('a key without pii:read sees of %s: %s', (column, value) => {
  const filter = ask(column) as Filter
  expect(seen(filter)).toEqual(ask(column, value))
  expect(lacksValues(seen({ or: [{ and: [] }, { not: filter }] }))).toBe(value === null)
  expect(seen(filter, { ...withoutPersonal, scopes: ['exports:read', 'pii:read'] })).toBe(filter)
})

test('a key limited to columns sees what was asked of those, dynamic ones too, and of no others', () => {
  const columns = { contacts: ['city', 'own_size'] }
  const access = { ...withoutPersonal, limits: { datasets: null, columns } }
  expect(
    seen({ and: [ask('city') as Filter, ask('own_size') as Filter, ask('own_age') as Filter] }, access),
  ).toEqual({ and: [ask('city'), ask('own_size'), ask('own_age', null)] })
})

test('the words of a search are seen by who may use all that it looks into', () => {
  const columns = { contacts: ['own_size'] }
  expect(seen({ search: 'berlin' })).toEqual({ search: 'berlin' })
  expect(seen({ search: 'berlin' }, { ...withoutPersonal, limits: { datasets: null, columns } })).toEqual({
    search: null,
  })
})

test('of a dataset that is gone, only a key that may use everything sees values', () => {
  expect(seen(ask('city') as Filter, withoutPersonal, 'gone')).toEqual(ask('city', null))
  expect(lacksValues(null)).toBe(false)
})

test('a filter that lacks values cannot be sent as one', () => {
  const context = { dataset: contacts, findDataset, now: new Date(0), timeZone: 'UTC' }
  for (const filter of [seen(ask('email') as Filter), { search: null }]) {
    expect(() => resolveFilter(filter, context as never)).toThrow(/field.value: is missing|search/)
  }
})

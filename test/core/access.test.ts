import { expect, test } from 'vitest'
import { limitDataset } from '../../src/core/access.ts'
import { findColumn } from '../../src/core/find-column.ts'
import type { Scope } from '../../src/core/scope.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'

const people = defineDataset({
  name: 'people',
  label: 'People',
  source: { table: { schema: 'public', name: 'people' } },
  key: ['email'],
  tenant: { shared: true },
  columns: {
    email: { type: 'text', label: 'Email', pii: true },
    score: { type: 'integer', label: 'Score' },
    greeting: {
      type: 'text',
      label: 'Greeting',
      pii: true,
      compute: { from: ['email'], value: ({ email }) => `Hello ${email}` },
    },
    domain: {
      type: 'text',
      label: 'Domain',
      pii: false,
      compute: { from: ['email'], value: ({ email }) => String(email).split('@')[1] },
    },
  },
  defaultSort: [{ column: 'email', direction: 'asc', nulls: 'last' }],
})

function seenBy(scopes: Scope[], columns: Record<string, string[]> = {}) {
  const seen = limitDataset(people, { scopes, limits: { datasets: null, columns } })
  return { seen, names: Object.keys(people.columns).filter((name) => findColumn(seen, name)) }
}

test('what is computed from personal data may be used as its declaration says', () => {
  expect(seenBy(['pii:read']).names).toEqual(['email', 'score', 'greeting', 'domain'])
  expect(seenBy(['exports:write']).names).toEqual(['score', 'domain'])
  expect(seenBy(['admin']).names).toEqual(['email', 'score', 'greeting', 'domain'])
})

test('a dataset that nothing is withheld of is the same object', () => {
  expect(seenBy(['pii:read']).seen).toBe(people)
})

test('what is withheld is in no default and in no default order, but the key is there to order by', () => {
  const { seen } = seenBy(['exports:write'])
  expect(seen.defaultColumns).toEqual(['score', 'domain'])
  expect(seen.defaultSort).toEqual([])
  expect(seen.key).toEqual(['email'])
  expect(seen.columns.email?.withheld).toContain('pii:read')
})

test('limits to columns name all that is left, and no inherited name is found', () => {
  expect(seenBy(['pii:read'], { people: ['score'] }).names).toEqual(['score'])
  expect(seenBy(['pii:read'], { others: ['score'] }).names).toHaveLength(4)
  const { seen } = seenBy(['exports:write'])
  expect(findColumn(seen, 'constructor')).toBeUndefined()
  expect(findColumn(seen, '__proto__')).toBeUndefined()
})

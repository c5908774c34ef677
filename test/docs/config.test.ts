import { expect, test } from 'vitest'
import { z } from 'zod'
import { configShape } from '../../src/datasets/config-shape.ts'
import { tableRows } from './markdown.ts'

/** Every key with the keys before it; what an author names himself, and the place in a list, is left out. */
function pathsOf(schema: z.core.$ZodType, before = ''): string[] {
  if (schema instanceof z.ZodOptional) return pathsOf(schema.unwrap(), before)
  if (schema instanceof z.ZodArray) return pathsOf(schema.element, before)
  if (schema instanceof z.ZodRecord) return pathsOf(schema.valueType, before)
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape).flatMap(([name, inner]) => {
    const path = before === '' ? name : `${before}.${name}`
    return [path, ...pathsOf(inner, path)]
  })
}

const rows = tableRows('docs/config.md').filter(([name]) => name?.startsWith('`'))

test('docs/config.md has every key of the config file, in its order, and no other', () => {
  const paths = pathsOf(configShape)
  expect(paths.length).toBeGreaterThan(50)
  expect(rows.map(([name]) => name?.replaceAll('`', ''))).toEqual(paths)
})

test('docs/config.md says of every key what it takes and what it means', () => {
  for (const [name, value = '', meaning = ''] of rows) {
    expect(value.length, `${name}: value`).toBeGreaterThan(2)
    expect(meaning.length, `${name}: meaning`).toBeGreaterThan(10)
  }
})

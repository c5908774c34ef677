import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findConfigFile } from '../../src/datasets/config-file.ts'
import { loadDatasets } from '../../src/datasets/load-datasets.ts'
import { ConfigReader } from '../support/config-reader.ts'

let folder: string
let reader: ConfigReader

beforeAll(() => {
  // Outside of the project: a config file lies where its author wants it.
  folder = mkdtempSync(join(tmpdir(), 'sluice-config-'))
  reader = new ConfigReader()
})

afterAll(() => {
  reader.stop()
  rmSync(folder, { recursive: true })
})

function write(text: string, name = 'sluice.config.ts'): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const orders = `{
  name: 'orders',
  label: 'Orders',
  source: { table: { schema: 'public', name: 'orders' } },
  key: ['id'],
  tenant: { column: 'shop' },
  columns: { id: { type: 'integer', label: 'ID' }, total: { type: 'decimal', label: 'Total' } },
}`

const config = (datasets: string, rest = '') =>
  `import { defineConfig } from 'sluice/config'
   export default defineConfig({ datasets: [${datasets}]${rest} })`

async function namesIn(path: string): Promise<string[]> {
  const { datasets, message } = await reader.read(path)
  if (!datasets) throw new Error(message)
  return datasets.map(({ name }) => name)
}

/** The message with which a file is refused. */
async function refusal(text: string, name?: string): Promise<string> {
  const answer = await reader.read(write(text, name))
  expect(answer.code).toBe('CONFIG_FILE_INVALID')
  return answer.message?.replaceAll(folder, '') ?? ''
}

describe('loadDatasets', () => {
  it('gives the built-in CRM when there is no file', async () => {
    const registry = await loadDatasets(findConfigFile(null, folder))
    expect(registry.get('deals')).toBeDefined()
  })

  it('finds a file in the folder, and gives its datasets and no others', async () => {
    const path = write(config(orders))
    expect(findConfigFile(null, folder)).toBe(path)
    expect(await namesIn(path)).toEqual(['orders'])
  })

  it('gives the CRM besides when it is asked for', async () => {
    const names = await namesIn(write(config(orders, ", builtIn: ['crm']")))
    expect(names).toContain('orders')
    expect(names).toContain('deals')
  })

  it('reads a file again, and what it imports from beside it', async () => {
    const path = write(
      `import { name } from './name.ts'\n${config(orders.replace("'orders'", 'name'))}`,
      'two.ts',
    )
    for (const name of ['first', 'second']) {
      write(`export const name: string = '${name}'`, 'name.ts')
      expect(await namesIn(path)).toEqual([name])
    }
  })

  it('says of everything that is wrong where it is and what is allowed', async () => {
    const text = config(
      `{
        name: 'orders', label: 'Orders', tenant: { colum: 'shop' }, sorce: 1,
        source: { table: { schema: 'public', name: 'orders' }, query: 'SELECT 1' },
        columns: {
          id: { type: 'integr', label: 'ID', hiden: true },
          total: { type: 'mony', label: 7 },
          state: { label: 'State', options: [{ value: 1, label: 'One' }] },
        },
        relations: { shop: { kind: 'several', dataset: 'shops', label: 'Shop', on: ['shop', 'id'] } },
      }, 5`,
      ", builtIn: ['erp']",
    )
    const lines = (await refusal(text)).split('\n')
    expect(lines[0]).toBe('/sluice.config.ts has 14 mistakes:')
    expect(lines).toContain("  datasets.orders.tenant.colum: Unknown key 'colum'. Did you mean 'column'?")
    expect(lines).toContain("  datasets.orders.sorce: Unknown key 'sorce'. Did you mean 'source'?")
    expect(lines).toContain(
      '  datasets.orders.source: must be an object with exactly one of table, query, not { table, query }',
    )
    expect(lines).toContain("  datasets.orders.columns.id.hiden: Unknown key 'hiden'. Did you mean 'hidden'?")
    expect(lines).toContain(
      '  datasets.orders.columns.total.label: must be a text or an object with one text per language, not 7',
    )
    expect(lines).toContain('  datasets.orders.columns.state.type: is missing')
    expect(lines).toContain('  datasets.orders.columns.state.options.0.value: must be a text, not 1')
    expect(lines).toContain("  datasets.orders.relations.shop.kind: must be one of one, many, not 'several'.")
    expect(lines.at(-2)).toMatch(/^ {2}datasets\.1: must be an object with name, label.*, not 5$/)
    expect(lines.at(-1)).toBe("  builtIn.0: must be one of crm, not 'erp'.")
    expect(lines.find((line) => line.includes('columns.id.type'))).toMatch(
      /not 'integr'\. Did you mean 'integer'\?$/,
    )
  })

  it.each([
    ["label: 'Orders'", "label: { en: 1, de: 'x' }", 'label.en: must be a text, not 1'],
    [
      "label: 'Orders'",
      "label: ['Orders']",
      'label: must be a text or an object with one text per language, not a list',
    ],
    [
      'tenant: {',
      "tenant: { shared: true, rowLevelSecurity: { setting: 'x' } }, x: {",
      'tenant: must be an object with exactly one of column, rowLevelSecurity, shared, not { rowLevelSecurity, shared }',
    ],
    ['tenant: {', "tenant: { shared: true, type: 'text' }, x: {", 'tenant.type: goes with column'],
    ['tenant: {', 'tenant: { shared: false }, x: {', 'tenant.shared: must be true, not false'],
    ['columns: {', 'columns: new Map(), x: {', 'columns: must be an object, not {  }'],
    [
      'columns: {',
      "columns: { id: { type: 'text', label: 'ID', compute: { from: ['a'], value: 'a' } } }, x: {",
      "columns.id.compute.value: must be a function, not 'a'",
    ],
  ])('of %s, written as %s, says: %s', async (right, wrong, sentence) => {
    expect(orders).toContain(right)
    expect((await refusal(config(orders.replace(right, wrong)))).split('\n')).toContain(
      `  datasets.orders.${sentence}`,
    )
  })

  it('says what a declaration refers to and nobody declares', async () => {
    const relation = `relations: { shop: { kind: 'one', dataset: 'shops', label: 'Shop', on: [['shop', 'id']] } },`
    expect(
      await refusal(config(orders.replace("key: ['id']", `key: ['nope'], ${relation.slice(0, -1)}`))),
    ).toBe("/sluice.config.ts has one mistake:\n  datasets.orders.key.0: no column 'nope'")
    expect(await refusal(config(orders.replace("key: ['id'],", relation)))).toBe(
      "/sluice.config.ts has one mistake:\n  datasets.orders.relations.shop.dataset: no dataset 'shops'",
    )
    expect(await refusal(config(`${orders}, ${orders}`))).toContain('datasets.orders: is declared twice')
  })

  it.each([
    [
      'syntax.ts',
      "export default {\n  datasets: [\n    { name 'x' },\n  ],\n}\n",
      /^\/syntax\.ts:3: .*\n\n.*datasets[\s\S]*\^/,
    ],
    ['syntax.mjs', 'export default {\n  datasets: [\n  ]]\n}\n', /^\/syntax\.mjs:3: [\s\S]*\^/],
    [
      'throws.ts',
      'const none: string[] | undefined = undefined\nexport default {\n  datasets: none!.map(String),\n}\n',
      /^\/throws\.ts:3: TypeError: /,
    ],
    [
      'missing.ts',
      "import './nope.ts'\nexport default {}\n",
      /Cannot find module '\/nope\.ts' imported from \/missing\.ts$/,
    ],
    ['empty.ts', 'export const datasets = []\n', /^\/empty\.ts has no default export/],
  ])('says where %s fails', async (name, text, message) => {
    expect(await refusal(text, name)).toMatch(message)
  })

  it('says that a file that is named is not there', () => {
    expect(() => findConfigFile('other.ts', folder)).toThrow(
      /There is no file .*other\.ts\. SLUICE_CONFIG names it/,
    )
  })
})

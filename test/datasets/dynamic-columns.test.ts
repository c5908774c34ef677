import { describe, expect, it } from 'vitest'
import type { DynamicColumns } from '../../src/core/dataset.ts'
import { defineDataset } from '../../src/datasets/define-dataset.ts'
import { loadDynamicColumns } from '../../src/datasets/dynamic-columns.ts'

type Catalogs = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

/** The columns of a dataset whose families are named after their catalogs. */
async function load(catalogs: Catalogs, expr = 't.properties ->> :id') {
  const family = (prefix: string): DynamicColumns => ({
    prefix,
    label: prefix,
    catalog: `${prefix} $1`,
    expr,
  })
  const dataset = defineDataset({
    name: 'things',
    label: 'Things',
    source: { table: { schema: 'public', name: 'things' } },
    key: ['id'],
    tenant: { column: 'organization_id' },
    columns: { id: { type: 'integer', label: 'ID' } },
    dynamicColumns: Object.keys(catalogs).map(family),
  })
  const asked: unknown[] = []
  const columns = await loadDynamicColumns(
    async (sql, params) => {
      asked.push(params)
      const prefixes = [...sql.matchAll(/FROM \((\w+) \$1\n\) AS catalog LIMIT \d+\) AS c\) AS (\w+)/g)]
      const rows = prefixes.map(([, prefix, name]) => [name, catalogs[prefix!]])
      return [{ serverVersion: 180_000, ...Object.fromEntries(rows) }]
    },
    dataset,
    'org_1',
  )
  expect(asked).toEqual([['org_1']])
  return columns
}

describe('loadDynamicColumns', () => {
  it('makes a column of every entry, cast to its type', async () => {
    const columns = await load({
      p_: [
        { id: 'size', label: 'Size', type: 'integer', options: null },
        {
          id: 'color',
          label: { en: 'Color', de: 'Farbe' },
          type: 'enum',
          options: [{ value: 'r', label: 'Red' }],
        },
        { id: 'tags', label: 'Tags', type: 'text[]', options: null },
      ],
    })
    expect([...columns]).toEqual([
      [
        'p_size',
        {
          type: 'integer',
          label: 'Size',
          expr: "(SELECT CASE WHEN pg_input_is_valid(d.v, 'integer') THEN d.v::integer END FROM (SELECT nullif((t.properties ->> 'size'), '') AS v OFFSET 0) AS d)",
        },
      ],
      [
        'p_color',
        {
          type: 'enum',
          label: { en: 'Color', de: 'Farbe' },
          expr: "(t.properties ->> 'color')",
          options: [{ value: 'r', label: 'Red' }],
        },
      ],
      [
        'p_tags',
        {
          type: 'text[]',
          label: 'Tags',
          expr: "string_to_array(nullif((t.properties ->> 'tags'), ''), ';')",
        },
      ],
    ])
  })

  it('quotes an id, whatever it holds', async () => {
    const id = "x' || (SELECT 1) || '$&\\"
    const columns = await load({ p_: [{ id, label: 'X', type: 'text', options: null }] })
    expect(columns.get(`p_${id}`)?.expr).toBe("(t.properties ->>  E'x'' || (SELECT 1) || ''$&\\\\')")
  })

  it('leaves a cast to a type whose name begins with id alone', async () => {
    const columns = await load(
      { p_: [{ id: 'a', label: 'A', type: 'text', options: null }] },
      'f(:id)::id || :idx',
    )
    expect(columns.get('p_a')?.expr).toBe("(f('a')::id || :idx)")
  })

  it('gives a name that two families claim to the longer prefix', async () => {
    const columns = await load({
      crm_account_: [{ id: 'x', label: 'of the account', type: 'text', options: null }],
      crm_: [{ id: 'account_x', label: 'of the deal', type: 'text', options: null }],
    })
    expect(columns.get('crm_account_x')?.label).toBe('of the account')
    expect(columns.size).toBe(1)
  })

  it.each(['varchar', 'constructor', ''])('refuses the type %j', async (type) => {
    await expect(load({ p_: [{ id: 'a', label: 'A', type, options: null }] })).rejects.toThrow(
      `The catalog of things.p_a names the unknown type '${type}'`,
    )
  })
})

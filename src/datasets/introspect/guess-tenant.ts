import type { Tenant } from '../../core/dataset.ts'
import type { TenantType } from '../../core/tenant.ts'
import type { CatalogColumn, CatalogTable } from './catalog.ts'

/** Names under which products keep whose a row is. */
const tenantName =
  /^(tenant|organi[sz]ation|org|workspace|account|company|client|shop|store|merchant|team)_?(id|uuid|key|slug|external_id)$/i

const types: Readonly<Record<string, TenantType>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'bigint',
  uuid: 'uuid',
  text: 'text',
  varchar: 'text',
}

/** The column that more of the tables have than any other whose name says "tenant"; null when none has one. */
export function guessTenantColumn(
  tables: readonly CatalogTable[],
): { column: string; tables: number } | null {
  const counts = new Map<string, number>()
  for (const { columns } of tables) {
    for (const { name } of columns.filter((column) => tenantName.test(column.name) && tenantTypeOf(column))) {
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a)
  return best ? { column: best[0], tables: best[1] } : null
}

/** Policies of the table itself know best; then the column, where the table has it. */
export function tenantOf(table: CatalogTable, column: string | null): Tenant | null {
  if (table.policySetting) return { rowLevelSecurity: { setting: table.policySetting } }
  const found = table.columns.find(({ name }) => name === column)
  const type = found && tenantTypeOf(found)
  if (!found || !type) return null
  return { column: found.name, ...(type === 'text' ? {} : { type }) }
}

function tenantTypeOf({ type }: CatalogColumn): TenantType | undefined {
  const base = type.kind === 'd' && type.of ? type.of : type
  return types[base.name]
}

import type { Tenant } from '../../core/dataset.ts'
import { tenantTypeOf } from '../tenant-type-of.ts'
import type { CatalogTable } from './catalog.ts'

/** Names under which products keep whose a row is. */
const tenantName =
  /^(tenant|organi[sz]ation|org|workspace|account|company|client|shop|store|merchant|team)_?(id|uuid|key|slug|external_id)$/i

/** The column that more of the tables have than any other whose name says "tenant"; null when none has one. */
export function guessTenantColumn(
  tables: readonly CatalogTable[],
): { column: string; tables: number } | null {
  const counts = new Map<string, number>()
  for (const { columns } of tables) {
    for (const { name } of columns.filter(
      (column) => tenantName.test(column.name) && tenantTypeOf(column.type),
    )) {
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
  const type = found && tenantTypeOf(found.type)
  if (!found || !type) return null
  return { column: found.name, ...(type === 'text' ? {} : { type }) }
}

import { isSortable } from '../../core/column-type.ts'
import type { Column, Dataset } from '../../core/dataset.ts'
import { quoteIdentifier } from '../../core/sql.ts'
import { columnTypeOf } from '../column-type-of.ts'
import type { CatalogQuery } from '../dynamic-columns.ts'
import { type CatalogColumn, type CatalogScope, type CatalogTable, readCatalog } from './catalog.ts'
import { guessTenantColumn, tenantOf } from './guess-tenant.ts'
import { type Draft, relate } from './relate.ts'
import { describe, toLabel, toWord, uniqueWord } from './words.ts'

export interface IntrospectOptions extends CatalogScope {
  /** The column that holds the organization's external id. Default: guessed by its name. */
  readonly tenantColumn?: string | undefined
  /** Whether tables without one are offered whole to every organization. Default: they are left out. */
  readonly shared?: boolean | undefined
}

export interface Introspection {
  readonly datasets: readonly Dataset[]
  /** Tables that no organization's rows could be told apart in, as `schema.table`. */
  readonly leftOut: readonly string[]
  /** How the tenant column was found; null when nothing was guessed. */
  readonly guess: string | null
}

/** Datasets over the tables and views that the role may read, as a first version to be edited by hand. */
export async function introspect(
  query: CatalogQuery,
  options: IntrospectOptions = {},
): Promise<Introspection> {
  const { tables, foreignKeys } = await readCatalog(query, options)
  const guess = options.tenantColumn === undefined ? guessTenantColumn(tables) : null
  const tenantColumn = options.tenantColumn ?? guess?.column ?? null
  const drafts: Draft[] = []
  const leftOut: string[] = []
  const names = new Set<string>()
  for (const table of tables) {
    const tenant = tenantOf(table, tenantColumn) ?? (options.shared ? { shared: true as const } : null)
    if (!tenant || table.columns.length === 0) {
      leftOut.push(`${table.schema}.${table.name}`)
      continue
    }
    const name = uniqueWord(nameOf(table, names), names)
    names.add(name)
    drafts.push({ table, name, tenant, columns: columnsOf(table, tenant), relations: {} })
  }
  relate(drafts, foreignKeys)
  return {
    datasets: drafts.map(toDataset),
    leftOut,
    guess: guess && `${guess.tables} of ${tables.length} tables have the column ${guess.column}`,
  }
}

function nameOf({ schema, name }: CatalogTable, taken: ReadonlySet<string>): string {
  const word = toWord(name, 'table')
  return taken.has(word) ? toWord(`${schema}_${name}`, 'table') : word
}

function columnsOf(table: CatalogTable, tenant: Dataset['tenant']): Record<string, Column> {
  const columns: Record<string, Column> = {}
  for (const column of table.columns) {
    const word = uniqueWord(toWord(column.name, 'column'), new Set(Object.keys(columns)))
    const isTenant = 'column' in tenant && tenant.column === column.name
    columns[word] = { ...toColumn(column, word), ...(isTenant ? { hidden: true } : {}) }
  }
  return columns
}

function toColumn({ name, comment, type: pgType, labels }: CatalogColumn, word: string): Column {
  const { type, read } = columnTypeOf(pgType)
  return {
    type,
    ...describe(name, comment),
    ...(read ? { expr: read(`t.${quoteIdentifier(name)}`) } : name === word ? {} : { column: name }),
    ...(labels ? { options: labels.map((value) => ({ value, label: toLabel(value) || value })) } : {}),
  }
}

function toDataset({ table, name, columns, tenant, relations }: Draft): Dataset {
  const words = new Map(Object.keys(columns).map((word, index) => [table.columns[index]?.name, word]))
  const key = table.keys
    .map((names) => withoutTenant(names, tenant).map((column) => words.get(column) ?? ''))
    .find((found) => found.every((word) => columns[word] && isSortable(columns[word].type)))
  const [first, ...rest] = key ?? []
  return {
    name,
    ...describe(table.name, table.comment),
    source: { table: { schema: table.schema, name: table.name } },
    ...(first === undefined ? {} : { key: [first, ...rest] as const }),
    tenant,
    columns,
    ...(Object.keys(relations).length > 0 ? { relations } : {}),
  }
}

/** A key identifies a row within one organization. */
function withoutTenant(names: readonly string[], tenant: Dataset['tenant']): readonly string[] {
  if (!('column' in tenant) || names.length === 1) return names
  return names.filter((name) => name !== tenant.column)
}

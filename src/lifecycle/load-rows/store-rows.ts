import type pg from 'pg'
import { type Dataset, keyOf } from '../../core/dataset.ts'
import { ValidationError } from '../../core/errors.ts'
import { quoteIdentifier, quoteLiteral } from '../../core/sql.ts'
import type { StagedFile } from './staged-file.ts'
import type { TargetColumn, TargetTable } from './target-table.ts'

/** What came of a load: rows that were not there before, and rows that were. */
export interface LoadResult {
  readonly inserted: number
  readonly updated: number
}

/** A file, the table it goes to, and whose rows they are. */
export interface Load {
  readonly dataset: Dataset
  readonly table: TargetTable
  readonly file: StagedFile
  /** The organization's external id. */
  readonly tenant: string
}

/** The columns of the file that are the rows' own; the tenant's has been checked, and is filled in. */
export function ownColumns({ dataset, table, file }: Load): TargetColumn[] {
  const tenantColumn = 'column' in dataset.tenant ? dataset.tenant.column : null
  return file.names.flatMap((name) => (name === tenantColumn ? [] : (table.columns.get(name) ?? [])))
}

/**
 * Puts the staged rows into the table: those whose key is there replace its values in the columns that the
 * file has, the others are added. @throws pg's DatabaseError
 */
export async function storeRows(client: pg.Client, load: Load): Promise<LoadResult> {
  const { dataset, table, file, tenant } = load
  const tenantColumn = 'column' in dataset.tenant ? quoteIdentifier(dataset.tenant.column) : null
  const columns = ownColumns(load)
  const target = [
    ...(tenantColumn ? [tenantColumn] : []),
    ...columns.map(({ name }) => quoteIdentifier(name)),
  ]
  const values = [
    ...(tenantColumn ? [quoteLiteral(tenant)] : []),
    ...columns.map((column) => file.typed(column)),
  ]
  const conflict = conflictColumns(dataset, table)
  const rest = columns.filter(({ name }) => !keyOf(dataset).includes(name))
  // With nothing else to set, the key is set to itself: only an updated row is returned and counted.
  const updates = (rest.length > 0 ? rest : columns).map(({ name }) => quoteIdentifier(name))
  const { rows } = await client.query<{ inserted: string; updated: string }>(
    `WITH loaded AS (
       INSERT INTO ${table.sql} AS t (${target.join(', ')})
       SELECT ${values.join(', ')} FROM ${file.typedFrom}
       ON CONFLICT (${conflict.map(quoteIdentifier).join(', ')})
       DO UPDATE SET ${updates.map((name) => `${name} = excluded.${name}`).join(', ')}
       ${tenantColumn ? `WHERE t.${tenantColumn} = excluded.${tenantColumn}` : ''}
       -- A row that nobody has deleted or replaced yet, this command included, is a new one.
       RETURNING t.xmax = 0 AS is_new)
     SELECT count(*) FILTER (WHERE is_new) AS inserted, count(*) FILTER (WHERE NOT is_new) AS updated FROM loaded`,
  )
  return { inserted: Number(rows[0]?.inserted), updated: Number(rows[0]?.updated) }
}

/** The unique key by which rows are found again: the dataset's, with the tenant's column where the table has it so. */
function conflictColumns(dataset: Dataset, table: TargetTable): readonly string[] {
  if (!dataset.key) {
    throw new ValidationError([{ path: 'dataset', message: 'cannot be loaded: it has no key' }])
  }
  const tenant = 'column' in dataset.tenant ? [dataset.tenant.column] : []
  for (const wanted of [[...tenant, ...keyOf(dataset)], keyOf(dataset)]) {
    const found = table.uniqueKeys.find(
      (key) => key.length === wanted.length && key.every((name) => wanted.includes(name)),
    )
    if (found) return found
  }
  const names = [...tenant, ...keyOf(dataset)].join(', ')
  throw new ValidationError([
    { path: 'dataset', message: `cannot be loaded: its table has no unique key over (${names})` },
  ])
}

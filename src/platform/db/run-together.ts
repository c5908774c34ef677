import { type EntityManager, helper } from '@mikro-orm/postgresql'

/** Some SQL, in which each `?` stands for a parameter. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/**
 * Runs statements one after the other, in one message: what surrounds a small export is round trips above
 * all, and others wait for the locks that are held meanwhile. Each sees what the ones before it did, and
 * what was committed while they waited for a lock.
 * @returns the rows of the last one
 */
export async function runTogether<Row extends object>(
  em: EntityManager,
  statements: readonly Statement[],
): Promise<Row[]> {
  return await em.execute<Row[]>(
    statements.map(({ sql }) => sql).join('; '),
    statements.flatMap(({ params }) => params),
  )
}

/** @param row values by the names of their columns */
export function insertStatement(table: string, row: Readonly<Record<string, unknown>>): Statement {
  const params = Object.values(row)
  return {
    sql: `insert into ${table} (${Object.keys(row).join(', ')}) values (${params.map(() => '?').join(', ')})`,
    params,
  }
}

/** Of an entity that is made here and not persisted by its EntityManager. */
export function insertEntityStatement(em: EntityManager, entity: object): Statement {
  const { tableName, schema, properties } = helper(entity).__meta
  const columns: Readonly<Record<string, { readonly fieldNames: readonly string[] }>> = properties
  const row = Object.entries(em.getComparator().prepareEntity(entity)).map(([name, value]) => [
    columns[name]!.fieldNames[0],
    value,
  ])
  return insertStatement(`${schema}.${tableName}`, Object.fromEntries(row))
}

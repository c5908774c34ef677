import type { EntityManager } from '@mikro-orm/postgresql'

/** Some SQL, in which each `?` stands for a parameter. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/**
 * Runs statements that nobody waits for an answer of, one after the other, in one message: what surrounds a
 * small export is round trips above all.
 */
export async function runTogether(em: EntityManager, statements: readonly Statement[]): Promise<void> {
  await em.execute(
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

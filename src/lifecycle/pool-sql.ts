import type { DoorLimits, LimitPool } from '../core/limits.ts'

/** SQL, with its parameters, that holds for rows with a `door` whose exports count in the pool. */
export function poolSql(
  pool: Pick<LimitPool, 'door'>,
  doorLimits: DoorLimits,
): { sql: string; params: unknown[] } {
  if (pool.door !== null) return { sql: 'door = ?', params: [pool.door] }
  const others = Object.keys(doorLimits)
  return others.length > 0 ? { sql: 'door not in (?)', params: [others] } : { sql: 'true', params: [] }
}

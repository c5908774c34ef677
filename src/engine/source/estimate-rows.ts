import { type QueryPlan, rowsSql } from '../plan/plan-query.ts'
import type { Snapshot } from './snapshot.ts'

/** The planner's estimate: a millisecond, and only a guess. */
export async function estimateRows(snapshot: Snapshot, plan: QueryPlan): Promise<number> {
  const { rows } = await snapshot.holder.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `EXPLAIN (FORMAT JSON) ${rowsSql(plan)}`,
  )
  return rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
}

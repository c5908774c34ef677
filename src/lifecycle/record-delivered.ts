import type { EntityManager } from '@mikro-orm/postgresql'
import { keysSql } from '../engine/plan/delivered.ts'
import type { Snapshot } from '../engine/source/snapshot.ts'
import type { PreparedQuery } from './prepare-query.ts'

/** Keys of one round trip: about 1 MB of JSON. */
const batchSize = 20_000

/**
 * Remembers the rows of an export as delivered, in the transaction that publishes it. They are read from
 * the attempt's own snapshot, so they are exactly the ones in its files. Memory stays flat: 1,000,000 keys
 * pass in 50 batches.
 */
export async function recordDelivered(
  em: EntityManager,
  {
    snapshot,
    prepared,
    organizationId,
  }: { snapshot: Snapshot; prepared: PreparedQuery; organizationId: string },
): Promise<void> {
  const { dataset, query } = prepared
  const { holder } = snapshot
  await holder.query(`DECLARE delivered NO SCROLL CURSOR FOR ${keysSql(dataset, query)}`)
  for (;;) {
    const { rows } = await holder.query<{ key: string }>(`FETCH ${batchSize} FROM delivered`)
    if (rows.length === 0) break
    await em.execute(
      `insert into sluice.delivered_rows (organization_id, dataset, key)
       select ?, ?, key from jsonb_array_elements_text(?::jsonb) as key on conflict do nothing`,
      [organizationId, dataset.name, JSON.stringify(rows.map(({ key }) => key))],
    )
  }
  await holder.query('CLOSE delivered')
}

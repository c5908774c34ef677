import type { EntityManager } from '@mikro-orm/postgresql'
import { ForbiddenError } from '../core/errors.ts'
import type { ExportRequest, Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import type { ExportSpec } from '../core/spec.ts'
import { countSql, type QueryPlan } from '../engine/plan/plan-query.ts'
import { estimateRows } from '../engine/source/estimate-rows.ts'
import { loadRequest } from './load-request.ts'
import { isTimeout, lookIntoSource } from './look-into-source.ts'
import { planRows } from './plan-rows.ts'
import type { Services } from './services.ts'

/** Counting up to here is cheap enough to do at once. */
const countUpToRows = 200_000
const timeoutMs = 1_000
/** Past exports that are learned from. */
const learnedFrom = 20

/** Until an organization has exports to learn from: a plain CSV on two cores. */
const assumed = { rowsPerSecond: 100_000, bytesPerRowAndColumn: 20 }

export interface ExportEstimate {
  readonly rows: number
  /** False: the planner's estimate, which can be far off for filters on JSON and text. */
  readonly rowsExact: boolean
  readonly bytes: number
  /** From start to end, without waiting in the queue. */
  readonly seconds: number
  /** `past_runs`: bytes and seconds are as the organization's exports of this dataset and format were; `assumed`: there are none yet. */
  readonly basis: 'past_runs' | 'assumed'
}

/** What an export would come to. Makes nothing and counts against no limit. @throws ForbiddenError, ValidationError */
export async function estimateExport(
  services: Pick<Services, 'orm' | 'datasets' | 'source' | 'now'>,
  principal: Principal,
  request: ExportRequest,
): Promise<ExportEstimate> {
  if (!allows(principal.scopes, 'exports:write')) {
    throw new ForbiddenError('This API key may not ask for exports: it lacks the scope exports:write.')
  }
  const em = services.orm.em.fork()
  const { dataset, findDataset, specAt } = await loadRequest(services, principal, request)
  const spec = specAt(services.now())
  const plan = await planRows(services, spec, { dataset, findDataset, tenant: principal.tenant })
  const { rows, rowsExact } = await countOrEstimate(services, principal, plan)
  const learned = await learn(em, spec)
  const bytesPerRow = learned?.bytesPerRow ?? assumed.bytesPerRowAndColumn * spec.columns.length
  const rowsPerSecond = learned?.rowsPerSecond ?? assumed.rowsPerSecond
  return {
    rows,
    rowsExact,
    bytes: Math.round(rows * bytesPerRow),
    seconds: Math.round((rows / rowsPerSecond) * 10) / 10,
    basis: learned ? 'past_runs' : 'assumed',
  }
}

async function countOrEstimate(
  services: Pick<Services, 'datasets' | 'source'>,
  principal: Principal,
  plan: QueryPlan,
): Promise<{ rows: number; rowsExact: boolean }> {
  const look = { tenant: principal.tenant, applicationName: 'sluice-estimate', timeoutMs }
  return await lookIntoSource(services, look, async (snapshot) => {
    const rows = await estimateRows(snapshot, plan)
    if (rows > countUpToRows) return { rows, rowsExact: false }
    try {
      const { rows: counted } = await snapshot.holder.query<{ rows: string }>(countSql(plan))
      return { rows: Number(counted[0]?.rows), rowsExact: true }
    } catch (error) {
      if (!isTimeout(error)) throw error
      return { rows, rowsExact: false }
    }
  })
}

/** Pace and size of the organization's latest exports of the same kind, per column, since few have the same ones. */
async function learn(
  em: EntityManager,
  spec: ExportSpec,
): Promise<{ bytesPerRow: number; rowsPerSecond: number } | null> {
  const [past] = await em.execute<{ bytes_per_cell: number | null; cells_per_second: number | null }[]>(
    `select sum(bytes)::float / nullif(sum(cells), 0) as bytes_per_cell,
            sum(cells)::float / nullif(sum(seconds), 0) as cells_per_second
     from (select bytes, rows_exported * jsonb_array_length(spec -> 'columns') as cells,
                  greatest(extract(epoch from completed_at - started_at)::float, 0.05) as seconds
           from sluice.exports
           where organization_id = ? and dataset = ? and status in ('completed', 'expired') and format = ?
             and spec ->> 'compression' = ? and rows_exported > 0 and attempt = 1
           order by created_at desc limit ${learnedFrom}) as past`,
    [spec.organizationId, spec.dataset, spec.format, spec.compression],
  )
  if (!past?.bytes_per_cell || !past.cells_per_second) return null
  const columns = spec.columns.length
  return { bytesPerRow: past.bytes_per_cell * columns, rowsPerSecond: past.cells_per_second / columns }
}

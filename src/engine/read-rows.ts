import type pg from 'pg'
import type { Format, RowBlock } from './formats/format.ts'
import type { QueryPlan } from './plan/plan-query.ts'
import { copyOut } from './source/copy-out.ts'

/** The rows of a plan, as a format's `encode` takes them. @see copyOut for what an early end does to the client */
export function readRows(
  client: pg.Client,
  request: {
    readonly format: Format
    readonly plan: QueryPlan
    readonly options: unknown
    readonly signal: AbortSignal
    /** Blocks end at multiples of it. Default: by their bytes alone. */
    readonly maxRowsPerBlock?: number | undefined
  },
): AsyncGenerator<RowBlock> {
  const { format, plan, options, signal, maxRowsPerBlock } = request
  return copyOut(client, format.copySql(plan, options), signal, {
    rowEnd: format.rowEnd?.(options),
    ...(maxRowsPerBlock === undefined ? {} : { maxRowsPerBlock }),
  })
}

import type pg from 'pg'
import { computedRows, hasComputed } from './computed/computed-rows.ts'
import type { Format, RowBlock } from './formats/format.ts'
import type { QueryPlan } from './plan/plan-query.ts'
import { type CopyOutOptions, copyOut } from './source/copy-out.ts'

export interface ReadRequest extends Omit<CopyOutOptions, 'rowEnd'> {
  readonly format: Format
  readonly plan: QueryPlan
  readonly options: unknown
  readonly signal: AbortSignal
}

/** The rows of a plan, as a format's `encode` takes them. @see copyOut for what an early end does to the client */
export function readRows(client: pg.Client, request: ReadRequest): AsyncGenerator<RowBlock> {
  const { format, plan, options, signal, ...copyOptions } = request
  if (hasComputed(plan)) {
    return computedRows(client, {
      plan,
      format: format.cells(plan.columns, options),
      timeZone: timeZoneOf(options),
      signal,
      copyOptions,
    })
  }
  return copyOut(client, format.copySql(plan, options), signal, {
    rowEnd: format.rowEnd?.(options),
    ...copyOptions,
  })
}

/** Every format's options have it. */
export function timeZoneOf(options: unknown): string {
  const { timeZone } = options as { timeZone?: unknown }
  return String(timeZone ?? 'UTC')
}

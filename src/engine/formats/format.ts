import type { ColumnType } from '../../core/column-type.ts'
import type { QueryPlan } from '../plan/plan-query.ts'

/** Whole rows as they came from the source, never split: `bytes` holds exactly `rows` rows. */
export interface RowBlock {
  readonly bytes: Buffer
  readonly rows: number
}

/** A column as a format sees it. */
export interface FileColumn {
  readonly header: string
  readonly type: ColumnType
}

/** What a format is told of the file it makes. `options` are the format's own, all resolved. */
export interface FileRequest {
  readonly columns: readonly FileColumn[]
  readonly options: unknown
  readonly signal: AbortSignal
}

/** One file format: how Postgres is asked for the rows, and what stands around them in the file. */
export interface Format {
  /** Without a dot. */
  readonly extension: string
  readonly contentType: string
  /** The COPY statement whose rows `encode` takes. */
  copySql(plan: QueryPlan, options: unknown): string
  encode(rows: AsyncIterable<RowBlock>, file: FileRequest): AsyncIterable<Buffer>
}

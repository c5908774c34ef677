import type pg from 'pg'
import type { ColumnType } from '../../core/column-type.ts'
import type { ColumnFormat } from '../../core/dataset.ts'
import type { PlannedColumn, QueryPlan } from '../plan/plan-query.ts'

/**
 * Whole rows as they came from the source, never split: `bytes` holds exactly `rows` rows. They may be
 * overwritten once the next block is asked for.
 */
export interface RowBlock {
  readonly bytes: Buffer
  readonly rows: number
}

/** A column as a format sees it. */
export interface FileColumn {
  readonly header: string
  readonly type: ColumnType
  /** How people want to see its values. */
  readonly format?: ColumnFormat | undefined
}

/** A value as Postgres writes it; of a list, its elements. Booleans are `true` and `false`. */
export type ValueText = string | null | readonly ValueText[]

/** Cells one by one, for files in which some come from JavaScript. @see computed-rows.ts */
export interface CellFormat {
  /** SQL for what a cell is made from. */
  valueSql(column: PlannedColumn): string
  /** SQL for the cell's text, from that. */
  cellSql(value: string, column: PlannedColumn): string
  /** The same text as `cellSql` gives for the value. */
  cellText(value: ValueText, column: PlannedColumn): string | null
  /** Rows as `encode` takes them, each with its end. */
  rowsText(rows: readonly (readonly (string | null)[])[]): string
}

/** What a format is told of the file it makes. `options` are the format's own, all resolved. */
export interface FileRequest {
  readonly columns: readonly FileColumn[]
  readonly options: unknown
  readonly signal: AbortSignal
  /** Called once, after the last byte was taken, by formats that have something to tell. */
  readonly onSummary?: OnSummary | undefined
}

/** Counts that a reader of the file should know, such as `truncatedCells`. */
export type OnSummary = (summary: Readonly<Record<string, number>>) => void

/** One file format: how Postgres is asked for the rows, and what stands around them in the file. */
export interface Format {
  /** Without a dot. */
  readonly extension: string
  /** With the default options. */
  readonly contentType: string
  /** Where the options have a say in it (encoding). Default: `contentType`. */
  contentTypeFor?(options: unknown): string
  /** The plan's columns with what the format has to know of them and only the database can tell. Default: as they are. */
  describeColumns?(client: pg.ClientBase, plan: QueryPlan): Promise<readonly FileColumn[]>
  /** The COPY statement whose rows `encode` takes. */
  copySql(plan: QueryPlan, options: unknown): string
  cells(columns: readonly PlannedColumn[], options: unknown): CellFormat
  /** What ends each row that `encode` takes, for copyOut. Default: COPY's own line feed. */
  rowEnd?(options: unknown): string
  /** A chunk may be overwritten once the next one is asked for: it can lie in the memory of `rows`. */
  encode(rows: AsyncIterable<RowBlock>, file: FileRequest): AsyncIterable<Buffer>
}

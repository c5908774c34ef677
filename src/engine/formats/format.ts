import type { ColumnType } from '../../core/column-type.ts'

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

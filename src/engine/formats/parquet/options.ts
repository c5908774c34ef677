import type { DecimalSize, ParquetFormatOptions } from '../../../core/options/parquet.ts'

export type { DecimalSize }

/** The format's options as the writer takes them. @see parquetOptions in core */
export interface ParquetOptions {
  readonly compression: ParquetFormatOptions['pageCompression']
  readonly rowGroupRows: number
  /** A size: that DECIMAL, for all of them. */
  readonly decimals: ParquetFormatOptions['decimals'] | DecimalSize
  readonly textColumns: readonly string[]
}

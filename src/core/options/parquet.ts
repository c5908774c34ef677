import { z } from 'zod'

/** Digits in all, and how many of them stand after the point. */
const decimalSize = z
  .strictObject({ precision: z.int().min(1).max(38), scale: z.int().min(0).max(38) })
  .refine(({ precision, scale }) => scale <= precision, 'scale cannot be greater than precision')

export type DecimalSize = z.infer<typeof decimalSize>

/** What a caller of the Parquet format can say. No choice loses anything unless it says so. */
export const parquetOptions = z.strictObject({
  /** Of the pages in the file. zstd makes files about half the size of snappy's. */
  pageCompression: z.enum(['zstd', 'snappy', 'none']).default('zstd'),
  /** Rows in a row group; fewer where they take more than 40 MiB as text, and in the last one. */
  rowGroupRows: z.int().min(1_000).max(1_000_000).default(100_000),
  /**
   * What numbers with decimals become.
   * - `auto`: DECIMAL of the size that the database declares (`numeric(12,2)`), else DECIMAL(38,9)
   * - `text`: exact whatever their size
   * - `double`: about 15 digits are kept; NaN and Infinity survive
   *
   * A number that does not fit its DECIMAL exactly fails the export: digits are never rounded away.
   */
  decimals: z.enum(['auto', 'text', 'double']).default('auto'),
  /** With `decimals: auto`: one DECIMAL for all of them. Default: each its own. */
  decimalSize: decimalSize.nullable().default(null),
  /**
   * Columns, by their headers, whose values are written as Postgres' own text (lists as JSON). For those
   * that hold what no Parquet type can: infinite dates, years before Christ, lists of lists.
   */
  textColumns: z.array(z.string()).max(1_600).default([]),
})

export type ParquetFormatOptions = z.infer<typeof parquetOptions>

import type { ParquetFormatOptions } from '../../core/options/parquet.ts'
import type { Format } from './format.ts'
import { parquetCopySql } from './parquet/copy-sql.ts'
import { declaredDecimals } from './parquet/declared-decimals.ts'
import { parquet } from './parquet/parquet.ts'
import { parquetCells } from './parquet/parquet-cells.ts'

/** Apache Parquet, by DuckDB in a process of its own. */
export const parquetFormat: Format = {
  extension: 'parquet',
  contentType: 'application/vnd.apache.parquet',
  describeColumns: declaredDecimals,
  copySql: (plan) => parquetCopySql(plan),
  cells: () => parquetCells,
  encode(rows, { columns, options, signal }) {
    const { pageCompression: compression, decimals, decimalSize, ...others } = options as ParquetFormatOptions
    const size = decimals === 'auto' ? (decimalSize ?? decimals) : decimals
    return parquet(rows, columns, { ...others, compression, decimals: size }, signal)
  },
}

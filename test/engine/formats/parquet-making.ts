import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { ColumnType } from '../../../src/core/column-type.ts'
import type { RowBlock } from '../../../src/engine/formats/format.ts'
import type { ParquetOptions } from '../../../src/engine/formats/parquet/options.ts'
import { type ParquetResources, parquet } from '../../../src/engine/formats/parquet/parquet.ts'
import type { ParquetColumn } from '../../../src/engine/formats/parquet/parquet-column.ts'
import { collect } from '../compression/streams.ts'

export const defaultOptions: ParquetOptions = {
  compression: 'zstd',
  rowGroupRows: 100_000,
  decimals: 'auto',
  textColumns: [],
}

/** Named after its type unless it has a header. */
export const column = (type: ColumnType, header: string = type): ParquetColumn => ({ header, type })

export type Cell = string | null

/** One cell as COPY writes it. */
const csvCell = (value: Cell) => (value === null ? '\\N' : `"${value.replaceAll('"', '""')}"`)

export async function* blocksOf(
  rows: readonly (readonly Cell[])[],
  rowsPerBlock = 1000,
): AsyncGenerator<RowBlock> {
  for (let at = 0; at < rows.length; at += rowsPerBlock) {
    const some = rows.slice(at, at + rowsPerBlock)
    const text = some.map((cells) => `${cells.map(csvCell).join(',')}\n`).join('')
    yield { bytes: Buffer.from(text), rows: some.length }
  }
}

export interface Making {
  readonly options?: object
  readonly signal?: AbortSignal
  readonly resources?: ParquetResources
}

export function make(
  rows: AsyncIterable<RowBlock>,
  columns: readonly ParquetColumn[],
  { options = {}, signal = new AbortController().signal, resources = {} }: Making = {},
): AsyncGenerator<Buffer> {
  return parquet(
    rows,
    columns,
    { ...defaultOptions, ...(options as Partial<ParquetOptions>) },
    signal,
    resources,
  )
}

export async function fileOf(
  rows: readonly (readonly Cell[])[],
  columns: readonly ParquetColumn[],
  making?: Making,
) {
  return collect(make(blocksOf(rows), columns, making))
}

/** What DuckDB, which did not write the footer, makes of the file. */
export async function queryDuckdb(bytes: Buffer, sql: string): Promise<unknown[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-duckdb-test-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const path = join(folder, 'file.parquet')
    writeFileSync(path, bytes)
    await connection.run("SET TimeZone = 'UTC'")
    return (await connection.runAndReadAll(sql.replace('FILE', `'${path}'`))).getRowsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
    rmSync(folder, { recursive: true })
  }
}

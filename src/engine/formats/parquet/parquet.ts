import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RowBlock } from '../format.ts'
import { duckdbErrorFrom } from './duckdb-error-from.ts'
import { DuckdbProcess } from './duckdb-process.ts'
import { duckdbCopySql } from './duckdb-sql.ts'
import { ParquetWriterError, temporaryStorageErrorFrom } from './errors.ts'
import { Footer, magic } from './footer.ts'
import type { ParquetOptions } from './options.ts'
import { checkColumns, type NamedColumnType, type ParquetColumn, parquetTypeOf } from './parquet-column.ts'
import { openPart } from './part.ts'
import { type Segment, writeSegments } from './segments.ts'

export interface ParquetResources {
  /**
   * Where a folder for temporary files is made: two row groups of CSV, of 40 MiB each and a block more, and
   * two of Parquet. Default: the system's folder.
   */
  readonly temporaryFolder?: string | undefined
  /** What DuckDB allocates at most. Default 192, which is enough for rows of up to 50 MB. */
  readonly memoryLimitMb?: number | undefined
}

/** Bytes of CSV that end a row group before it has its rows: wide rows take no more memory than narrow ones. */
const maxSegmentBytes = 40 * 1024 * 1024

/**
 * A Parquet file of `rows`, which come from `parquetCopySql`. A process of its own makes each row group
 * with DuckDB from a temporary file, while the rows of the next are coming; here the row groups are put
 * together under one footer. DuckDB could read a pipe, but keeps all it has read from one
 * (duckdb/duckdb#25165): this way memory and disk hold a few row groups, however many there are.
 *
 * Rows keep their order; equal rows, cut into equal blocks, give equal bytes. Ending early, by `return`, an
 * error or `signal`, ends the process and removes the files before this is done.
 * @throws ValidationError before reading anything; UnrepresentableValueError, ParquetMemoryError,
 * TemporaryStorageFullError, ParquetWriterError; the signal's reason; the errors of `rows`
 */
export async function* parquet(
  rows: AsyncIterable<RowBlock>,
  columns: readonly ParquetColumn[],
  options: ParquetOptions,
  signal: AbortSignal,
  { temporaryFolder = tmpdir(), memoryLimitMb = 192 }: ParquetResources = {},
): AsyncGenerator<Buffer, void, void> {
  checkColumns(columns, options)
  signal.throwIfAborted()
  const folder = await mkdtemp(join(temporaryFolder, 'sluice-parquet-')).catch((error: unknown) => {
    throw temporaryStorageErrorFrom(error)
  })
  try {
    await using duckdb = new DuckdbProcess({ folder, memoryLimitMb, signal })
    const segments = writeSegments(rows, {
      folder,
      rowsPerSegment: options.rowGroupRows,
      maxBytes: maxSegmentBytes,
    })
    const writer = {
      duckdb,
      folder,
      options,
      memoryLimitMb,
      columns: columns.map((column) => parquetTypeOf(column, options)),
    }
    yield* joined(partsOf(segments, writer))
  } catch (error) {
    // Aborting kills the process, which then fails.
    signal.throwIfAborted()
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Writer {
  readonly duckdb: DuckdbProcess
  readonly folder: string
  readonly columns: readonly NamedColumnType[]
  readonly options: ParquetOptions
  readonly memoryLimitMb: number
}

/** Paths of whole Parquet files, one a segment. The next is made while one is taken; the taker removes them. */
async function* partsOf(
  segments: AsyncIterable<Segment>,
  writer: Writer,
): AsyncGenerator<string, void, void> {
  let before: Promise<string> | undefined
  for await (const segment of segments) {
    const part = makePart(segment, writer)
    // It is awaited after the next segment's rows have come; until then nobody listens to its failure.
    part.catch(() => {})
    if (before) yield await before
    before = part
  }
  if (before) yield await before
}

async function makePart(segment: Segment, writer: Writer): Promise<string> {
  const { duckdb, folder, columns, options } = writer
  const to = `${segment.name}.parquet`
  const sql = duckdbCopySql({
    columns,
    compression: options.compression,
    from: segment.name,
    to,
    rows: segment.rows,
    maxRowBytes: segment.maxRowBytes,
  })
  const rows = await duckdb.run(sql).catch((error: unknown) => {
    throw duckdbErrorFrom(error, writer)
  })
  if (rows !== segment.rows) {
    throw new ParquetWriterError(`DuckDB read ${rows} rows where ${segment.rows} were written`)
  }
  await rm(join(folder, segment.name))
  return join(folder, to)
}

/** One Parquet file of many. */
async function* joined(parts: AsyncIterable<string>): AsyncGenerator<Buffer, void, void> {
  const footer = new Footer()
  let position = magic.length
  yield magic
  for await (const path of parts) {
    await using part = await openPart(path)
    footer.add(part.footer, position - magic.length)
    for await (const block of part.content()) {
      yield block
      position += block.length
    }
    await rm(path)
  }
  yield footer.bytes()
}

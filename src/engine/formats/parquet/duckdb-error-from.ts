import { DuckdbError } from './duckdb-process.ts'
import { unrepresentable } from './duckdb-sql.ts'
import {
  ParquetMemoryError,
  ParquetWriterError,
  TemporaryStorageFullError,
  UnrepresentableValueError,
} from './errors.ts'
import type { NamedColumnType } from './parquet-column.ts'

/** What DuckDB's message says of our rows; other errors pass. */
export function duckdbErrorFrom(
  error: unknown,
  { columns, memoryLimitMb }: { columns: readonly NamedColumnType[]; memoryLimitMb: number },
): unknown {
  if (!(error instanceof DuckdbError)) return error
  const { message } = error
  const options = { cause: error }
  const at = message.indexOf(unrepresentable)
  if (at >= 0) {
    const [, index, value] = /^(\d+):(.*)$/s.exec(message.slice(at + unrepresentable.length)) ?? []
    const column = columns[Number(index)]
    if (column) return unrepresentableValue(column, value ?? '', options)
  }
  if (/No space left on device|max_temp_directory_size/.test(message)) {
    return new TemporaryStorageFullError(options)
  }
  // A row that is longer than the buffer that DuckDB could be given ends here too.
  if (/Out of Memory|bad_alloc|bad allocation/i.test(message)) {
    return new ParquetMemoryError(memoryLimitMb, options)
  }
  return new ParquetWriterError('DuckDB could not write the Parquet file', options)
}

function unrepresentableValue(
  column: NamedColumnType,
  value: string,
  options: ErrorOptions,
): UnrepresentableValueError {
  const { header, scalar, list, duckdbType } = column
  const type = list ? `a list of ${duckdbType}` : duckdbType
  const asText = `name the column in textColumns to write it as text`
  const advice = scalar === 'decimal' ? `${asText}, or choose other decimals` : asText
  return new UnrepresentableValueError(header, value, type, advice, options)
}

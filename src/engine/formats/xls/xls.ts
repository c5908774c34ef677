import { ValidationError } from '../../../core/errors.ts'
import type { FileColumn, RowBlock } from '../format.ts'
import { Workbook } from './workbook.ts'

/** BIFF8 numbers columns with 8 bits. @see [MS-XLS] 2.5.50 Col */
export const xlsMaxColumns = 256

/**
 * 16 sheets of 65,535 rows below their headers: 1,048,560 rows, as many as one sheet of XLSX holds. Who
 * needs more needs XLSX for certain.
 */
export const xlsMaxSheets = 16

/**
 * Bytes held in memory (records, texts and their index), because the file's first bytes say where its
 * last ones stand. At the limit the process takes about 450 MB: 400,000 rows of 16 columns, 340 bytes each.
 */
export const xlsMaxBytes = 256 * 2 ** 20

export interface XlsSummary {
  /** At least 1: an empty export has a sheet with its header. */
  readonly sheets: number
  /** Cells whose text was longer than Excel's 32,767 UTF-16 units and now ends in "…". */
  readonly truncatedCells: number
}

export interface XlsOptions {
  /** Made valid: see `sheetName`. Default `Export`. */
  readonly sheetName?: string
  /** Called once, after the last byte was taken. */
  readonly onSummary: (summary: XlsSummary) => void
  /** Default: {@link xlsMaxSheets}. */
  readonly maxSheets?: number
  /** Default: {@link xlsMaxBytes}. */
  readonly maxBytes?: number
}

/**
 * Rows of Postgres COPY TEXT as an Excel 97–2003 workbook (BIFF8). No byte comes before the last row
 * was read; the same rows give the same bytes.
 *
 * Numbers, booleans, dates and times are real cells wherever Excel can hold the value exactly, and text
 * where it cannot: more than 15 digits, days before 1900-03-01 or after 9999, infinity, NaN. Moments are
 * cut to the millisecond. Null is no cell, the empty string is an empty text. Text never becomes a formula.
 *
 * @throws ValidationError at once, for no columns or more than 256; XlsLimitError, before the first byte,
 * for too many rows or bytes; the signal's reason; the errors of `rows`
 * @see [MS-XLS] Excel Binary File Format
 */
export function xls(
  rows: AsyncIterable<RowBlock>,
  columns: readonly FileColumn[],
  options: XlsOptions,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  checkColumns(columns)
  return write(rows, columns, options, signal)
}

function checkColumns(columns: readonly FileColumn[]): void {
  if (columns.length === 0) {
    throw new ValidationError([{ path: 'columns', message: 'an XLS file needs at least one column' }])
  }
  if (columns.length > xlsMaxColumns) {
    const message = `an XLS sheet has at most ${xlsMaxColumns} columns, not ${columns.length}; XLSX has room for more`
    throw new ValidationError([{ path: 'columns', message }])
  }
}

async function* write(
  rows: AsyncIterable<RowBlock>,
  columns: readonly FileColumn[],
  options: XlsOptions,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const { sheetName = 'Export', maxSheets = xlsMaxSheets, maxBytes = xlsMaxBytes } = options
  const workbook = new Workbook(columns, { maxSheets, maxBytes })
  signal?.throwIfAborted()
  for await (const block of rows) {
    signal?.throwIfAborted()
    workbook.addRows(block.bytes)
  }
  const summary = { sheets: workbook.sheets.length, truncatedCells: workbook.text.truncated }
  for (const piece of workbook.file(sheetName)) {
    signal?.throwIfAborted()
    yield piece
  }
  options.onSummary(summary)
}
